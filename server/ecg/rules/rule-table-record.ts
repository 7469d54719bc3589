import { Schema } from 'mongoose';
import type { HospitalRules } from '../../../shared/ecg/hospital-rule-table.ts';
import { ruleTableStates } from '../../../shared/contracts/ecg-rules.ts';
import { defineRecord } from '../../platform/store/store.ts';

/**
 * One version of a hospital's rule table. Saving a draft adds a version; the rules of a version never change, only what
 * became of it.
 */
export interface RuleTableFields {
  _id: string;
  organisationId: string;
  version: number;
  state: (typeof ruleTableStates)[number];
  edition: string;
  note: string;
  rules: HospitalRules;
  /** The delivered edition that somebody last compared the table with. */
  deliveredEdition: string;
  editedByAccountId: string;
  editedByName: string;
  /** Whether the editor held the reviewer's role then. */
  editedByReviewer: boolean;
  editedAt: Date;
  approvedByAccountId: string | null;
  approvedByName: string | null;
  approvedAt: Date | null;
}

const text = { type: String, required: true };

export const ruleTableRecord = defineRecord<RuleTableFields>(
  'EcgRuleTable',
  new Schema<RuleTableFields>(
    {
      _id: text,
      organisationId: text,
      version: { type: Number, required: true },
      state: { ...text, enum: ruleTableStates },
      edition: text,
      note: { type: String, default: '' },
      rules: { type: Schema.Types.Mixed, required: true },
      deliveredEdition: text,
      editedByAccountId: text,
      editedByName: text,
      editedByReviewer: { type: Boolean, required: true },
      editedAt: { type: Date, required: true },
      approvedByAccountId: { type: String, default: null },
      approvedByName: { type: String, default: null },
      approvedAt: { type: Date, default: null },
    },
    { collection: 'ecgruletables' },
  ).index({ organisationId: 1, version: 1 }, { unique: true }),
);
