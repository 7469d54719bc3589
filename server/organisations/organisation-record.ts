import { Schema } from 'mongoose';
import { defineRecord } from '../platform/store/store.ts';

export const organisationKinds = [
  'county-hospital',
  'maternal-hospital',
  'city-hospital',
  'township-hospital',
  'village-station',
  'community-office',
  'hub',
] as const;
export type OrganisationKind = (typeof organisationKinds)[number];

export interface OrganisationFields {
  _id: string;
  name: string;
  kind: OrganisationKind;
  /** The member that manages it: a village station stands under its township hospital. */
  parentId: string | null;
  telephone: string | null;
}

export const organisationRecord = defineRecord<OrganisationFields>(
  'Organisation',
  new Schema<OrganisationFields>(
    {
      _id: { type: String, required: true },
      name: { type: String, required: true },
      kind: { type: String, required: true, enum: organisationKinds },
      parentId: { type: String, default: null },
      telephone: { type: String, default: null },
    },
    { collection: 'organisations' },
  ).index({ name: 1 }, { unique: true }),
);
