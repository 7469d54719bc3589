import { createHash } from 'node:crypto';
import { uploadView, type UploadView } from '../../shared/contracts/uploads.ts';

/** Whoever speaks tus here: a signed-in person, or a machine with its token. */
export interface TusSender {
  http(path: string, init?: RequestInit): Promise<Response>;
}

export const machine = (url: string, token: string): TusSender => ({
  http: (path, init = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...(init.headers as object) } }),
});

const version = { 'tus-resumable': '1.0.0' };
const piece = { 'content-type': 'application/offset+octet-stream' };
const body = (bytes: Uint8Array) => new Uint8Array(bytes);

export const metadata = (pairs: Record<string, string>) =>
  Object.entries(pairs)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');

export const checksum = (bytes: Uint8Array, algorithm = 'sha256') =>
  `${algorithm} ${createHash(algorithm).update(bytes).digest('base64')}`;

export const begin = (
  sender: TusSender,
  pairs: Record<string, string>,
  byteLength: number,
  headers: Record<string, string> = {},
  bytes?: Uint8Array,
) =>
  sender.http('/api/uploads', {
    method: 'POST',
    headers: {
      ...version,
      'upload-length': String(byteLength),
      'upload-metadata': metadata(pairs),
      ...(bytes && piece),
      ...headers,
    },
    ...(bytes && { body: body(bytes) }),
  });

/** Begins an upload that must be accepted; its address. */
export async function began(sender: TusSender, pairs: Record<string, string>, byteLength: number): Promise<string> {
  const response = await begin(sender, pairs, byteLength);
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return response.headers.get('location') ?? '';
}

export const patch = (
  sender: TusSender,
  address: string,
  offset: number,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
) =>
  sender.http(address, {
    method: 'PATCH',
    headers: { ...version, ...piece, 'upload-offset': String(offset), ...headers },
    body: body(bytes),
  });

export const head = (sender: TusSender, address: string) => sender.http(address, { method: 'HEAD', headers: version });
export const forget = (sender: TusSender, address: string) =>
  sender.http(address, { method: 'DELETE', headers: version });

export async function offsetOf(sender: TusSender, address: string): Promise<number> {
  const response = await head(sender, address);
  if (response.status !== 200) throw new Error(`HEAD ${response.status}`);
  return Number(response.headers.get('upload-offset'));
}

/** What became of an upload, as the contract has it. */
export async function viewOf(response: Response): Promise<UploadView> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return uploadView.parse(JSON.parse(text));
}
export const ask = async (sender: TusSender, address: string) => viewOf(await sender.http(address));
