import type { UploadResult } from '../../shared/contracts/uploads.ts';
import { uploadEcg } from '../ecg/upload-ecg.ts';
import { permitImages } from '../imaging/permit-images.ts';
import { announceStudies, storeInstance } from '../imaging/store-instance.ts';
import type { StagedBlob } from '../platform/blobs/blob-store.ts';
import type { ActionContext } from '../platform/context.ts';
import { asHubError, type HubError } from '../platform/errors.ts';
import { unpackUpload } from './unpack-upload.ts';
import { uploadRecord, type UploadFields } from './upload-record.ts';

type Settled = NonNullable<UploadFields['result']>;

/** Not about this file: the same bytes may do well a little later, so the upload stays as it is. */
const passing = new Set(['internal', 'storage-full', 'unavailable', 'too-many-requests', 'parse-timeout']);

/**
 * Hands a whole file on the way of every ECG or instance, and keeps what became of it; asked again it answers the same.
 * Runs while the upload is held. Throws what may pass: storage-full, unavailable, parse-timeout.
 */
export async function finishUpload(
  upload: UploadFields,
  { confirmMismatch = false }: { confirmMismatch?: boolean },
  context: ActionContext,
): Promise<UploadFields> {
  const { partials } = context.hub.blobs;
  if (upload.result !== null && (upload.result.state !== 'question' || !confirmMismatch)) return upload;
  const settle = upload.kind === 'ecg' ? settleEcg : settleInstance;
  const command = { ...upload, confirmMismatch: upload.confirmMismatch || confirmMismatch };
  const result: Settled = await settle(command, await partials.adopt(upload._id), context);
  await context.store.model(uploadRecord).updateOne({ _id: upload._id }, { $set: { result } });
  if (result.state !== 'question') await partials.remove(upload._id);
  return { ...upload, result };
}

async function settleEcg(upload: UploadFields, file: StagedBlob, context: ActionContext): Promise<Settled> {
  const { fileName, patientId, consultId, acquiredAt, confirmMismatch } = upload;
  try {
    const { ecg, existing } = await uploadEcg(
      {
        file,
        fileName,
        patientId: patientId ?? undefined,
        consultId: consultId ?? undefined,
        acquiredAt: acquiredAt ?? undefined,
        confirmMismatch,
      },
      context,
    );
    return { state: 'stored', existing, ecg };
  } catch (thrown) {
    return refusal('ecg:upload', asHubError(thrown), thrown, patientId, context);
  }
}

async function settleInstance(upload: UploadFields, file: StagedBlob, context: ActionContext): Promise<Settled> {
  const { consultId, confirmMismatch } = upload;
  let patientId = upload.patientId;
  try {
    const target = { patientId: patientId ?? undefined, consultId: consultId ?? undefined };
    patientId = await permitImages(target, context);
    // Absent from records of before there was any.
    const whole = upload.packing == null ? file : await unpackUpload(file, context);
    const command = { file: whole, patientId, consultId, studyInstanceUid: null, confirmMismatch };
    const outcome = await storeInstance(command, context);
    if (outcome.kind === 'refused') {
      patientId = outcome.patientId;
      throw outcome.error;
    }
    await announceStudies([outcome], consultId, context);
    if (outcome.ecg !== null) return { state: 'stored', existing: outcome.existing, ecg: outcome.ecg };
    const { existing, studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid } = outcome;
    const instance = { patientId: outcome.patientId, studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid };
    return { state: 'stored', existing, instance };
  } catch (thrown) {
    return refusal('imaging:store', asHubError(thrown), thrown, patientId, context);
  }
}

async function refusal(
  action: string,
  error: HubError,
  thrown: unknown,
  patientId: string | null,
  context: ActionContext,
): Promise<Settled> {
  if (passing.has(error.code)) throw thrown;
  const subject = patientId === null ? undefined : { type: 'patient', id: patientId, patientId };
  await context.audit({ action, outcome: 'refused', code: error.code, subject });
  const { status, code, message: title, details, extensions } = error;
  const problem = { status, code, title, ...(details && { details }), ...extensions };
  return { state: code === 'patient-mismatch' ? 'question' : 'refused', problem } satisfies UploadResult;
}
