import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

export interface AnswerPart {
  /** Content-Type of the part. */
  type: string;
  location?: string;
  /** Called ahead of its turn; what it answers must hold nothing open before it is iterated. */
  body: () => Promise<Uint8Array> | AsyncIterable<Uint8Array>;
  /** Where it is known before the body is read. */
  byteLength?: number;
}

/**
 * Answers multipart/related (PS3.18, 8.6.1.2), one part after the other; while one is sent, the next is read. `media`:
 * the root's type. A reader who leaves, as viewers do when the page is turned, is no failure.
 */
export async function answerMultipart(
  response: ServerResponse,
  media: string,
  parts: readonly AnswerPart[],
): Promise<void> {
  const boundary = randomUUID();
  const heads = parts.map(({ type, location }, index) =>
    Buffer.from(
      `${index === 0 ? '' : '\r\n'}--${boundary}\r\nContent-Type: ${type}\r\n${location === undefined ? '' : `Content-Location: ${location}\r\n`}\r\n`,
    ),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  // The first body is read before the answer begins, so that a refusal can still be one.
  let reading = begin(parts[0]);
  let body = await reading;
  response.setHeader('Content-Type', `multipart/related; type="${media}"; boundary=${boundary}`);
  const lengths = parts.map((part, index) =>
    index === 0 && body instanceof Uint8Array ? body.length : part.byteLength,
  );
  if (lengths.every((length) => length !== undefined))
    response.setHeader(
      'Content-Length',
      lengths.reduce((sum, length, index) => sum! + heads[index]!.length + length!, tail.length)!,
    );
  for (const [index, head] of heads.entries()) {
    if (index > 0) body = await reading;
    reading = begin(parts[index + 1]);
    if (body instanceof Uint8Array) {
      if (!(await sent(response, head, body))) return;
      continue;
    }
    response.write(head);
    for await (const chunk of body ?? []) if (!(await sent(response, chunk))) return;
  }
  response.end(tail);
}

type Body = Uint8Array | AsyncIterable<Uint8Array> | undefined;

function begin(part: AnswerPart | undefined): Promise<Body> {
  const body = Promise.resolve<Body>(part?.body());
  // Looked at when its turn comes; whoever has left by then does not hear of it.
  body.catch(() => undefined);
  return body;
}

/** Resolves when there is room for more; false where the reader has gone. */
async function sent(response: ServerResponse, ...chunks: readonly Uint8Array[]): Promise<boolean> {
  if (response.destroyed) return false;
  response.cork();
  const room = chunks.map((chunk) => response.write(chunk)).at(-1)!;
  response.uncork();
  if (room) return true;
  return new Promise((resolve) => {
    const settle = (goesOn: boolean) => {
      response.off('drain', onDrain).off('close', onClose);
      resolve(goesOn);
    };
    const onDrain = () => settle(true);
    const onClose = () => settle(false);
    response.once('drain', onDrain).once('close', onClose);
  });
}
