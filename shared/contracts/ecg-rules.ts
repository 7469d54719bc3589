import { z } from 'zod';
import { hospitalRulesSchema } from '../ecg/hospital-rule-table.ts';
import { ruleTableSchema } from '../ecg/reading-rules.ts';
import { command, id, isoTime, line, prose, query, version } from './contract.ts';

export const ruleTableStates = ['draft', 'approved', 'discarded'] as const;

const versionHead = z.object({
  version,
  state: z.enum(ruleTableStates),
  edition: z.string(),
  note: z.string(),
  editedByName: z.string(),
  editedAt: isoTime,
  approvedByName: z.string().nullable(),
  approvedAt: isoTime.nullable(),
});

/** One version of a hospital's rule table for the computer's pre-read. */
export const ruleTableVersionView = versionHead.extend({ table: ruleTableSchema });
export type RuleTableVersionView = z.infer<typeof ruleTableVersionView>;

/** Why the asking person cannot approve the draft: two sign, one of them an ECG reviewer. */
export const approvalHindrances = ['own-draft', 'needs-reviewer'] as const;

export const ecgRulesView = z.object({
  /** Null: the rules as delivered are in force. */
  inForce: ruleTableVersionView.nullable(),
  draft: ruleTableVersionView.nullable(),
  /** Of the newest version, whatever became of it; 0 without any. A change is made on top of it. */
  version,
  deliveredEdition: z.string(),
  /** What the delivered rules have that the hospital's newest table lacks; null where there is nothing new. */
  news: z
    .object({
      /** The delivered edition that the hospital's table was last compared with, where there is a newer one. */
      comparedWith: z.string().nullable(),
      missing: z.array(z.string()),
    })
    .nullable(),
  /** Null where the asking person may approve the draft, or there is none. */
  hindrance: z.enum(approvalHindrances).nullable(),
  /** Newest first. */
  history: z.array(versionHead),
});
export type EcgRulesView = z.infer<typeof ecgRulesView>;

const made = z.object({ version });

export const ecgRulesRequests = {
  /** The rule tables of the actor's own hospital. */
  'ecg-rules:read': query(z.object({}), ecgRulesView),
  /** Saves a draft as a new version on top of the newest one. Throws version-conflict. */
  'ecg-rules:edit': command(
    z.object({
      version,
      table: hospitalRulesSchema,
      edition: line(64),
      note: prose(500),
      /** The person has compared the table with the rules as delivered now. */
      comparedWithDelivered: z.boolean().optional(),
    }),
    made,
  ),
  /** Puts the draft in force. Throws same-signer for its last editor, version-conflict, conflict without a draft. */
  'ecg-rules:approve': command(z.object({ version }), made),
  'ecg-rules:discard': command(z.object({ version }), made),
} as const;

export const ecgRulesNotices = { 'ecg-rules:changed': z.object({ organisationId: id, version }) } as const;
