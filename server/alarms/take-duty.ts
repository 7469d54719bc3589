import type { DeskView } from '../../shared/contracts/alarms.ts';
import { findServingDesk } from '../organisations/find-organisations.ts';
import type { ActionContext } from '../platform/context.ts';
import { loadDesk, tellDeskChanged, viewDesk, writeDesk } from './desk-view.ts';
import { ringWaitingAlarms } from './ring-waiting.ts';

/** The actor goes on duty at the desk of their hospital until they end it; alarms that wait for somebody ring. */
export async function startDuty(context: ActionContext): Promise<DeskView> {
  const { accountId, name, organisationId } = context.actor;
  const desk = await loadDesk(organisationId, context);
  const known = desk?.onDuty.find((person) => person.accountId === accountId);
  const others = (desk?.onDuty ?? []).filter((person) => person.accountId !== accountId);
  await writeDesk(organisationId, desk, [...others, known ?? { accountId, name, since: context.clock.now() }], context);
  await ringWaitingAlarms(organisationId, context);
  return tell(context);
}

export async function endDuty(context: ActionContext): Promise<DeskView> {
  const { accountId, organisationId } = context.actor;
  const desk = await loadDesk(organisationId, context);
  const others = (desk?.onDuty ?? []).filter((person) => person.accountId !== accountId);
  await writeDesk(organisationId, desk, others, context);
  return tell(context);
}

async function tell(context: ActionContext): Promise<DeskView> {
  const view = await viewDesk(context.actor.organisationId, context);
  await tellDeskChanged(view, context);
  return view;
}

/** The actor's own desk, or the one that serves the actor's organisation; null where there is none. */
export async function readDuty(context: ActionContext): Promise<{ desk: DeskView | null; onDuty: boolean }> {
  const { actor } = context;
  const deskId = actor.roles.includes('chest-pain-on-call')
    ? actor.organisationId
    : (await findServingDesk(actor.organisationId, 'chest-pain', context))?.organisationId;
  if (deskId === undefined) return { desk: null, onDuty: false };
  const desk = await viewDesk(deskId, context);
  return { desk, onDuty: desk.onDuty.some((person) => person.accountId === actor.accountId) };
}
