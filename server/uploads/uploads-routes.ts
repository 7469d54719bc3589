import type { Request, Response } from 'express';
import { tusExtensions, tusVersion, uploadPackings } from '../../shared/contracts/uploads.ts';
import { checksumAlgorithms } from '../platform/blobs/partial-blobs.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import type { Route } from '../platform/http/routes.ts';
import { appendUpload } from './append-upload.ts';
import { createUpload, mostBytesOf } from './create-upload.ts';
import { removeUpload, settleUpload } from './end-upload.ts';
import { findOwnUpload, viewOfUpload } from './find-upload.ts';
import { bytesOf, checkTusVersion, checksumOf, metadataOf } from './tus-headers.ts';
import type { UploadFields } from './upload-record.ts';

const PIECE = 'application/offset+octet-stream';
const idOf = ({ params }: Request) =>
  typeof params.id === 'string' && /^[0-9a-f]{24}$/.test(params.id) ? params.id : '000000000000000000000000';

function beginTus({ headers }: Request, response: Response): void {
  response.set('Tus-Resumable', tusVersion);
  response.set('Tus-Version', tusVersion);
  checkTusVersion(headers);
}

/**
 * 200 with what became of it once every byte is there, else 204; both say where the upload stands, and how long the hub
 * itself has taken since the last byte, so that a sender can tell the line's speed from it (Server-Timing).
 */
function answerPiece(upload: UploadFields, response: Response, status: 201 | 200): void {
  const { lastByteAt } = response.locals as { lastByteAt?: number };
  if (lastByteAt !== undefined) response.set('Server-Timing', `hub;dur=${Math.round(performance.now() - lastByteAt)}`);
  response.set('Upload-Offset', String(upload.offset)).set('Upload-Expires', upload.expiresAt.toUTCString());
  if (upload.offset === upload.byteLength) response.status(status).json(viewOfUpload(upload));
  else response.status(status === 201 ? 201 : 204).end();
}

const pieceOf = (request: Request, response: Response, uploadId: string, offset: number) => {
  request.once('end', () => (response.locals.lastByteAt = performance.now()));
  if (request.headers['content-type'] !== PIECE) throw new HubError('unsupported-media');
  const announced = request.headers['content-length'];
  return {
    uploadId,
    offset,
    announcedBytes: announced === undefined ? null : Number(announced),
    source: request,
    checksum: checksumOf(request.headers),
  };
};

async function create(request: Request, response: Response, context: ActionContext): Promise<void> {
  beginTus(request, response);
  const byteLength = bytesOf(request.headers, 'upload-length');
  const { filename = '', ...metadata } = metadataOf(request.headers);
  const withPiece = request.headers['content-type'] === PIECE;
  const piece = withPiece ? pieceOf(request, response, '', 0) : null;
  let upload = await createUpload(
    {
      kind: metadata.kind,
      fileName: filename.replace(/[\u0000-\u001f\u007f/\\]/g, '_').slice(-200),
      patientId: metadata.patientId ?? null,
      consultId: metadata.consultId ?? null,
      acquiredAt: metadata.acquiredAt ?? null,
      confirmMismatch: metadata.confirmMismatch === 'true',
      packing: metadata.packing ?? null,
      byteLength,
    },
    context,
  );
  response.set('Location', `/api/uploads/${upload._id}`);
  if (piece !== null) {
    try {
      upload = await appendUpload({ ...piece, uploadId: upload._id }, context);
      // The line broke before the answer: the sender knows no address to come back to.
      if (!request.complete) return await removeUpload(upload._id, context);
    } catch (thrown) {
      // Nobody has been told of it; the bytes that may be there are sent again to another one.
      await removeUpload(upload._id, context).catch(() => undefined);
      throw thrown;
    }
  }
  answerPiece(upload, response, 201);
}

async function append(request: Request, response: Response, context: ActionContext): Promise<void> {
  beginTus(request, response);
  const offset = bytesOf(request.headers, 'upload-offset');
  answerPiece(await appendUpload(pieceOf(request, response, idOf(request), offset), context), response, 200);
}

async function remove(request: Request, response: Response, context: ActionContext): Promise<void> {
  beginTus(request, response);
  await removeUpload(idOf(request), context);
  response.status(204).end();
}

async function tell(_request: Request, response: Response): Promise<void> {
  response
    .set('Tus-Resumable', tusVersion)
    .set('Tus-Version', tusVersion)
    .set('Tus-Extension', tusExtensions.join(','))
    .set('Upload-Packings', uploadPackings.join(','))
    .set('Tus-Checksum-Algorithm', checksumAlgorithms.join(','))
    .set('Tus-Max-Size', String(Math.max(...Object.values(mostBytesOf))))
    .status(204)
    .end();
}

const own = { permission: 'upload:own' } as const;
const all = '/api/uploads';
const one = `${all}/:id`;

/** tus 1.0.0, https://tus.io/protocols/resumable-upload; what became of a file is told beside it. */
export const uploadsRoutes: Route[] = [
  { method: 'options', path: all, summary: 'tus: what is offered.', permission: 'open', handle: tell },
  { method: 'options', path: one, summary: 'tus: what is offered.', permission: 'open', handle: tell },
  {
    ...own,
    method: 'post',
    path: all,
    summary:
      'tus: begin an upload; Upload-Metadata kind (ecg or dicom), filename, patientId or consultId if named, packing.',
    handle: create,
  },
  {
    ...own,
    method: 'head',
    path: one,
    summary: 'tus: how far an upload has come.',
    async handle(request: Request, response: Response, context: ActionContext) {
      beginTus(request, response);
      const upload = await findOwnUpload(idOf(request), context);
      response
        .set('Upload-Offset', String(upload.offset))
        .set('Upload-Length', String(upload.byteLength))
        .set('Upload-Expires', upload.expiresAt.toUTCString())
        .set('Cache-Control', 'no-store')
        .status(200)
        .end();
    },
  },
  {
    ...own,
    method: 'patch',
    path: one,
    summary: 'tus: the next bytes; the last ones answer what became of the file.',
    handle: append,
  },
  { ...own, method: 'delete', path: one, summary: 'tus: forget an upload.', handle: remove },
  {
    ...own,
    method: 'get',
    path: one,
    summary: 'What became of an upload: the ECG or instance, a question, or a refusal.',
    async handle(request: Request, response: Response, context: ActionContext) {
      response.json(viewOfUpload(await findOwnUpload(idOf(request), context)));
    },
  },
  {
    ...own,
    method: 'post',
    path: `${one}/finish`,
    summary: 'Settle an upload whose bytes are all there; ?confirmMismatch=true answers the question.',
    async handle(request: Request, response: Response, context: ActionContext) {
      const confirmMismatch = request.query.confirmMismatch === 'true';
      response.json(viewOfUpload(await settleUpload({ uploadId: idOf(request), confirmMismatch }, context)));
    },
  },
  {
    ...own,
    method: 'post',
    path: one,
    summary: 'tus: PATCH or DELETE by X-HTTP-Method-Override, where a proxy lets neither through.',
    async handle(request: Request, response: Response, context: ActionContext) {
      const method = request.headers['x-http-method-override'];
      if (method !== 'PATCH' && method !== 'DELETE') throw new HubError('not-found');
      await (method === 'PATCH' ? append : remove)(request, response, context);
    },
  },
];
