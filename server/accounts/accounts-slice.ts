import type { Slice } from '../platform/slice.ts';
import { accountRecord } from './account-record.ts';
import { accountEvents } from './accounts-events.ts';
import { accountRoutes } from './accounts-routes.ts';
import { tokenRecord } from './token-record.ts';

export const accountsSlice = (endSession: Parameters<typeof accountRoutes>[0]): Slice => ({
  name: 'accounts',
  records: [accountRecord, tokenRecord],
  events: accountEvents,
  routes: accountRoutes(endSession),
});
