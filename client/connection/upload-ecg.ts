import type { UploadKind } from './upload-queue.ts';

/** POST /api/ecgs, one file each, multipart/form-data. */
export const ecgUpload: UploadKind = {
  concurrency: 1,
  prepare(file, target, confirmMismatch) {
    const form = new FormData();
    // Fields stand before the file, so that the hub knows the patient while the bytes arrive.
    form.append('patientId', target.patientId);
    if (target.consultId !== undefined) form.append('consultId', target.consultId);
    if (confirmMismatch) form.append('confirmMismatch', 'true');
    form.append('file', file, file.name);
    return { path: '/api/ecgs', headers: {}, body: form };
  },
};
