import { Schema } from 'mongoose';
import { defineRecord } from '../platform/store/store.ts';

export interface PersonOnDuty {
  accountId: string;
  name: string;
  since: Date;
}

/**
 * The on-call desk of a lead hospital: who has started duty, until they end it. Its version also changes with every
 * alarm that finds nobody and with every person who comes, so that of two such steps at once one looks again.
 */
export interface DeskFields {
  /** The organisation's id */
  _id: string;
  onDuty: PersonOnDuty[];
  version: number;
}

const person = new Schema<PersonOnDuty>(
  {
    accountId: { type: String, required: true },
    name: { type: String, required: true },
    since: { type: Date, required: true },
  },
  { _id: false },
);

export const deskRecord = defineRecord<DeskFields>(
  'Desk',
  new Schema<DeskFields>(
    {
      _id: { type: String, required: true },
      onDuty: { type: [person], required: true },
      version: { type: Number, required: true },
    },
    { collection: 'desks' },
  ),
);
