import type { Slice } from '../platform/slice.ts';
import { alarmRecord } from './alarm-record.ts';
import { alarmEvents } from './alarms-events.ts';
import { deskRecord } from './desk-record.ts';
import { followPresence } from './follow-presence.ts';

export const alarmsSlice: Slice = {
  name: 'alarms',
  records: [alarmRecord, deskRecord],
  events: alarmEvents,
  start: followPresence,
};
