import type { Slice } from '../platform/slice.ts';
import { summariseJob } from './ecg-job.ts';
import { ecgEvents } from './ecg-events.ts';
import { ecgRecord } from './ecg-record.ts';
import { ecgRoutes } from './ecg-routes.ts';
import { ecgRulesEvents } from './rules/ecg-rules-events.ts';
import { ruleTableRecord } from './rules/rule-table-record.ts';

export const ecgSlice: Slice = {
  name: 'ecg',
  records: [ecgRecord, ruleTableRecord],
  events: { ...ecgEvents, ...ecgRulesEvents },
  routes: ecgRoutes,
  // The first ECG of the night must not wait for the decoders to be fetched.
  start: (hub) => hub.threads.warm(summariseJob),
};
