import type { Request } from 'express';
import busboy from 'busboy';
import type { BlobStore, ByteLimit, StagedBlob } from '../blobs/blob-store.ts';
import { HubError } from '../errors.ts';

export interface ReceivedForm {
  fields: Record<string, string>;
  file: StagedBlob;
  /** The name that the sender's machine gave it: for people only, nothing is decided by it. */
  fileName: string;
}

/**
 * Reads one multipart/form-data upload (RFC 7578) with a single file in field `file`, streaming it into the blob
 * store's staging. Throws malformed, unsupported-media, too-large or file-empty, and then keeps nothing.
 */
export async function receiveForm(
  request: Request,
  blobs: BlobStore,
  limits: { maxBytes: ByteLimit },
): Promise<ReceivedForm> {
  if (!request.is('multipart/form-data')) throw new HubError('unsupported-media');
  let parser: busboy.Busboy;
  try {
    parser = busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { files: 1, fields: 20, fieldSize: 1024, parts: 24, headerPairs: 50 },
    });
  } catch {
    throw new HubError('malformed');
  }
  const fields: Record<string, string> = {};
  let staging: Promise<StagedBlob> | null = null;
  let fileName = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const refuse = (thrown: unknown) => {
        request.unpipe(parser);
        request.resume();
        reject(thrown instanceof HubError ? thrown : new HubError('malformed'));
      };
      parser.on('field', (name, value, info) => {
        if (info.valueTruncated || info.nameTruncated) refuse(new HubError('too-large'));
        else if (Object.hasOwn(fields, name)) refuse(new HubError('malformed', { field: name }));
        else fields[name] = value;
      });
      parser.on('file', (name, stream, info) => {
        if (name !== 'file' || staging !== null) {
          stream.resume();
          return refuse(new HubError('malformed', { field: name.slice(0, 60) }));
        }
        fileName = info.filename ?? '';
        staging = blobs.receive(stream, limits);
        staging.catch(refuse);
      });
      parser.once('filesLimit', () => refuse(new HubError('malformed')));
      parser.once('partsLimit', () => refuse(new HubError('malformed')));
      parser.once('fieldsLimit', () => refuse(new HubError('malformed')));
      parser.once('error', refuse);
      parser.once('close', () => resolve());
      // A line that dies in the middle of an upload leaves nothing behind.
      request.once('aborted', () => {
        parser.destroy();
        refuse(new HubError('malformed'));
      });
      request.pipe(parser);
    });
    if (staging === null) throw new HubError('malformed', { field: 'file' });
    return { fields, file: await staging, fileName: fileName.replace(/[\u0000-\u001f\u007f/\\]/g, '_').slice(-200) };
  } catch (thrown) {
    await (staging as Promise<StagedBlob> | null)?.then(
      (staged) => staged.discard(),
      () => undefined,
    );
    throw thrown;
  }
}
