import type { Slice } from '../platform/slice.ts';
import { ecgEvents } from './ecg-events.ts';
import { ecgRecord } from './ecg-record.ts';
import { ecgRoutes } from './ecg-routes.ts';

export const ecgSlice: Slice = { name: 'ecg', records: [ecgRecord], events: ecgEvents, routes: ecgRoutes };
