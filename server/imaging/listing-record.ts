import { Schema } from 'mongoose';
import { defineRecord } from '../platform/store/store.ts';

/** A study in the list of one of its readers, so that the newest of many thousand are found without reading them. */
export interface ListingFields {
  _id: string;
  /** One word of the study's `readers`. */
  reader: string;
  studyId: string;
  /** YYYY-MM-DD */
  studyDate: string | null;
}

export const listingRecord = defineRecord<ListingFields>(
  'StudyListing',
  new Schema<ListingFields>(
    {
      _id: { type: String, required: true },
      reader: { type: String, required: true },
      studyId: { type: String, required: true },
      studyDate: { type: String, default: null },
    },
    { collection: 'study-listings' },
  )
    .index({ reader: 1, studyDate: -1, studyId: -1 })
    .index({ studyId: 1 }),
);
