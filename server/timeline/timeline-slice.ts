import type { Slice } from '../platform/slice.ts';
import { timelineEvents } from './timeline-events.ts';
import { timelineNodeRecord, timelineRecord } from './timeline-record.ts';

export const timelineSlice: Slice = {
  name: 'timeline',
  records: [timelineRecord, timelineNodeRecord],
  events: timelineEvents,
};
