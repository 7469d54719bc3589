import { tusVersion, uploadMetadata } from '../../shared/contracts/uploads.ts';
import { checksumAlgorithms } from '../platform/blobs/partial-blobs.ts';
import { HubError } from '../platform/errors.ts';

// Headers of tus 1.0.0, https://tus.io/protocols/resumable-upload

type Headers = Record<string, string | string[] | undefined>;

/** Throws tus-version unless the sender speaks 1.0.0. */
export function checkTusVersion(headers: Headers): void {
  if (headers['tus-resumable'] !== tusVersion) throw new HubError('tus-version');
}

/** A whole number of bytes; throws malformed. */
export function bytesOf(headers: Headers, name: 'upload-length' | 'upload-offset'): number {
  const value = headers[name];
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) throw new HubError('malformed', { field: name });
  return Number(value);
}

/** `key base64,key base64`; throws malformed or invalid, naming the key. */
export function metadataOf(headers: Headers): ReturnType<typeof uploadMetadata.parse> {
  const header = headers['upload-metadata'];
  const pairs: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of (typeof header === 'string' ? header : '').split(',')) {
    const [key = '', value = '', more] = pair.trim().split(' ');
    if (more !== undefined || (key === '' && value !== '') || !/^[A-Za-z0-9+/]*={0,2}$/.test(value))
      throw new HubError('malformed', { field: 'upload-metadata' });
    if (key === '') continue;
    if (key in pairs) throw new HubError('malformed', { field: key.slice(0, 60) });
    try {
      pairs[key] = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'base64'));
    } catch {
      throw new HubError('malformed', { field: key.slice(0, 60) });
    }
  }
  const parsed = uploadMetadata.safeParse(pairs);
  if (!parsed.success) throw new HubError('invalid', { field: parsed.error.issues[0]?.path.join('.') ?? '' });
  return parsed.data;
}

/** Upload-Checksum: `sha256 base64`; null without one. Throws malformed, also for an algorithm that is not offered. */
export function checksumOf(headers: Headers) {
  const header = headers['upload-checksum'];
  if (header === undefined) return null;
  const [name, value = '', more] = typeof header === 'string' ? header.split(' ') : [];
  const algorithm = checksumAlgorithms.find((known) => known === name);
  if (algorithm === undefined || more !== undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(value))
    throw new HubError('malformed', { field: 'upload-checksum' });
  return { algorithm, digest: Buffer.from(value, 'base64') };
}
