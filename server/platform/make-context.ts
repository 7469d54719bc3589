import type { Notice, NoticeName } from '../../shared/contracts/registry.ts';
import { decide, type Permission } from '../permissions/policy.ts';
import type { Actor, ActionContext, Hub, Subject, WindowLink } from './context.ts';
import { HubError } from './errors.ts';

/** Throws what a person who may not is told: unauthenticated, forbidden, or not-found for a foreign record. */
export function permit(actor: Actor | null, permission: Permission, subject: Subject | null): void {
  const decision = decide(actor, permission, subject?.audience);
  if (decision !== 'allow') throw new HubError(decision);
}

export function makeContext(hub: Hub, actor: Actor, window: WindowLink | null): ActionContext {
  let effects: (() => void)[] = [];
  return {
    hub,
    store: hub.store,
    clock: hub.clock,
    actor,
    window,
    async commit(work) {
      const result = await hub.store.transaction(() => {
        // A transaction may run again; what an attempt before it wanted is void.
        effects = [];
        return work();
      });
      hub.outbox.flush();
      for (const effect of effects.splice(0)) effect();
      return result;
    },
    afterCommit(effect) {
      effects.push(effect);
    },
    audit: (note) => hub.appendAudit(actor, note),
    notify: <N extends NoticeName>(rooms: string[], name: N, notice: Notice<N>) =>
      hub.outbox.queue(rooms, name, notice),
    permit(permission, subject) {
      permit(actor, permission, subject);
      if (subject === null) throw new HubError('not-found');
      return subject;
    },
  };
}

/** The hub itself as an actor: start-up, due times. It holds no role, so nothing is permitted to it by policy. */
export const systemActor: Actor = {
  accountId: '000000000000000000000000',
  organisationId: '000000000000000000000000',
  username: 'system',
  name: '系统',
  organisationName: '',
  roles: [],
};
