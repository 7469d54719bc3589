import { Schema } from 'mongoose';
import { timelineNodeKinds, type TimelineNodeKind } from '../../shared/contracts/timeline.ts';
import type { Audience } from '../permissions/policy.ts';
import { defineRecord } from '../platform/store/store.ts';

/** One consult's timeline; its nodes stand apart, because they are only ever added. */
export interface TimelineFields {
  /** The consult's id */
  _id: string;
  patientId: string;
  audience: Audience;
  /** The consult is over: later ECGs and images of the patient belong to another illness. */
  over: boolean;
}

export interface TimelineNodeFields {
  _id: string;
  consultId: string;
  kind: TimelineNodeKind;
  at: Date;
  source: 'system' | 'device' | 'person';
  /** As the device wrote it, with its offset where it gave one. */
  deviceTime: string | null;
  /** Device's clock minus the server's, where both were read in the same moment. */
  deviceOffsetMs: number | null;
  byName: string | null;
}

export const timelineRecord = defineRecord<TimelineFields>(
  'Timeline',
  new Schema<TimelineFields>(
    {
      _id: { type: String, required: true },
      patientId: { type: String, required: true },
      audience: { type: Schema.Types.Mixed, required: true },
      over: { type: Boolean, required: true },
    },
    { collection: 'timelines' },
  ),
);

export const timelineNodeRecord = defineRecord<TimelineNodeFields>(
  'TimelineNode',
  new Schema<TimelineNodeFields>(
    {
      _id: { type: String, required: true },
      consultId: { type: String, required: true },
      kind: { type: String, required: true, enum: timelineNodeKinds },
      at: { type: Date, required: true },
      source: { type: String, required: true, enum: ['system', 'device', 'person'] },
      deviceTime: { type: String, default: null },
      deviceOffsetMs: { type: Number, default: null },
      byName: { type: String, default: null },
    },
    { collection: 'timelinenodes' },
  ).index({ consultId: 1, at: 1 }),
);
