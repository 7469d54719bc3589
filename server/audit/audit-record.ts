import { Schema } from 'mongoose';
import { defineRecord } from '../platform/store/store.ts';

/** One act, by whom, on what. Written with the change; linked into the chain by the sealer afterwards. */
export interface AuditFields {
  _id: string;
  at: Date;
  accountId: string | null;
  username: string | null;
  organisationId: string | null;
  /** True where a machine's token acted. */
  byToken: boolean;
  action: string;
  outcome: 'done' | 'refused' | 'failed';
  subjectType: string | null;
  subjectId: string | null;
  patientId: string | null;
  code: string | null;
  details: Record<string, string | number | boolean> | null;
  /** Place in the chain, from 1; null until sealed. */
  sequence: number | null;
  /** SHA-256 over the entry's own content and the hash before it. */
  hash: string | null;
}

const text = { type: String, default: null };
export const auditRecord = defineRecord<AuditFields>(
  'Audit',
  new Schema<AuditFields>(
    {
      _id: { type: String, required: true },
      at: { type: Date, required: true },
      accountId: text,
      username: text,
      organisationId: text,
      byToken: { type: Boolean, default: false },
      action: { type: String, required: true },
      outcome: { type: String, required: true },
      subjectType: text,
      subjectId: text,
      patientId: text,
      code: text,
      details: { type: Schema.Types.Mixed, default: null },
      sequence: { type: Number, default: null },
      hash: text,
    },
    { collection: 'audit' },
  )
    .index({ sequence: 1, _id: 1 })
    .index({ patientId: 1, _id: 1 }),
);
