import { Schema } from 'mongoose';
import { defineRecord } from '../platform/store/store.ts';

/** A machine's key: the gateway of a clinic, a script. Only its SHA-256 is kept. */
export interface TokenFields {
  /** SHA-256 of the token, hex */
  _id: string;
  accountId: string;
  name: string;
  scopes: string[];
  createdAt: Date;
  revokedAt: Date | null;
}

export const tokenRecord = defineRecord<TokenFields>(
  'Token',
  new Schema<TokenFields>(
    {
      _id: { type: String, required: true },
      accountId: { type: String, required: true },
      name: { type: String, required: true },
      scopes: { type: [String], required: true },
      createdAt: { type: Date, required: true },
      revokedAt: { type: Date, default: null },
    },
    { collection: 'tokens' },
  ).index({ accountId: 1 }),
);
