import type { UploadKind } from './upload.ts';

/** POST /api/ecgs, one file each, multipart/form-data. */
export const ecgUpload: UploadKind = {
  name: 'ecg',
  concurrency: 1,
  prepare(file, fileName, target, confirmMismatch) {
    const form = new FormData();
    // Fields stand before the file, so that the hub knows the patient while the bytes arrive.
    form.append('patientId', target.patientId);
    if (target.consultId !== undefined) form.append('consultId', target.consultId);
    if (confirmMismatch) form.append('confirmMismatch', 'true');
    form.append('file', file, fileName);
    return { path: '/api/ecgs', headers: {}, body: form };
  },
};
