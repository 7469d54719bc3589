import { Schema } from 'mongoose';
import { defineRecord } from '../store/store.ts';

export interface SessionFields {
  /** SHA-256 of the session id: whoever reads the store cannot take a session over. */
  _id: string;
  data: unknown;
  expiresAt: Date;
}

export const sessionRecord = defineRecord<SessionFields>(
  'Session',
  new Schema<SessionFields>(
    {
      _id: { type: String, required: true },
      data: { type: Schema.Types.Mixed, required: true },
      expiresAt: { type: Date, required: true },
    },
    { collection: 'sessions' },
  ).index({ expiresAt: 1 }, { expireAfterSeconds: 0 }),
);
