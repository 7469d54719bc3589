import { ImagingError } from '../../../../../shared/dicom/pixels/imaging-error.ts';
import { JPEG_LS_LOSSLESS } from '../../../../../shared/dicom/pixels/transfer-syntax.ts';
import type { LineMeasure } from './worker-protocol.ts';
import { unwrapMultipart } from './multipart.ts';

/** No instance larger than this is taken into the memory of a clinic's PC. */
const MAXIMUM_INSTANCE_BYTES = 768 * 1024 * 1024;

const AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const IN_JPEG_LS = `multipart/related; type="application/dicom"; transfer-syntax=${JPEG_LS_LOSSLESS}`;

/**
 * Fetches one instance over WADO-RS, in whatever transfer syntax it is stored (PS3.18 clause 10.4), or packed: in
 * JPEG-LS without loss where the hub makes that of it.
 * @param onProgress called with the bytes received so far and the expected total, null when unknown.
 * @throws ImagingError `network`, `forbidden`, `not-found`, `too-large`, `cancelled`.
 */
export async function fetchInstance(
  url: string,
  options: { headers: Record<string, string>; packed: boolean; signal: AbortSignal },
  onProgress: (receivedBytes: number, totalBytes: number | null) => void,
): Promise<{ bytes: Uint8Array; line: LineMeasure }> {
  const { headers, packed, signal } = options;
  let response: Response;
  try {
    response = await fetch(url, {
      headers: { ...headers, Accept: packed ? `${IN_JPEG_LS}, ${AS_STORED}; q=0.5` : AS_STORED },
      credentials: 'same-origin',
      signal,
    });
  } catch (thrown) {
    throw networkError(thrown);
  }
  if (response.status === 401 || response.status === 403) throw new ImagingError('forbidden');
  if (response.status === 404 || response.status === 410) throw new ImagingError('not-found');
  if (!response.ok || !response.body) throw new ImagingError('network', `HTTP ${response.status}`);
  const began = performance.now();
  const body = await readBody(response, onProgress);
  const line = { bytes: body.length, ms: performance.now() - began };
  return { bytes: unwrapMultipart(response.headers.get('Content-Type') ?? '', body), line };
}

async function readBody(
  response: Response,
  onProgress: (receivedBytes: number, totalBytes: number | null) => void,
): Promise<Uint8Array> {
  // With a content coding the length counts other bytes than the ones that arrive here.
  const announced = response.headers.get('Content-Encoding')
    ? Number.NaN
    : Number(response.headers.get('Content-Length'));
  const total = Number.isFinite(announced) && announced > 0 ? announced : null;
  if (total !== null && total > MAXIMUM_INSTANCE_BYTES) throw new ImagingError('too-large', `${total} bytes`);
  const chunks: Uint8Array[] = [];
  let received = 0;
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      received += value.length;
      if (received > MAXIMUM_INSTANCE_BYTES) throw new ImagingError('too-large', `${received} bytes`);
      chunks.push(value);
      onProgress(received, total);
    }
  } catch (thrown) {
    await reader.cancel().catch(() => undefined);
    throw networkError(thrown);
  }
  const whole = new Uint8Array(received);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function networkError(thrown: unknown): ImagingError {
  if (thrown instanceof ImagingError) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'AbortError') return new ImagingError('cancelled');
  return new ImagingError('network');
}
