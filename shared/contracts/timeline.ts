import { z } from 'zod';
import { id, isoTime, query } from './contract.ts';

export const timelineNodeKinds = [
  'patient-registered',
  'first-ecg',
  'ecg-uploaded',
  'alarm-raised',
  'alarm-delivered',
  'alarm-seen',
  'alarm-accepted',
  'alarm-withdrawn',
  'referral-opened',
  'referral-accepted',
  'referral-not-needed',
  'patient-arrived',
  'room-joined',
  'invited',
  'images-uploaded',
  'critical-value-reported',
  'critical-value-received',
  'critical-value-read-back',
  'critical-value-withdrawn',
  'report-signed',
  'report-returned',
  'report-final',
  'consult-closed',
] as const;
export type TimelineNodeKind = (typeof timelineNodeKinds)[number];

/** `at` is the server's clock; a device's own time and its difference stand beside it. */
export const timelineNode = z.object({
  id,
  consultId: id,
  kind: z.enum(timelineNodeKinds),
  at: isoTime,
  source: z.enum(['system', 'device', 'person']),
  deviceTime: z.string().nullable(),
  deviceOffsetMs: z.number().nullable(),
  byName: z.string().nullable(),
});
export type TimelineNode = z.infer<typeof timelineNode>;

export const timelineRequests = {
  'timeline:read': query(z.object({ consultId: id }), z.object({ nodes: z.array(timelineNode) })),
} as const;

export const timelineNotices = { 'timeline:node-recorded': timelineNode } as const;
