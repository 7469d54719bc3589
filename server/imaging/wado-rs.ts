import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { instanceRecord, type InstanceFields } from './instance-record.ts';
import { studySubject } from './find-studies.ts';

/** The instances that a WADO-RS address names, within the study that the actor may see, in reading order. */
async function instancesOf(request: Request, context: ActionContext): Promise<InstanceFields[]> {
  const { study, series, instance } = request.params;
  const subject = await studySubject(String(study), context);
  if (subject === null) throw new HubError('not-found');
  const found = await context.store
    .model(instanceRecord)
    .find({
      studyId: subject.id,
      ...(series !== undefined && { seriesInstanceUid: String(series) }),
      ...(instance !== undefined && { sopInstanceUid: String(instance) }),
    })
    .sort({ seriesNumber: 1, seriesInstanceUid: 1, instanceNumber: 1, sopInstanceUid: 1 })
    .lean();
  if (found.length === 0) throw new HubError('not-found');
  return found;
}

/** Retrieve metadata (PS3.18, 10.4): application/dicom+json without bulk data. */
export async function retrieveMetadata(request: Request, response: Response, context: ActionContext): Promise<void> {
  const found = await instancesOf(request, context);
  response.type('application/dicom+json').send(`[${found.map((instance) => instance.metadataJson).join(',')}]`);
}

/** `transfer-syntax` parameters of the Accept header; empty where none is asked for. */
function wantedSyntaxes(accept: string): string[] {
  return [...accept.matchAll(/transfer-syntax\s*=\s*"?([\d.*]+)"?/gi)].map((match) => match[1]!);
}

/**
 * Retrieve instances (PS3.18, 10.4) as they are stored: the bytes unchanged, one part each. A transfer syntax other
 * than an instance's own is not made here: 406.
 */
export async function retrieveInstances(request: Request, response: Response, context: ActionContext): Promise<void> {
  const found = await instancesOf(request, context);
  const accept = request.headers.accept ?? '*/*';
  const syntaxes = wantedSyntaxes(accept);
  if (
    syntaxes.length > 0 &&
    !syntaxes.includes('*') &&
    found.some((instance) => !syntaxes.includes(instance.transferSyntaxUid))
  ) {
    response
      .status(406)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: 'about:blank',
          status: 406,
          title: 'Instances are given in their own transfer syntax only.',
          code: 'unsupported-media',
        }),
      );
    return;
  }
  const { blobs } = context.hub;
  const [only] = found;
  if (
    found.length === 1 &&
    only !== undefined &&
    !/multipart\/related/i.test(accept) &&
    /application\/dicom(?!\+)/i.test(accept)
  ) {
    response.setHeader('Content-Length', await blobs.byteLength(only.sha256));
    response.setHeader('Content-Type', `application/dicom; transfer-syntax=${only.transferSyntaxUid}`);
    await pipeline(blobs.read(only.sha256), response);
    return;
  }
  const boundary = randomUUID();
  const heads = found.map((instance) =>
    Buffer.from(
      `--${boundary}\r\nContent-Type: application/dicom; transfer-syntax=${instance.transferSyntaxUid}\r\n\r\n`,
    ),
  );
  const lineEnd = Buffer.from('\r\n');
  const tail = Buffer.from(`--${boundary}--\r\n`);
  response.setHeader('Content-Type', `multipart/related; type="application/dicom"; boundary=${boundary}`);
  response.setHeader(
    'Content-Length',
    found.reduce(
      (sum, instance, index) => sum + heads[index]!.length + instance.byteLength + lineEnd.length,
      tail.length,
    ),
  );
  await pipeline(async function* () {
    for (const [index, instance] of found.entries()) {
      yield heads[index]!;
      for await (const chunk of blobs.read(instance.sha256)) yield chunk as Buffer;
      yield lineEnd;
    }
    yield tail;
  }, response).catch((error: unknown) => {
    // The reader left, as viewers do when the page is turned.
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}
