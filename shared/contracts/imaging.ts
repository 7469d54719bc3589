import { z } from 'zod';
import { command, id, isoTime, line, query, version } from './contract.ts';
import { patientMismatch } from './patients.ts';

/**
 * Whose study is meant, by the hub's id of the patient: a lead hospital may see one study with the patients of two
 * clinics. Our own windows name it with every request for images.
 */
export const patientHeader = 'X-Lianzhen-Patient';

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
 * name another patient are refused with 409 and `mismatch` until confirmed. Without a patient, as devices send, the
 * file's identity number says whose they are, or the study begins a patient of its own.
 */
export const stowQuery = z.object({
  patientId: id.optional(),
  consultId: id.optional(),
  confirmMismatch: z.enum(['true', 'false']).optional(),
});

/** What a person decided about an instance in quarantine. */
export const quarantineDecision = z.object({
  choice: z.enum(['keep-first', 'replace']),
  reason: z.string(),
  by: z.string(),
  at: isoTime,
});
export type QuarantineDecision = z.infer<typeof quarantineDecision>;

/** An instance that came with the UID of a stored one and other bytes. `mismatch`: it names another person. */
export const quarantineView = z.object({
  id,
  patientId: id,
  studyInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  sopInstanceUid: z.string(),
  byteLength: z.number().int(),
  mismatch: z.array(z.enum(['identityNumber', 'name', 'sex', 'birthDate'])),
  receivedAt: isoTime,
  sentBy: z.string(),
  sentByOrganisation: z.string(),
  timesSent: z.number().int(),
  decision: quarantineDecision.nullable(),
  version,
});
export type QuarantineView = z.infer<typeof quarantineView>;

/** Studies that are listed where nobody asks for more, and where somebody does. */
export const USUAL_STUDIES = 50;
export const MOST_STUDIES = 400;

export const imagingRequests = {
  /** The newest `limit` studies, and beside them the one that is named, however old. `total` counts all. */
  'imaging:list': query(
    z.object({
      patientId: id,
      limit: z.number().int().min(1).max(MOST_STUDIES).optional(),
      studyInstanceUid: z.string().max(64).optional(),
    }),
    z.object({ studies: z.array(studyView), total: z.number().int() }),
  ),
  /** Newest first; those that wait for a decision, or all. */
  'imaging:list-quarantine': query(
    z.object({ decided: z.boolean().optional() }),
    z.object({ instances: z.array(quarantineView) }),
  ),
  /** `replace` puts these bytes in the place of the stored ones, which are kept aside. */
  'imaging:decide-quarantine': command(
    z.object({ quarantineId: id, choice: z.enum(['keep-first', 'replace']), reason: line(300), version }),
    z.object({ instance: quarantineView }),
  ),
} as const;

export const imagingNotices = {
  'imaging:quarantined': z.object({ quarantineId: id, patientId: id, studyInstanceUid: z.string() }),
  'imaging:quarantine-decided': z.object({ quarantineId: id, patientId: id, studyInstanceUid: z.string() }),
  'imaging:added': z.object({ studyInstanceUid: z.string(), patientId: id, consultId: id.nullable() }),
} as const;
