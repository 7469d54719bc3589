import type { Slice } from '../platform/slice.ts';
import { reportRecord } from './report-record.ts';
import { reportEvents } from './reports-events.ts';
import { reportRoutes } from './reports-routes.ts';

export const reportsSlice: Slice = {
  name: 'reports',
  records: [reportRecord],
  events: reportEvents,
  routes: reportRoutes,
};
