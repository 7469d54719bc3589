import type { RequestName, RequestPayload, RequestReply } from '../../../shared/contracts/registry.ts';
import { requests } from '../../../shared/contracts/registry.ts';
import { policy, type Permission } from '../../permissions/policy.ts';
import type { ActionContext, Subject } from '../context.ts';

/** How one socket event is answered: which permission, on which record, by which action. */
export interface EventHandler<N extends RequestName> {
  permission: Permission;
  /** Loads what the permission is decided on; required where the permission is about a record. */
  subject?: (payload: RequestPayload<N>, context: ActionContext) => Promise<Subject | null>;
  run: (payload: RequestPayload<N>, context: ActionContext) => Promise<RequestReply<N>>;
}

export type EventTable<N extends RequestName = RequestName> = { [K in N]: EventHandler<K> };

/** A slice's handlers, checked by the compiler against the slice's contract. */
export const defineEvents = <Contract extends Partial<Record<RequestName, unknown>>>(
  _contract: Contract,
  table: EventTable<keyof Contract & RequestName>,
) => table as unknown as Partial<EventTable>;

/** Refuses to start a hub whose contract and handlers disagree, or in which an event lacks a declared permission. */
export function checkEvents(table: Partial<EventTable>): EventTable {
  const problems: string[] = [];
  for (const name of Object.keys(requests) as RequestName[]) {
    const handler = table[name];
    if (handler === undefined) problems.push(`${name} has no handler`);
    else if (!Object.hasOwn(policy, handler.permission)) problems.push(`${name} declares no known permission`);
    else if (policy[handler.permission].scope === 'record' && handler.subject === undefined)
      problems.push(`${name} names no record for ${handler.permission}`);
  }
  for (const name of Object.keys(table)) if (!Object.hasOwn(requests, name)) problems.push(`${name} is in no contract`);
  if (problems.length > 0) throw new Error(`Socket events are not declared as they must be:\n${problems.join('\n')}`);
  return table as EventTable;
}
