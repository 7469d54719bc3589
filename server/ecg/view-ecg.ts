import type { EcgView } from '../../shared/contracts/ecg.ts';
import type { EcgFields } from './ecg-record.ts';

export const viewOfEcg = (fields: EcgFields): EcgView => ({
  id: fields._id,
  patientId: fields.patientId,
  consultId: fields.consultId,
  format: fields.format,
  fileName: fields.fileName,
  byteLength: fields.byteLength,
  sha256: fields.sha256,
  acquiredAt: fields.acquiredAt,
  receivedAt: fields.receivedAt.toISOString(),
  sentBy: fields.sentByName,
  device: fields.device,
  leadNames: fields.leadNames,
  durationSeconds: fields.durationSeconds,
  detectedHeartRatePerMinute: fields.detectedHeartRatePerMinute,
  measurements: fields.measurements,
  statements: fields.statements,
  warnings: fields.warnings,
  preRead: fields.preRead ?? null,
  mismatch: fields.mismatch,
  image: fields.image
    ? { pages: fields.image.pages.map(({ sha256: _sha256, byteLength: _byteLength, ...page }) => page) }
    : null,
});
