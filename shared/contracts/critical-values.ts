import { z } from 'zod';
import { command, id, isoTime, line, nothing, query } from './contract.ts';

/** `open`: the clinic has not answered. `received`: somebody has it. `read-back`: the loop is closed. */
export const criticalValueStates = ['open', 'received', 'read-back', 'withdrawn'] as const;
export const criticalValueMeans = ['system', 'telephone'] as const;
/** `one-press`: the clinic confirmed the finding as it stands, without writing it. */
export const readBackWays = ['typed', 'one-press', 'telephone'] as const;

/**
 * A critical value (危急值) with its six fields: finding, time found, by whom told, to whom, when received, by what
 * means; and the read-back.
 */
export const criticalValueView = z.object({
  id,
  consultId: id,
  consultKind: z.enum(['urgent', 'ecg-reading', 'imaging-reading']),
  patientId: id,
  patientName: z.string(),
  patientSex: z.string(),
  patientAgeYears: z.number().int().nullable(),
  fromOrganisationId: id,
  fromOrganisationName: z.string(),
  fromTelephone: z.string().nullable(),
  toOrganisationId: id,
  toOrganisationName: z.string(),
  toTelephone: z.string().nullable(),
  finding: z.string(),
  /** The rule of the computer's pre-read that the reporter took the finding from. */
  ruleId: z.string().nullable(),
  state: z.enum(criticalValueStates),
  means: z.enum(criticalValueMeans),
  foundAt: isoTime,
  reportedByAccountId: id,
  reportedByName: z.string(),
  /** Null too where it was taken at the telephone. */
  receivedByAccountId: id.nullable(),
  receivedByName: z.string().nullable(),
  receivedAt: isoTime.nullable(),
  readBack: z
    .object({
      text: z.string(),
      way: z.enum(readBackWays),
      /** The words are the finding's, but for spaces. */
      same: z.boolean(),
      byName: z.string(),
      /** Who wrote it down: with the telephone somebody of the reporter's side. */
      recordedByName: z.string(),
      at: isoTime,
    })
    .nullable(),
  /** How often the clinic was told again, and how often it is. */
  repeats: z.number().int(),
  repeatMinutes: z.number().int(),
  nextRepeatAt: isoTime.nullable(),
  withdrawn: z.object({ byName: z.string(), at: isoTime, reason: z.string() }).nullable(),
  version: z.number().int(),
});
export type CriticalValueView = z.infer<typeof criticalValueView>;

const one = z.object({ value: criticalValueView });

export const criticalValueRequests = {
  /** Of a case or a reading. The same words again while they are open open nothing new (`existing`). */
  'critical-value:report': command(
    z.object({
      consultId: id,
      finding: line(500),
      ruleId: z
        .string()
        .regex(/^[a-z0-9-]{1,80}$/)
        .optional(),
    }),
    z.object({ value: criticalValueView, existing: z.boolean() }),
  ),
  /** The clinic has it. Of two at once one is named; the other is told who. */
  'critical-value:receive': command(z.object({ criticalValueId: id }), one),
  /** Closes the loop. Without a text: confirmed by one press as it stands, and recorded as such. */
  'critical-value:read-back': command(z.object({ criticalValueId: id, text: line(500).optional() }), one),
  /** The reporter's side was on the telephone: who took it there, and the words that were read back. */
  'critical-value:record-by-telephone': command(
    z.object({ criticalValueId: id, receiverName: line(60), readBackText: line(500) }),
    one,
  ),
  /** Told by mistake; only before it was read back. */
  'critical-value:withdraw': command(z.object({ criticalValueId: id, reason: line(500) }), one),
  /** What is open for the actor's organisation, as the one that asked and as the one that told; the oldest first. */
  'critical-value:list': query(nothing, z.object({ values: z.array(criticalValueView) })),
  'critical-value:list-of-consult': query(
    z.object({ consultId: id }),
    z.object({ values: z.array(criticalValueView) }),
  ),
} as const;

/** To both sides at each step and at each repetition (`repeats`). */
export const criticalValueNotices = { 'critical-value:changed': criticalValueView } as const;
