import { Schema } from 'mongoose';
import { defineRecord } from './store/store.ts';

/** The answer to a command, kept so that its retry after a cut gets the same one and does nothing twice. */
export interface IdempotencyFields {
  /** `accountId:key` */
  _id: string;
  request: string;
  payloadSha256: string;
  reply: unknown;
  at: Date;
}

export const idempotencyRecord = defineRecord<IdempotencyFields>(
  'Idempotency',
  new Schema<IdempotencyFields>(
    {
      _id: { type: String, required: true },
      request: { type: String, required: true },
      payloadSha256: { type: String, required: true },
      reply: { type: Schema.Types.Mixed },
      at: { type: Date, required: true },
    },
    { collection: 'idempotency' },
  ).index({ at: 1 }, { expireAfterSeconds: 3 * 24 * 3600 }),
);
