import type { UploadView } from '../../shared/contracts/uploads.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { uploadRecord, type UploadFields } from './upload-record.ts';

/** The actor's own upload that has not expired; for everybody else there is none. Throws not-found. */
export async function findOwnUpload(uploadId: string, context: ActionContext): Promise<UploadFields> {
  const found = await context.store.model(uploadRecord).findById(uploadId).lean();
  if (found === null || found.accountId !== context.actor.accountId || found.expiresAt <= context.clock.now())
    throw new HubError('not-found');
  return found;
}

export function viewOfUpload(upload: UploadFields): UploadView {
  const { _id, kind, fileName, offset, byteLength } = upload;
  return {
    id: _id,
    kind,
    fileName,
    offset,
    byteLength,
    expiresAt: upload.expiresAt.toISOString(),
    result: upload.result ?? { state: offset < byteLength ? 'receiving' : 'received' },
  };
}
