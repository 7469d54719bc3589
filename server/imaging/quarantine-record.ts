import { Schema } from 'mongoose';
import type { QuarantineDecision } from '../../shared/contracts/imaging.ts';
import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import type { Audience } from '../permissions/policy.ts';
import { defineRecord } from '../platform/store/store.ts';

/**
 * An instance that came under the UID of a stored one with other bytes. Its bytes stand in the blob store; the stored
 * one is untouched until a person decides.
 */
export interface QuarantineFields {
  _id: string;
  patientId: string;
  audience: Audience;
  /** The record of the stored instance, and its bytes when this one came. */
  instanceId: string;
  storedSha256: string;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
  sha256: string;
  byteLength: number;
  /** InstanceFacts as JSON, for the case that it replaces the stored one. */
  factsJson: string;
  /** In what the file names another person than the patient; null where it names the same. */
  mismatchFields: PatientMismatch['fields'] | null;
  receivedAt: Date;
  sentByAccountId: string;
  sentByName: string;
  sentByOrganisation: string;
  /** How often the same bytes came. */
  timesSent: number;
  decision: QuarantineDecision | null;
  version: number;
}

export const quarantineRecord = defineRecord<QuarantineFields>(
  'QuarantinedInstance',
  new Schema<QuarantineFields>(
    {
      _id: { type: String, required: true },
      patientId: { type: String, required: true },
      audience: { type: Schema.Types.Mixed, required: true },
      instanceId: { type: String, required: true },
      storedSha256: { type: String, required: true },
      studyInstanceUid: { type: String, required: true },
      seriesInstanceUid: { type: String, required: true },
      sopInstanceUid: { type: String, required: true },
      sopClassUid: { type: String, required: true },
      sha256: { type: String, required: true },
      byteLength: { type: Number, required: true },
      factsJson: { type: String, required: true },
      mismatchFields: { type: Schema.Types.Mixed, default: null },
      receivedAt: { type: Date, required: true },
      sentByAccountId: { type: String, required: true },
      sentByName: { type: String, required: true },
      sentByOrganisation: { type: String, required: true },
      timesSent: { type: Number, required: true },
      decision: { type: Schema.Types.Mixed, default: null },
      version: { type: Number, required: true },
    },
    { collection: 'quarantined-instances' },
  )
    // Sent again, the same bytes against the same stored ones are one record.
    .index({ instanceId: 1, sha256: 1, storedSha256: 1 }, { unique: true })
    .index({ 'audience.organisationIds': 1, receivedAt: -1 })
    .index({ 'audience.consults.organisationIds': 1, receivedAt: -1 })
    .index({ patientId: 1 }),
);
