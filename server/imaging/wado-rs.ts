import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { BlobStore } from '../platform/blobs/blob-store.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { JPEG_LS_LOSSLESS } from '../../shared/dicom/pixels/transfer-syntax.ts';
import { withBulkDataAddresses } from './dicom-json.ts';
import { addressedInstances, instancesAt } from './find-instances.ts';
import { readMediaRanges, takes, type MediaRange } from './media-ranges.ts';
import { answerMultipart } from './multipart-answer.ts';
import { packPixels } from './pack-pixels.ts';
import { instanceUrl, serviceUrl } from './dicom-web-address.ts';

/** Retrieve metadata (PS3.18, 10.4): application/dicom+json, bulk data by address. */
export async function retrieveMetadata(request: Request, response: Response, context: ActionContext): Promise<void> {
  const ranges = readMediaRanges(request.headers.accept, request.query.accept);
  if (!ranges.some((range) => takes(range, 'application/dicom+json') || takes(range, 'application/json')))
    throw new HubError('not-acceptable');
  const found = await instancesAt(request.params, context);
  const service = serviceUrl(request, context);
  const sets = found.map((instance) => withBulkDataAddresses(instance.metadataJson, instanceUrl(service, instance)));
  response.type('application/dicom+json').send(`[${sets.join(',')}]`);
}

/**
 * Retrieve instances (PS3.18, 10.4) as they are stored: the bytes unchanged, one part each. Of one instance alone JPEG-LS
 * without loss is made where that saves a slow line something; any other transfer syntax than an instance's own is
 * not-acceptable.
 */
export async function retrieveInstances(request: Request, response: Response, context: ActionContext): Promise<void> {
  const found = await addressedInstances(request.params, context);
  const [only] = found;
  const ranges = readMediaRanges(request.headers.accept, request.query.accept).filter(
    (one) => takes(one, 'application/dicom') && (one.multipart || one.media === '*/*' || found.length === 1),
  );
  const isStoredAs = ({ transferSyntax }: MediaRange) =>
    transferSyntax === null ||
    transferSyntax === '*' ||
    found.every((instance) => instance.transferSyntaxUid === transferSyntax);
  const alone = (range: MediaRange) => found.length === 1 && !range.multipart && range.media !== '*/*';
  for (const range of ranges.slice(0, ranges.findIndex(isStoredAs) + 1 || ranges.length)) {
    if (range.transferSyntax !== JPEG_LS_LOSSLESS || isStoredAs(range) || found.length !== 1) continue;
    const packed = await packPixels(only!, context);
    if (packed === null) continue;
    const type = `application/dicom; transfer-syntax=${JPEG_LS_LOSSLESS}`;
    if (!alone(range))
      return answerMultipart(response, 'application/dicom', [
        { type, byteLength: packed.length, body: () => Promise.resolve(packed) },
      ]);
    response.setHeader('Content-Type', type).end(packed);
    return;
  }
  const range = ranges.find(isStoredAs);
  if (range === undefined || only === undefined) throw new HubError('not-acceptable');
  const { blobs } = context.hub;
  const typeOf = ({ transferSyntaxUid }: typeof only) => `application/dicom; transfer-syntax=${transferSyntaxUid}`;
  if (alone(range)) {
    response.setHeader('Content-Length', only.byteLength);
    response.setHeader('Content-Type', typeOf(only));
    await pipeline(blobs.read(only.sha256), response).catch((error: unknown) => {
      if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    });
    return;
  }
  await answerMultipart(
    response,
    'application/dicom',
    found.map((instance) => ({
      type: typeOf(instance),
      byteLength: instance.byteLength,
      body: () =>
        instance.byteLength > READ_WHOLE_BYTES
          ? streamed(blobs, instance)
          : blobs.readAt(instance.sha256, 0, instance.byteLength),
    })),
  );
}

/** Up to here an instance is read in one go; the next one's bytes wait in memory while it is sent. */
const READ_WHOLE_BYTES = 2 * 1024 * 1024;

async function* streamed(blobs: BlobStore, { sha256 }: { sha256: string }): AsyncGenerator<Uint8Array> {
  yield* blobs.read(sha256) as AsyncIterable<Uint8Array>;
}
