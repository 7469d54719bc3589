import { decodeLimits } from '../ecg/decode/decode-limits.ts';
import { permitEcgUpload } from '../ecg/upload-ecg.ts';
import { MAX_INSTANCE_BYTES, permitImages } from '../imaging/permit-images.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { newId } from '../platform/store/store.ts';
import { firstExpiryFrom } from './expire-uploads.ts';
import { uploadRecord, type UploadFields } from './upload-record.ts';

export type CreateUpload = Pick<
  UploadFields,
  'kind' | 'fileName' | 'patientId' | 'consultId' | 'acquiredAt' | 'confirmMismatch' | 'packing' | 'byteLength'
>;

export const mostBytesOf = { ecg: decodeLimits.holterFileBytes, dicom: MAX_INSTANCE_BYTES } as const;
const MOST_OPEN_UPLOADS = 200;

/** Throws what the ordinary upload would throw to somebody who may not send this there. */
export async function permitUpload(
  upload: Pick<UploadFields, 'kind' | 'patientId' | 'consultId'>,
  context: ActionContext,
): Promise<void> {
  const target = { patientId: upload.patientId ?? undefined, consultId: upload.consultId ?? undefined };
  await (upload.kind === 'ecg' ? permitEcgUpload : permitImages)(target, context);
}

/** Begins an upload, permitted as its target demands. Throws too-large, file-empty, too-many-requests, storage-full. */
export async function createUpload(command: CreateUpload, context: ActionContext): Promise<UploadFields> {
  await permitUpload(command, context);
  if (command.byteLength === 0) throw new HubError('file-empty');
  const limitBytes = mostBytesOf[command.kind];
  if (command.byteLength > limitBytes) throw new HubError('too-large', { limitBytes });
  const model = context.store.model(uploadRecord);
  const open = await model.countDocuments({ accountId: context.actor.accountId, result: null });
  if (open >= MOST_OPEN_UPLOADS) throw new HubError('too-many-requests');
  const createdAt = context.clock.now();
  const upload: UploadFields = {
    _id: newId(),
    accountId: context.actor.accountId,
    ...command,
    offset: 0,
    createdAt,
    expiresAt: firstExpiryFrom(createdAt),
    result: null,
  };
  await context.hub.blobs.partials.create(upload._id, upload.byteLength);
  try {
    await context.commit(async () => {
      await model.create([upload]);
      await context.audit({
        action: 'upload:create',
        outcome: 'done',
        subject: { type: 'upload', id: upload._id, patientId: upload.patientId ?? undefined },
        details: { kind: upload.kind, bytes: upload.byteLength },
      });
    });
  } catch (thrown) {
    await context.hub.blobs.partials.remove(upload._id);
    throw thrown;
  }
  context.hub.dueTimes.wake();
  return upload;
}
