import { newUuid } from './random-id.ts';
import type { UploadKind } from './upload.ts';

/**
 * STOW-RS (DICOM PS3.18 section 10.5): one instance a request, so that a cut costs one instance and not the study.
 * The body is multipart/related with a single part (PS3.18 section 8.6.1.2).
 */
export const dicomUpload: UploadKind = {
  name: 'dicom',
  concurrency: 2,
  prepare(file, _fileName, target, confirmMismatch) {
    const boundary = `lianzhen-${newUuid()}`;
    const query = new URLSearchParams({ patientId: target.patientId });
    if (target.consultId !== undefined) query.set('consultId', target.consultId);
    if (confirmMismatch) query.set('confirmMismatch', 'true');
    const body = new Blob([
      `--${boundary}\r\nContent-Type: application/dicom\r\nContent-Length: ${file.size}\r\n\r\n`,
      file,
      `\r\n--${boundary}--\r\n`,
    ]);
    return {
      path: `/dicom-web/studies?${query}`,
      headers: {
        Accept: 'application/dicom+json, application/problem+json',
        'Content-Type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      },
      body,
    };
  },
};
