import { createHash } from 'node:crypto';
import { tusVersion, uploadView, type UploadView } from '../../shared/contracts/uploads.ts';

/** The hub does not answer, or not now: the same is tried again later. */
export class HubAway extends Error {
  /** What stands in the way, of a closed list that the status page has words for. */
  readonly code: 'unreachable' | 'token-refused' | 'hub-busy' | 'hub-full' | 'hub-failed' | 'file-failed';
  constructor(code: HubAway['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The hub refuses this one file, whenever it is sent. */
export class FileRefused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The hub no longer knows this upload: it begins anew. */
export class UploadGone extends Error {}

export interface SentPiece {
  path: string;
  offset: number;
  /** What the hub itself has taken of the time since the last byte. */
  hubMs: number;
  /** Once every byte is there. */
  view: UploadView | null;
}

export interface FileToBegin {
  kind: string;
  name: string;
  byteLength: number;
  /** How its bytes are packed; null where they are the file's own. */
  packing: string | null;
}

export interface HubClient {
  /** How it unpacks what was packed for a slow line; none where it knows nothing of that. */
  packings(): Promise<string[]>;
  begin(file: FileToBegin, piece: Buffer): Promise<SentPiece>;
  /** Where the upload stands. Throws UploadGone. */
  resume(path: string): Promise<number>;
  append(path: string, offset: number, piece: Buffer): Promise<SentPiece>;
  /** What became of a whole file whose last answer was lost. */
  settle(path: string): Promise<UploadView>;
  /** The hub needs no longer keep what has arrived of it. */
  forget(path: string): Promise<void>;
}

/** A line of 3 kbit/s still brings the smallest piece. */
const LONGEST_REQUEST_MS = 180_000;

/** tus 1.0.0 towards the hub, with the gateway's token. Throws HubAway, FileRefused, UploadGone. */
export function hubClient({ hub, token }: { hub: string; token: string }): HubClient {
  const base = new URL(hub);

  async function ask(method: string, path: string, headers: Record<string, string>, body?: Buffer): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(new URL(path, base), {
        method,
        headers: { authorization: `Bearer ${token}`, 'tus-resumable': tusVersion, ...headers },
        ...(body && { body: new Uint8Array(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(LONGEST_REQUEST_MS),
      });
    } catch (thrown) {
      const cause = (thrown as { cause?: { code?: string; message?: string } }).cause;
      throw new HubAway('unreachable', cause?.code ?? cause?.message ?? (thrown as Error).message);
    }
    if (response.ok) return response;
    const text = await response.text().catch(() => '');
    throw refusalOf(response.status, text);
  }

  function refusalOf(status: number, text: string): Error {
    let problem: { code?: unknown; title?: unknown } = {};
    try {
      problem = JSON.parse(text) as typeof problem;
    } catch {
      // A proxy's own page.
    }
    const code = typeof problem.code === 'string' ? problem.code : null;
    const message = `${status} ${code ?? ''}`.trim();
    if (status === 401 || status === 403) return new HubAway('token-refused', message);
    if (status === 404 || status === 410) return new UploadGone(message);
    if (status === 507) return new HubAway('hub-full', message);
    if (status === 423 || status === 429 || status === 503) return new HubAway('hub-busy', message);
    if (code !== null && (status === 413 || status === 415 || status === 422)) return new FileRefused(code, message);
    // The hub itself broke over this, which may be the file's doing; a proxy's own words are about no file.
    return new HubAway(code === 'internal' ? 'file-failed' : 'hub-failed', message);
  }

  async function sent(response: Response, path: string): Promise<SentPiece> {
    const offset = Number(response.headers.get('upload-offset') ?? Number.NaN);
    if (!Number.isSafeInteger(offset)) throw new HubAway('hub-failed', 'the answer is not that of a hub');
    const text = await response.text().catch(() => '');
    const hubMs = Number(/^hub;dur=(\d{1,9})$/.exec(response.headers.get('server-timing') ?? '')?.[1] ?? 0);
    return { path, offset, hubMs, view: text === '' ? null : viewOf(text) };
  }

  function viewOf(text: string): UploadView {
    try {
      return uploadView.parse(JSON.parse(text));
    } catch {
      throw new HubAway('hub-failed', 'the answer is not that of a hub');
    }
  }

  const piece = (bytes: Buffer) => ({
    'content-type': 'application/offset+octet-stream',
    'upload-checksum': `sha256 ${createHash('sha256').update(bytes).digest('base64')}`,
  });

  return {
    async packings() {
      const response = await ask('OPTIONS', '/api/uploads', {});
      return (response.headers.get('upload-packings') ?? '').split(',').map((name) => name.trim());
    },
    async begin({ kind, name, byteLength, packing }, bytes) {
      const pairs = { kind, filename: name.slice(-200), ...(packing !== null && { packing }) };
      const metadata = Object.entries(pairs)
        .map(([key, value]) => `${key} ${base64(value)}`)
        .join(',');
      const headers = { 'upload-length': String(byteLength), 'upload-metadata': metadata, ...piece(bytes) };
      try {
        const response = await ask('POST', '/api/uploads', headers, bytes);
        return await sent(response, response.headers.get('location') ?? '');
      } catch (thrown) {
        // Not an upload that is gone, but a place where none can be begun.
        if (thrown instanceof UploadGone) throw new HubAway('hub-failed', thrown.message);
        throw thrown;
      }
    },
    async resume(path) {
      const response = await ask('HEAD', path, {});
      const { offset } = await sent(response, path);
      return offset;
    },
    append: async (path, offset, bytes) =>
      sent(await ask('PATCH', path, { 'upload-offset': String(offset), ...piece(bytes) }, bytes), path),
    settle: async (path) => viewOf(await (await ask('POST', `${path}/finish`, {})).text()),
    forget: async (path) => void (await ask('DELETE', path, {})),
  };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
