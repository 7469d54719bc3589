import { z } from 'zod';
import { examinationKinds, soonerThanUrgent } from '../rules/imaging-clock.ts';
import { readingRuleBounds, readingStages, soonerThanGraver } from '../rules/reading-queue.ts';
import { command, id, isoTime, line, prose, query, version } from './contract.ts';
import { patientView } from './patients.ts';

/** The images that are read, as far as the queue shows them. */
export const studyToRead = z.object({
  studyInstanceUid: z.string(),
  examination: z.enum(examinationKinds),
  modalities: z.array(z.string()),
  description: z.string().nullable(),
  /** YYYY-MM-DD */
  studyDate: z.string().nullable(),
  /** Without the study's reports and the like. */
  imageCount: z.number().int(),
});

const reading = z.object({
  id,
  patientId: id,
  patientName: z.string(),
  patientSex: z.string(),
  patientAgeYears: z.number().int().nullable(),
  fromOrganisationId: id,
  fromOrganisationName: z.string(),
  toOrganisationId: id,
  toOrganisationName: z.string(),
  /** 1 critical, 2 urgent, 3 abnormal or unknown, 4 unremarkable; nothing pre-reads images. */
  grade: z.number().int().min(1).max(4),
  /** The clinic is in a hurry. */
  urgent: z.boolean(),
  /** Chief complaint and what the reader should know. */
  note: z.string().nullable(),
  stage: z.enum(readingStages),
  requestedAt: isoTime,
  requestedByName: z.string(),
  /** When the report should be signed, as the hospital's rules had it at the request. */
  dueAt: isoTime,
  /** Who reads it now; over by itself at expiresAt. */
  claim: z.object({ accountId: id, name: z.string(), claimedAt: isoTime, expiresAt: isoTime }).nullable(),
  /** The report once it has been signed. */
  reportId: id.nullable(),
  reporterAccountId: id.nullable(),
  reporterName: z.string().nullable(),
  reviewerName: z.string().nullable(),
  /** The urgent consult that a reader made out of it. */
  escalatedConsultId: id.nullable(),
  withdrawnReason: z.string().nullable(),
  closedAt: isoTime.nullable(),
  version: z.number().int(),
});
const ecgReading = reading.extend({ kind: z.literal('ecg'), ecgId: id });
const imagingReading = reading.extend({ kind: z.literal('imaging'), study: studyToRead });

/** One reading (心电诊断, 影像诊断) as the queue, the reader and the clinic see it. */
export const readingView = z.discriminatedUnion('kind', [ecgReading, imagingReading]);
export type ReadingView = z.infer<typeof readingView>;
export type EcgReadingView = z.infer<typeof ecgReading>;
export type ImagingReadingView = z.infer<typeof imagingReading>;

const count = z.number().int().min(0);

const within = ([lowest, highest]: readonly [number, number]) => z.number().int().min(lowest).max(highest);
const minutes = within(readingRuleBounds.minutesByGrade);
const minutesByGrade = z.object({ critical: minutes, urgent: minutes, abnormal: minutes, unremarkable: minutes });
/** A graver one never has more time than a lesser one. */
const minutesInOrder = minutesByGrade.superRefine((wanted, check) => {
  for (const name of soonerThanGraver(wanted)) check.addIssue({ code: 'custom', path: [name] });
});
const imagingMinutes = z.object({ urgent: minutes, routine: minutes });
const imagingTimes = z.object({
  'head-ct': imagingMinutes,
  ct: imagingMinutes,
  mr: imagingMinutes,
  xray: imagingMinutes,
  other: imagingMinutes,
});
const imagingTimesInOrder = imagingTimes.superRefine((wanted, check) => {
  for (const kind of soonerThanUrgent(wanted)) check.addIssue({ code: 'custom', path: [kind] });
});
const leaseMinutes = within(readingRuleBounds.leaseMinutes);
const criticalValueRepeatMinutes = within(readingRuleBounds.repeatMinutes);

/**
 * How a hospital runs its queue: minutes until a report should be signed, how long a claim holds, and how often a
 * critical value is told again until it is read back. Images have their own times until they become critical.
 */
export const readingRulesView = z.object({
  minutesByGrade,
  imagingMinutes: imagingTimes,
  leaseMinutes,
  criticalValueRepeatMinutes,
  /** Where the numbers come from. */
  edition: z.string(),
  setByName: z.string().nullable(),
  setAt: isoTime.nullable(),
  version,
});
export type ReadingRulesView = z.infer<typeof readingRulesView>;

const onReading = z.object({ readingId: id });
const changed = z.object({ reading: readingView });

export const readingRequests = {
  /** Asks the lead hospital to read an ECG or a study without a room; while one is open for it, that one is answered. */
  'reading:request': command(
    z
      .object({
        ecgId: id.optional(),
        studyInstanceUid: z.string().max(64).optional(),
        /** Whose study it is, where a clinic has it with two patients. */
        patientId: id.optional(),
        note: prose(500).optional(),
        urgent: z.boolean().optional(),
      })
      .refine(({ ecgId, studyInstanceUid }) => (ecgId === undefined) !== (studyInstanceUid === undefined)),
    z.object({ reading: readingView, existing: z.boolean() }),
  ),
  /** Readers: their hospital's queue, in the order in which it is to be read; clinics: what they asked for. */
  'reading:list': query(
    z.object({ state: z.enum(['open', 'done']) }),
    z.object({
      readings: z.array(readingView),
      counts: z.object({
        open: count,
        byGrade: z.object({ critical: count, urgent: count, abnormal: count, unremarkable: count }),
        overdue: count,
        unclaimed: count,
        awaitingReview: count,
      }),
    }),
  ),
  'reading:list-of-patient': query(z.object({ patientId: id }), z.object({ readings: z.array(readingView) })),
  'reading:read': query(onReading, z.object({ reading: readingView, patient: patientView })),
  /** Takes it to read, for the lease's time; of two at once one wins, the other is told who. */
  'reading:claim': command(onReading, changed),
  'reading:renew': command(onReading, changed),
  'reading:release': command(onReading, changed),
  /** Makes an urgent consult of it, or opens the one that the patient has. */
  'reading:escalate': command(
    onReading,
    z.object({ reading: readingView, escalatedToConsultId: id, existing: z.boolean() }),
  ),
  'reading:withdraw': command(z.object({ readingId: id, reason: line(500) }), changed),
  'reading:read-rules': query(z.object({}), z.object({ rules: readingRulesView })),
  'reading:set-rules': command(
    z.object({
      minutesByGrade: minutesInOrder,
      leaseMinutes,
      /** Left out these two stay as they are. */
      imagingMinutes: imagingTimesInOrder.optional(),
      criticalValueRepeatMinutes: criticalValueRepeatMinutes.optional(),
      edition: line(200),
      version,
    }),
    z.object({ rules: readingRulesView }),
  ),
} as const;

export const readingNotices = { 'reading:changed': readingView } as const;
