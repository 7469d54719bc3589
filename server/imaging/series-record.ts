import { Schema } from 'mongoose';
import { defineRecord } from '../platform/store/store.ts';
import type { SeriesSearchFacts } from './search-facts.ts';

/** One series of a study. Who may see it is decided on its study. */
export interface SeriesFields extends SeriesSearchFacts {
  _id: string;
  studyId: string;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  modality: string;
  description: string | null;
  seriesNumber: number | null;
  instanceCount: number;
}

export const seriesRecord = defineRecord<SeriesFields>(
  'Series',
  new Schema<SeriesFields>(
    {
      _id: { type: String, required: true },
      studyId: { type: String, required: true },
      studyInstanceUid: { type: String, required: true },
      seriesInstanceUid: { type: String, required: true },
      modality: { type: String, required: true },
      description: { type: String, default: null },
      seriesNumber: { type: Number, default: null },
      performedDate: { type: String, default: null },
      performedTime: { type: String, default: null },
      scheduledStepIds: { type: [String], default: [] },
      requestedProcedureIds: { type: [String], default: [] },
      headJson: { type: String, required: true },
      instanceCount: { type: Number, required: true },
    },
    { collection: 'series' },
  )
    .index({ studyId: 1, seriesInstanceUid: 1 }, { unique: true })
    .index({ seriesInstanceUid: 1 }),
);
