import type { Hub } from '../platform/context.ts';
import { makeContext, systemActor } from '../platform/make-context.ts';
import { isStaffed, loadDesk, tellDeskChanged, viewDesk, writeDesk } from './desk-view.ts';
import { ringWaitingAlarms } from './ring-waiting.ts';

/**
 * Windows of on-duty people come, go, and lose or find their voice: the desk and its clinics are told, and alarms
 * that rang for nobody ring for whoever has come. Changes that arrive while one is worked on are taken together.
 */
export function followPresence(hub: Hub): void {
  const context = makeContext(hub, systemActor, null);
  const changed = new Set<string>();
  /** What each desk's watchers heard last, so that a window of somebody off duty makes no noise. */
  const told = new Map<string, string>();
  let working = false;

  hub.presence.onChange(({ organisationId }) => {
    changed.add(organisationId);
    if (!working) void work();
  });

  async function work() {
    working = true;
    for (const organisationId of changed) {
      changed.delete(organisationId);
      await follow(organisationId).catch((error: unknown) => {
        hub.log.warn({ err: error }, 'a change at the on-call desk could not be told');
      });
    }
    working = false;
  }

  async function follow(organisationId: string) {
    const desk = await loadDesk(organisationId, context);
    if (desk === null || desk.onDuty.length === 0) return;
    const view = await viewDesk(organisationId, context);
    const text = JSON.stringify(view);
    const news = told.get(organisationId) !== text;
    const staffed = isStaffed(desk, hub);
    if (!staffed && !news) return;
    await context.commit(async () => {
      if (staffed) {
        const current = await loadDesk(organisationId, context);
        await writeDesk(organisationId, current, current?.onDuty ?? [], context);
        await ringWaitingAlarms(organisationId, context);
      }
      if (news) await tellDeskChanged(view, context);
    });
    told.set(organisationId, text);
  }
}
