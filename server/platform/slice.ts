import type { Hub } from './context.ts';
import type { Route } from './http/routes.ts';
import type { EventTable } from './socket/events.ts';
import type { AnyRecordType } from './store/store.ts';

/** What a slice brings to the house; app.ts mounts them all. */
export interface Slice {
  name: string;
  records: readonly AnyRecordType[];
  events?: Partial<EventTable>;
  routes?: readonly Route[];
  /** Runs once the store is open and before anybody is answered. */
  start?: (hub: Hub) => Promise<void> | void;
}
