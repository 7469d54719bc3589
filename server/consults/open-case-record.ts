import { Schema } from 'mongoose';
import { defineRecord } from '../platform/store/store.ts';

/**
 * Which case a press opens instead of a new one. The id is the lock: of two presses at once only one can write it.
 * `organisation:patient` stands while that patient's case is open, `organisation:unnamed` while an unnamed one rings.
 */
export interface OpenCaseFields {
  _id: string;
  consultId: string;
}

export const openCaseRecord = defineRecord<OpenCaseFields>(
  'OpenCase',
  new Schema<OpenCaseFields>(
    { _id: { type: String, required: true }, consultId: { type: String, required: true } },
    { collection: 'opencases' },
  ).index({ consultId: 1 }),
);
