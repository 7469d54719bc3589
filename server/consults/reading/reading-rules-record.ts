import { Schema } from 'mongoose';
import type { ImagingTimes } from '../../../shared/rules/imaging-clock.ts';
import { defineRecord } from '../../platform/store/store.ts';
import type { ReadingRules } from './default-reading-rules.ts';

/** The id is the hospital's. */
export interface ReadingRulesFields extends Omit<ReadingRules, 'criticalValueRepeatMinutes' | 'imagingMinutes'> {
  _id: string;
  /** Not in records from before there were critical values. */
  criticalValueRepeatMinutes?: number;
  /** Not in records from before images were read from the queue. */
  imagingMinutes?: ImagingTimes;
  setByName: string;
  setAt: Date;
  version: number;
}

const minutes = { type: Number, required: true };

export const readingRulesRecord = defineRecord<ReadingRulesFields>(
  'ReadingRules',
  new Schema<ReadingRulesFields>(
    {
      _id: { type: String, required: true },
      minutesByGrade: {
        type: new Schema(
          { critical: minutes, urgent: minutes, abnormal: minutes, unremarkable: minutes },
          { _id: false },
        ),
        required: true,
      },
      imagingMinutes: Schema.Types.Mixed,
      leaseMinutes: minutes,
      criticalValueRepeatMinutes: Number,
      edition: { type: String, required: true },
      setByName: { type: String, required: true },
      setAt: { type: Date, required: true },
      version: { type: Number, required: true },
    },
    { collection: 'readingrules' },
  ),
);
