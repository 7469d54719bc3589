import { Schema } from 'mongoose';
import { defineRecord } from '../store/store.ts';

/** A notice that has been promised together with a change and not yet been handed to the sockets. */
export interface OutboxFields {
  _id: string;
  rooms: string[];
  name: string;
  notice: unknown;
  queuedAt: Date;
  sentAt: Date | null;
}

export const outboxRecord = defineRecord<OutboxFields>(
  'Outbox',
  new Schema<OutboxFields>(
    {
      _id: { type: String, required: true },
      rooms: { type: [String], required: true },
      name: { type: String, required: true },
      notice: { type: Schema.Types.Mixed, required: true },
      queuedAt: { type: Date, required: true },
      sentAt: { type: Date, default: null },
    },
    { collection: 'outbox' },
  )
    .index({ sentAt: 1, _id: 1 })
    // Sent notices are kept for a while for whoever looks into a night that went wrong.
    .index(
      { queuedAt: 1 },
      { expireAfterSeconds: 7 * 24 * 3600, partialFilterExpression: { sentAt: { $type: 'date' } } },
    ),
);
