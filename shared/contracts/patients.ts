import { z } from 'zod';
import { command, id, isoDate, isoTime, line, query, version } from './contract.ts';

export const sex = z.enum(['male', 'female', 'unknown']);

export const patientView = z.object({
  id,
  name: z.string(),
  sex,
  birthDate: isoDate.nullable(),
  /** Shown in full only to those who treat the patient. */
  identityNumber: z.string().nullable(),
  phone: z.string().nullable(),
  unknown: z.boolean(),
  organisationId: id,
  organisationName: z.string(),
  createdAt: isoTime,
  version,
});
export type PatientView = z.infer<typeof patientView>;

/** A patient row for lists; no identity number. */
export const patientRow = patientView
  .pick({ id: true, name: true, sex: true, birthDate: true, unknown: true, createdAt: true })
  .extend({
    openConsultId: id.nullable(),
    ecgCount: z.number().int(),
  });
export type PatientRow = z.infer<typeof patientRow>;

/** A file (ECG, DICOM) that names somebody else than the case's patient: field by field. */
export const patientMismatch = z.object({
  fields: z.array(z.enum(['identityNumber', 'name', 'sex', 'birthDate'])),
  file: z.object({
    identityNumber: z.string().nullable(),
    name: z.string().nullable(),
    sex: z.string().nullable(),
    birthDate: z.string().nullable(),
  }),
  patient: z.object({
    identityNumber: z.string().nullable(),
    name: z.string().nullable(),
    sex: z.string().nullable(),
    birthDate: z.string().nullable(),
  }),
  /** Set once the sender has confirmed that the file belongs to the patient all the same. */
  confirmedBy: z.string().nullable(),
  confirmedAt: isoTime.nullable(),
});
export type PatientMismatch = z.infer<typeof patientMismatch>;

const identityNumber = z.string().trim().toUpperCase().max(18);
const phone = z.string().regex(/^1\d{10}$/);

/** About the patient alone. */
export const patientRecordRequests = {
  /** Registers, or opens the patient whose identity number is already known to this organisation (`existing: true`). */
  'patient:register': command(
    z.object({
      name: line(50),
      identityNumber: identityNumber.optional(),
      /** Needed only where no identity number gives them. */
      sex: sex.optional(),
      birthDate: isoDate.optional(),
      phone: phone.optional(),
    }),
    z.object({ patient: patientView, existing: z.boolean() }),
  ),
  'patient:register-unknown': command(z.object({ sex: sex.optional() }), z.object({ patient: patientView })),
  'patient:read': query(z.object({ patientId: id }), z.object({ patient: patientView })),
} as const;

/** About the patient and the open case together. */
export const patientCaseRequests = {
  /** Gives an unknown patient a name and number, or corrects the name, phone. */
  'patient:identify': command(
    z.object({
      patientId: id,
      version,
      name: line(50),
      identityNumber: identityNumber.optional(),
      sex: sex.optional(),
      birthDate: isoDate.optional(),
      phone: phone.optional(),
    }),
    z.object({ patient: patientView }),
  ),
  'patient:list': query(
    z.object({ search: z.string().max(50).optional(), limit: z.number().int().min(1).max(100).optional() }),
    z.object({ patients: z.array(patientRow) }),
  ),
} as const;

export const patientRequests = { ...patientRecordRequests, ...patientCaseRequests } as const;

export const patientNotices = { 'patient:changed': z.object({ patientId: id }) } as const;
