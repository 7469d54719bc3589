import { z } from 'zod';
import { ecgFormats, ecgGroupLabels } from '../ecg/waveform.ts';
import { id, isoTime, query } from './contract.ts';
import { patientMismatch } from './patients.ts';

const lead = z.object({
  name: z.string(),
  sampleRateHz: z.number(),
  unit: z.literal('uV'),
  samples: z.array(z.number().nullable()),
});

/** GET /api/ecgs/:id/waveform */
export const waveformView = z.object({
  groups: z.array(z.object({ label: z.enum(ecgGroupLabels), leads: z.array(lead) })),
});

export const ecgView = z.object({
  id,
  patientId: id,
  consultId: id.nullable(),
  format: z.enum(ecgFormats),
  fileName: z.string(),
  byteLength: z.number().int(),
  sha256: z.string(),
  acquiredAt: z.string().nullable(),
  receivedAt: isoTime,
  sentBy: z.string(),
  device: z.string().nullable(),
  leadNames: z.array(z.string()),
  durationSeconds: z.number(),
  /** From the project's own R-peak detection; unconfirmed. */
  detectedHeartRatePerMinute: z.number().nullable(),
  measurements: z.record(z.string(), z.number()),
  statements: z.array(z.string()),
  warnings: z.array(z.string()),
  mismatch: patientMismatch.nullable(),
});
export type EcgView = z.infer<typeof ecgView>;

/**
 * POST /api/ecgs multipart: field `file`, and patientId or consultId, acquiredAt?, confirmMismatch ("true"). A file
 * that names another patient is answered 409 patient-mismatch with `mismatch` in the problem document until the
 * sender sends it again with confirmMismatch.
 */
export const ecgUploadFields = z.object({
  patientId: id.optional(),
  consultId: id.optional(),
  acquiredAt: isoTime.optional(),
  confirmMismatch: z.enum(['true', 'false']).optional(),
});

export const ecgRequests = {
  'ecg:read': query(z.object({ ecgId: id }), z.object({ ecg: ecgView })),
  'ecg:list': query(z.object({ patientId: id }), z.object({ ecgs: z.array(ecgView) })),
} as const;

export const ecgNotices = { 'ecg:added': z.object({ ecgId: id, patientId: id, consultId: id.nullable() }) } as const;
