import type { Slice } from '../platform/slice.ts';
import { callEvents } from './call/call-events.ts';
import { caseEvents } from './case-events.ts';
import { consultRecord } from './consult-record.ts';
import { consultEvents } from './consults-events.ts';
import { criticalValueEvents } from './critical-value/critical-value-events.ts';
import { criticalValueRecord } from './critical-value/critical-value-record.ts';
import { criticalValueRepeats } from './critical-value/repeat-critical-values.ts';
import { liveConsults } from './live-consults.ts';
import { messageRecord } from './message-record.ts';
import { openCaseRecord } from './open-case-record.ts';
import { readingEvents } from './reading/reading-events.ts';
import { readingRulesRecord } from './reading/reading-rules-record.ts';

export const consultsSlice: Slice = {
  name: 'consults',
  records: [consultRecord, openCaseRecord, messageRecord, readingRulesRecord, criticalValueRecord],
  events: { ...consultEvents, ...caseEvents, ...callEvents, ...readingEvents, ...criticalValueEvents },
  start(hub) {
    hub.onRoomLost((consultId) => liveConsults(hub).calls.lose(consultId));
    hub.dueTimes.add(criticalValueRepeats(hub));
  },
};
