import { z } from 'zod';
import { id, isoTime } from './contract.ts';
import { ecgView } from './ecg.ts';
import { patientMismatch } from './patients.ts';

/** The resumable upload protocol tus 1.0.0 at /api/uploads, with these of its extensions. */
export const tusVersion = '1.0.0';
export const tusExtensions = ['creation', 'creation-with-upload', 'termination', 'checksum', 'expiration'] as const;

/**
 * How a DICOM file may have been packed for a slow line (server/imaging/packing); OPTIONS tells them as
 * Upload-Packings. Lengths and offsets of the upload are then those of the packed file, and everything behind it sees
 * the file itself.
 */
export const uploadPackings = ['lianzhen-1'] as const;

/**
 * Upload-Metadata: `kind` and, as POST /api/ecgs and STOW-RS take them, patientId or consultId if named, acquiredAt?,
 * confirmMismatch?; `packing` of a packed DICOM file. Other keys are the sender's own affair.
 */
export const uploadMetadata = z
  .object({
    kind: z.enum(['ecg', 'dicom']),
    filename: z.string().max(400).optional(),
    patientId: id.optional(),
    consultId: id.optional(),
    acquiredAt: isoTime.optional(),
    confirmMismatch: z.enum(['true', 'false']).optional(),
    packing: z.enum(uploadPackings).optional(),
  })
  .refine(({ kind, packing }) => packing === undefined || kind === 'dicom', { path: ['packing'] });

/** Stored as a DICOM instance. */
export const storedInstance = z.object({
  patientId: id,
  studyInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  sopInstanceUid: z.string(),
  sopClassUid: z.string(),
});

/**
 * What became of an upload: `receiving` until every byte is there; `received` while nobody has settled it (POST
 * /api/uploads/:id/finish does); `question` where it names another patient and the sender is asked, with the comparison
 * in `problem`; `refused` for good. Stored again is stored, with `existing`.
 */
export const uploadResult = z.discriminatedUnion('state', [
  z.object({ state: z.literal('receiving') }),
  z.object({ state: z.literal('received') }),
  z.object({
    state: z.literal('stored'),
    existing: z.boolean(),
    ecg: ecgView.optional(),
    instance: storedInstance.optional(),
  }),
  z.object({
    state: z.enum(['question', 'refused']),
    /** As the problem document of the ordinary upload (RFC 9457). */
    problem: z.object({
      status: z.number().int(),
      code: z.string(),
      title: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      mismatch: patientMismatch.optional(),
    }),
  }),
]);
export type UploadResult = z.infer<typeof uploadResult>;

/** GET /api/uploads/:id, and the answer to the request that brought the last byte. */
export const uploadView = z.object({
  id,
  kind: z.enum(['ecg', 'dicom']),
  fileName: z.string(),
  offset: z.number().int(),
  byteLength: z.number().int(),
  expiresAt: isoTime,
  result: uploadResult,
});
export type UploadView = z.infer<typeof uploadView>;
