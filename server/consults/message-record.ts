import { Schema } from 'mongoose';
import { defineRecord } from '../platform/store/store.ts';

/** A line of a consult's chat. Who may read it is decided on the consult. */
export interface MessageFields {
  _id: string;
  consultId: string;
  authorAccountId: string;
  authorName: string;
  organisationName: string;
  text: string;
  sentAt: Date;
}

export const messageRecord = defineRecord<MessageFields>(
  'Message',
  new Schema<MessageFields>(
    {
      _id: { type: String, required: true },
      consultId: { type: String, required: true },
      authorAccountId: { type: String, required: true },
      authorName: { type: String, required: true },
      organisationName: { type: String, default: '' },
      text: { type: String, required: true },
      sentAt: { type: Date, required: true },
    },
    { collection: 'messages' },
  ).index({ consultId: 1, sentAt: 1, _id: 1 }),
);
