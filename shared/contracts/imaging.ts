import { z } from 'zod';
import { id, isoTime, query } from './contract.ts';
import { patientMismatch } from './patients.ts';

export const seriesView = z.object({
  seriesInstanceUid: z.string(),
  modality: z.string(),
  description: z.string().nullable(),
  seriesNumber: z.number().int().nullable(),
  instances: z.array(
    z.object({
      sopInstanceUid: z.string(),
      instanceNumber: z.number().int().nullable(),
      numberOfFrames: z.number().int(),
    }),
  ),
});

export const studyView = z.object({
  id,
  studyInstanceUid: z.string(),
  patientId: id,
  consultId: id.nullable(),
  description: z.string().nullable(),
  studyDate: z.string().nullable(),
  modalities: z.array(z.string()),
  receivedAt: isoTime,
  sentBy: z.string(),
  series: z.array(seriesView),
  mismatch: patientMismatch.nullable(),
});
export type StudyView = z.infer<typeof studyView>;
export type SeriesView = z.infer<typeof seriesView>;

/**
 * STOW-RS carries the upload: POST /dicom-web/studies?patientId=..&consultId=..&confirmMismatch=true. Instances that
 * name another patient are refused with 409 and `mismatch` until confirmed.
 */
export const stowQuery = z.object({
  patientId: id.optional(),
  consultId: id.optional(),
  confirmMismatch: z.enum(['true', 'false']).optional(),
});

export const imagingRequests = {
  'imaging:list': query(z.object({ patientId: id }), z.object({ studies: z.array(studyView) })),
} as const;

export const imagingNotices = {
  'imaging:added': z.object({ studyInstanceUid: z.string(), patientId: id, consultId: id.nullable() }),
} as const;
