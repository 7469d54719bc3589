import type { ActionContext } from '../platform/context.ts';
import { findOwnUpload } from './find-upload.ts';
import { finishUpload } from './finish-upload.ts';
import { uploadRecord, type UploadFields } from './upload-record.ts';

/** Forgets one's own upload and its bytes; what was stored from it stays. Throws not-found, upload-busy. */
export async function removeUpload(uploadId: string, context: ActionContext): Promise<void> {
  await findOwnUpload(uploadId, context);
  const { partials } = context.hub.blobs;
  await partials.exclusively(uploadId, async () => {
    await context.commit(async () => {
      await context.store.model(uploadRecord).deleteOne({ _id: uploadId });
      await context.audit({ action: 'upload:remove', outcome: 'done', subject: { type: 'upload', id: uploadId } });
    });
    await partials.remove(uploadId);
  });
}

/**
 * Settles an upload whose bytes are all there: after a question that a person has answered, or where the first try was
 * cut off. Throws not-found, upload-busy, and what finishUpload throws. One that is still arriving is answered as it is.
 */
export async function settleUpload(
  { uploadId, confirmMismatch }: { uploadId: string; confirmMismatch: boolean },
  context: ActionContext,
): Promise<UploadFields> {
  await findOwnUpload(uploadId, context);
  return context.hub.blobs.partials.exclusively(uploadId, async () => {
    const upload = await findOwnUpload(uploadId, context);
    return upload.offset < upload.byteLength ? upload : finishUpload(upload, { confirmMismatch }, context);
  });
}
