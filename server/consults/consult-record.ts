import { Schema } from 'mongoose';
import { consultOutcomes } from '../../shared/contracts/consults.ts';
import { examinationKinds, type ExaminationKind } from '../../shared/rules/imaging-clock.ts';
import { readingStages, type ReadingGrade, type ReadingStage } from '../../shared/rules/reading-queue.ts';
import type { ReportKind } from '../../shared/rules/signing.ts';
import type { Audience } from '../permissions/policy.ts';
import { defineRecord } from '../platform/store/store.ts';

export interface Participant {
  accountId: string;
  name: string;
  organisationId: string;
  organisationName: string;
  side: 'clinic' | 'lead' | 'invited';
  invitedByName: string | null;
  /** First time in the room. */
  joinedAt: Date | null;
}

/** What a reading is about: an ECG, or else a study of the consult's patient. */
export interface ReadingTarget {
  ecgId: string | null;
  studyInstanceUid: string | null;
  /** Of a study, as its time was given at the request. */
  examination: ExaminationKind | null;
}

/** What a reading without a room is about, and how it stands in the queue. */
export interface ReadingPart extends ReadingTarget {
  grade: ReadingGrade;
  urgent: boolean;
  note: string | null;
  stage: ReadingStage;
  dueAt: Date;
  /** Who reads it, until expiresAt at the latest; a later claim replaces it. */
  claim: { accountId: string; name: string; claimedAt: Date; expiresAt: Date } | null;
  reportId: string | null;
  reporterAccountId: string | null;
  reporterName: string | null;
  reviewerName: string | null;
  escalatedConsultId: string | null;
  withdrawnReason: string | null;
}

export const readingConsultKinds = ['ecg-reading', 'imaging-reading'] as const;
export type ReadingConsultKind = (typeof readingConsultKinds)[number];

export interface ConsultFields {
  _id: string;
  kind: 'urgent' | ReadingConsultKind;
  reason: string;
  patientId: string;
  alarmId: string | null;
  referralId: string | null;
  reading: ReadingPart | null;
  state: 'waiting' | 'active' | 'closed' | 'withdrawn';
  /** waiting or active */
  open: boolean;
  fromOrganisationId: string;
  fromOrganisationName: string;
  toOrganisationId: string;
  toOrganisationName: string;
  openedAt: Date;
  openedByAccountId: string;
  openedByName: string;
  participants: Participant[];
  acceptedByName: string | null;
  outcome: (typeof consultOutcomes)[number] | 'read' | null;
  outcomeNote: string | null;
  closedAt: Date | null;
  closedByName: string | null;
  /** How many critical values have not been read back; absent: none. While there are any it cannot be closed. */
  openCriticalValues?: number;
  audience: Audience;
  version: number;
}

/** A consult with its room, alarm and referral file. */
export type UrgentConsult = ConsultFields & {
  kind: 'urgent';
  alarmId: string;
  referralId: string;
  outcome: (typeof consultOutcomes)[number] | null;
};

/** An ECG or a study that is read without a room. */
export type ReadingConsult = ConsultFields & { kind: ReadingConsultKind; reading: ReadingPart };

/** What its report is of. */
export const kindOfReading = ({ kind }: Pick<ReadingConsult, 'kind'>): ReportKind =>
  kind === 'ecg-reading' ? 'ecg' : 'imaging';

const participant = new Schema<Participant>(
  {
    accountId: { type: String, required: true },
    name: { type: String, required: true },
    organisationId: { type: String, required: true },
    organisationName: { type: String, default: '' },
    side: { type: String, required: true, enum: ['clinic', 'lead', 'invited'] },
    invitedByName: { type: String, default: null },
    joinedAt: { type: Date, default: null },
  },
  { _id: false },
);

const claim = new Schema<NonNullable<ReadingPart['claim']>>(
  { accountId: String, name: String, claimedAt: Date, expiresAt: Date },
  { _id: false },
);
const reading = new Schema<ReadingPart>(
  {
    ecgId: { type: String, default: null },
    studyInstanceUid: { type: String, default: null },
    examination: { type: String, enum: [...examinationKinds, null], default: null },
    grade: { type: Number, required: true },
    urgent: { type: Boolean, required: true },
    note: { type: String, default: null },
    stage: { type: String, required: true, enum: readingStages },
    dueAt: { type: Date, required: true },
    claim: { type: claim, default: null },
    reportId: { type: String, default: null },
    reporterAccountId: { type: String, default: null },
    reporterName: { type: String, default: null },
    reviewerName: { type: String, default: null },
    escalatedConsultId: { type: String, default: null },
    withdrawnReason: { type: String, default: null },
  },
  { _id: false },
);

export const consultRecord = defineRecord<ConsultFields>(
  'Consult',
  new Schema<ConsultFields>(
    {
      _id: { type: String, required: true },
      kind: { type: String, required: true, enum: ['urgent', ...readingConsultKinds] },
      reason: { type: String, required: true },
      patientId: { type: String, required: true },
      alarmId: { type: String, default: null },
      referralId: { type: String, default: null },
      reading: { type: reading, default: null },
      state: { type: String, required: true, enum: ['waiting', 'active', 'closed', 'withdrawn'] },
      open: { type: Boolean, required: true },
      fromOrganisationId: { type: String, required: true },
      fromOrganisationName: { type: String, required: true },
      toOrganisationId: { type: String, required: true },
      toOrganisationName: { type: String, required: true },
      openedAt: { type: Date, required: true },
      openedByAccountId: { type: String, required: true },
      openedByName: { type: String, required: true },
      participants: { type: [participant], required: true },
      acceptedByName: { type: String, default: null },
      outcome: { type: String, enum: [...consultOutcomes, 'read', null], default: null },
      outcomeNote: { type: String, default: null },
      closedAt: { type: Date, default: null },
      closedByName: { type: String, default: null },
      openCriticalValues: { type: Number, default: 0 },
      audience: { type: Schema.Types.Mixed, required: true },
      version: { type: Number, required: true },
    },
    { collection: 'consults' },
  )
    .index({ patientId: 1, open: 1 })
    .index({ fromOrganisationId: 1, open: 1, openedAt: -1 })
    .index({ toOrganisationId: 1, open: 1, openedAt: -1 })
    .index({ 'participants.accountId': 1 }),
);
