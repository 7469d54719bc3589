import { Refusal } from '../../../connection/refusal.ts';

/**
 * Takes an answer in as a file and tells how much of it has come.
 * @param expectedBytes about; the answer itself does not say.
 */
export async function receiveFile(
  answer: Response,
  expectedBytes: number,
  onProgress: (fraction: number) => void,
): Promise<{ content: Blob; name: string }> {
  const name = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? 'teaching.zip';
  const pieces: BlobPart[] = [];
  let received = 0;
  const reader = answer.body!.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      received += value.length;
      // Not whole before it is: what has come so far may be more than was expected.
      onProgress(Math.min(0.99, received / Math.max(1, expectedBytes)));
    }
  } catch {
    throw new Refusal('line-away', 'The copy did not arrive whole.');
  }
  return { content: new Blob(pieces, { type: 'application/zip' }), name };
}
