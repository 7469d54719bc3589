import { AsyncLocalStorage } from 'node:async_hooks';
import type { Notice, NoticeName } from '../../shared/contracts/registry.ts';
import { decide, type Permission } from '../permissions/policy.ts';
import type { Actor, ActionContext, Hub, Subject, WindowLink } from './context.ts';
import { HubError } from './errors.ts';
import type { QueuedNotice } from './outbox/outbox.ts';
import { newId } from './store/store.ts';

/** Throws what a person who may not is told: unauthenticated, forbidden, or not-found for a foreign record. */
export function permit(actor: Actor | null, permission: Permission, subject: Subject | null): void {
  const decision = decide(actor, permission, subject?.audience);
  if (decision !== 'allow') throw new HubError(decision);
}

/** What is to follow one attempt of a transaction, should it commit. */
interface Attempt {
  notices: QueuedNotice[];
  effects: (() => void)[];
}
/** A window's requests run side by side on one context: each finds the attempt that it runs in. */
const running = new AsyncLocalStorage<Attempt>();

export function makeContext(hub: Hub, actor: Actor, window: WindowLink | null): ActionContext {
  return {
    hub,
    store: hub.store,
    clock: hub.clock,
    actor,
    window,
    async commit(work) {
      const committed = await hub.store.transaction(() => {
        // A transaction may run again; what an attempt before it wanted is void.
        const attempt: Attempt = { notices: [], effects: [] };
        return running.run(attempt, async () => {
          const result = await work();
          await hub.outbox.queue(attempt.notices);
          return { ...attempt, result };
        });
      });
      hub.outbox.send(committed.notices);
      for (const effect of committed.effects) effect();
      return committed.result;
    },
    afterCommit(effect) {
      const attempt = running.getStore();
      if (attempt === undefined) effect();
      else attempt.effects.push(effect);
    },
    audit: (note) => hub.appendAudit(actor, note),
    async notify<N extends NoticeName>(rooms: string[], name: N, notice: Notice<N>) {
      const queued = { id: newId(), rooms, name, notice };
      const attempt = running.getStore();
      if (attempt !== undefined) {
        attempt.notices.push(queued);
        return;
      }
      await hub.outbox.queue([queued]);
      hub.outbox.send([queued]);
    },
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
