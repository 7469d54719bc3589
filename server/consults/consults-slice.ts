import type { Slice } from '../platform/slice.ts';
import { callEvents } from './call/call-events.ts';
import { caseEvents } from './case-events.ts';
import { consultRecord } from './consult-record.ts';
import { consultEvents } from './consults-events.ts';
import { liveConsults } from './live-consults.ts';
import { messageRecord } from './message-record.ts';
import { openCaseRecord } from './open-case-record.ts';
import { readingEvents } from './reading/reading-events.ts';
import { readingRulesRecord } from './reading/reading-rules-record.ts';

export const consultsSlice: Slice = {
  name: 'consults',
  records: [consultRecord, openCaseRecord, messageRecord, readingRulesRecord],
  events: { ...consultEvents, ...caseEvents, ...callEvents, ...readingEvents },
  start: (hub) => hub.onRoomLost((consultId) => liveConsults(hub).calls.lose(consultId)),
};
