import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';

interface Answer extends NodeJS.WritableStream {
  setHeader(name: string, value: string | number): unknown;
}

export interface AnswerPart {
  /** Content-Type of the part. */
  type: string;
  location?: string;
  body: () => Promise<Uint8Array> | AsyncIterable<Uint8Array>;
  /** Where it is known before the body is read. */
  byteLength?: number;
}

const lineEnd = Buffer.from('\r\n');

/**
 * Answers multipart/related (PS3.18, 8.6.1.2), one part after the other as they are read. `media`: the root's type.
 * A reader who leaves, as viewers do when the page is turned, is no failure.
 */
export async function answerMultipart(response: Answer, media: string, parts: readonly AnswerPart[]): Promise<void> {
  const boundary = randomUUID();
  const heads = parts.map(({ type, location }) =>
    Buffer.from(
      `--${boundary}\r\nContent-Type: ${type}\r\n${location === undefined ? '' : `Content-Location: ${location}\r\n`}\r\n`,
    ),
  );
  const tail = Buffer.from(`--${boundary}--\r\n`);
  // The first body is read before the answer begins, so that a refusal can still be one.
  const first = parts.length === 1 ? parts[0]!.body() : null;
  const ready = first instanceof Promise ? await first : null;
  response.setHeader('Content-Type', `multipart/related; type="${media}"; boundary=${boundary}`);
  const lengths = parts.map((part, index) => (index === 0 && ready !== null ? ready.length : part.byteLength));
  if (lengths.every((length) => length !== undefined))
    response.setHeader(
      'Content-Length',
      lengths.reduce((sum, length, index) => sum! + heads[index]!.length + length! + lineEnd.length, tail.length)!,
    );
  await pipeline(async function* () {
    for (const [index, part] of parts.entries()) {
      yield heads[index]!;
      const body = index === 0 && first !== null ? (ready ?? first) : part.body();
      if (body instanceof Promise) yield await body;
      else if (body instanceof Uint8Array) yield body;
      else yield* body;
      yield lineEnd;
    }
    yield tail;
  }, response).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}
