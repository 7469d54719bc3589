import { tusVersion, uploadView, type UploadView } from '../../shared/contracts/uploads.ts';
import type { Http } from './http.ts';
import type { KeptUpload } from './kept-uploads.ts';
import { Refusal, refusalFromHttp } from './refusal.ts';
import { sendWithProgress, type HttpAnswer } from './send-with-progress.ts';

const root = '/api/uploads';
const leastPieceBytes = 256 * 1024;
const mostPieceBytes = 16 * 1024 * 1024;
const firstPieceBytes = 1024 * 1024;

export interface TusWay {
  http: Http;
  signal: AbortSignal;
  /** Where the upload stands at the hub, to come back to it; null when there is nothing to come back to. */
  onAddress: (address: string | null) => void;
  onProgress: (sentBytes: number) => void;
}

export type TusUpload = Pick<KeptUpload, 'kind' | 'fileName' | 'target' | 'confirmMismatch' | 'address'>;

/**
 * Sends a file by tus 1.0.0 and goes on at the byte where the hub stands, whatever happened before. Resolves with the
 * ECG or the instance once it is stored. Throws {@link Refusal}: what may pass leaves the address as it is.
 */
export async function sendByTus(file: Blob, upload: TusUpload, way: TusWay): Promise<unknown> {
  let view = upload.address === null ? null : await find(upload.address, way);
  let address = view === null ? null : upload.address;
  if (address === null) {
    address = await begin(file, upload, way);
    way.onAddress(address);
  }
  let offset = view?.offset ?? 0;
  let pieceBytes = firstPieceBytes;
  while (offset < file.size) {
    way.onProgress(offset);
    const startedAt = performance.now();
    const piece = file.slice(offset, offset + pieceBytes);
    const from = offset;
    const answer = await ask(way, 'PATCH', address, {
      headers: { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) },
      body: piece,
      onProgress: (sent) => way.onProgress(from + Math.min(sent, piece.size)),
    });
    if (answer.status === 409 && refusalFromHttp(409, answer.body).code === 'offset-conflict') {
      view = await found(address, way);
      // A piece that arrived although its answer was lost, or another window that is ahead.
      offset = view.offset;
      continue;
    }
    check(answer, way);
    offset = Number(answer.header('Upload-Offset') ?? offset + piece.size);
    if (answer.status === 200) view = uploadView.parse(answer.body);
    pieceBytes = nextPieceBytes(pieceBytes, performance.now() - startedAt);
  }
  way.onProgress(file.size);
  const state = view?.result.state;
  const unsettled = state === undefined || state === 'receiving' || state === 'received';
  if (unsettled || (state === 'question' && upload.confirmMismatch)) {
    const confirmed = upload.confirmMismatch ? '?confirmMismatch=true' : '';
    view = viewOf(await ask(way, 'POST', `${address}/finish${confirmed}`));
  }
  return answerOf(view, way);
}

/** Lets the hub forget an upload that its sender has taken back. */
export function forgetAtHub(http: Http, address: string): void {
  http.fetch(address, { method: 'DELETE', headers: { 'Tus-Resumable': tusVersion } }).catch(() => undefined);
}

/** A piece takes some seconds: long enough to cost little, short enough for proxies that collect it whole. */
export function nextPieceBytes(pieceBytes: number, tookMs: number): number {
  if (tookMs < 2000) return Math.min(mostPieceBytes, pieceBytes * 2);
  return tookMs > 8000 ? Math.max(leastPieceBytes, Math.floor(pieceBytes / 2)) : pieceBytes;
}

/** Upload-Metadata of tus: `key base64,key base64`, the values as UTF-8. */
export function tusMetadata(pairs: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(pairs)
    .flatMap(([key, value]) =>
      value === undefined
        ? []
        : [`${key} ${btoa(String.fromCharCode(...new TextEncoder().encode(value.slice(0, 300))))}`],
    )
    .join(',');
}

async function begin(file: Blob, { kind, fileName, target, confirmMismatch }: TusUpload, way: TusWay): Promise<string> {
  const metadata = {
    kind,
    filename: fileName,
    patientId: target.patientId,
    consultId: target.consultId,
    confirmMismatch: confirmMismatch ? 'true' : undefined,
  };
  const answer = await ask(way, 'POST', root, {
    headers: { 'Upload-Length': String(file.size), 'Upload-Metadata': tusMetadata(metadata) },
  });
  if (answer.status !== 201) throw refusalFromHttp(answer.status, answer.body);
  const address = answer.header('Location');
  if (address === null) throw new Refusal('unavailable', 'The hub named no address for the upload.');
  return address.startsWith('/') ? address : new URL(address).pathname;
}

/** Null where the hub knows it no longer: it has expired, or its data was lost with its owner's permission. */
async function find(address: string, way: TusWay): Promise<UploadView | null> {
  try {
    return await found(address, way);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not-found') throw error;
    way.onAddress(null);
    return null;
  }
}

const found = async (address: string, way: TusWay): Promise<UploadView> => viewOf(await ask(way, 'GET', address));

/** All of it by XMLHttpRequest, which is given up when nothing moves; a fetch would wait for ever on a dead line. */
function ask(
  way: TusWay,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  more: { headers?: Record<string, string>; body?: Blob; onProgress?: (sent: number) => void } = {},
): Promise<HttpAnswer> {
  const { headers, body = null, onProgress = () => undefined } = more;
  return sendWithProgress({
    method,
    url: way.http.url(path),
    headers: { Accept: 'application/json', ...way.http.headers(), 'Tus-Resumable': tusVersion, ...headers },
    body,
    signal: way.signal,
    onProgress,
  });
}

function viewOf({ status, body }: HttpAnswer): UploadView {
  if (status !== 200) throw refusalFromHttp(status, body);
  return uploadView.parse(body);
}

function check({ status, body }: HttpAnswer, way: TusWay): void {
  if (status >= 200 && status < 300) return;
  const refusal = refusalFromHttp(status, body);
  if (refusal.code !== 'not-found') throw refusal;
  // Expired in between: begun anew, which also tells whether it is the patient that is out of reach.
  way.onAddress(null);
  throw new Refusal('unavailable', refusal.message);
}

function answerOf(view: UploadView | null, way: TusWay): unknown {
  const result = view?.result;
  if (result?.state === 'stored') return result.ecg ?? result.instance;
  if (result?.state !== 'question' && result?.state !== 'refused')
    throw new Refusal('unavailable', 'The hub has the bytes and has not settled them.');
  // For good: another try is another upload.
  if (result.state === 'refused') way.onAddress(null);
  throw refusalFromHttp(result.problem.status, result.problem);
}
