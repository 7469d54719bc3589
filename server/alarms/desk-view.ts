import type { DeskView } from '../../shared/contracts/alarms.ts';
import { findOrganisation, findServed } from '../organisations/find-organisations.ts';
import { rooms, type ActionContext, type Hub } from '../platform/context.ts';
import { alarmRecord } from './alarm-record.ts';
import { deskRecord, type DeskFields, type PersonOnDuty } from './desk-record.ts';

export async function loadDesk(
  organisationId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<DeskFields | null> {
  return store.model(deskRecord).findById(organisationId).lean();
}

/** Replaces who is on duty, from the version that was read; a first one is made. */
export async function writeDesk(
  organisationId: string,
  before: DeskFields | null,
  onDuty: PersonOnDuty[],
  { store }: Pick<ActionContext, 'store'>,
): Promise<void> {
  if (before === null) await store.model(deskRecord).create([{ _id: organisationId, onDuty, version: 0 }]);
  else await store.model(deskRecord).updateOne({ _id: organisationId }, { $set: { onDuty }, $inc: { version: 1 } });
}

/** On duty means: has started duty, and has a window that is connected. */
export const isStaffed = (desk: DeskFields | null, hub: Hub): boolean =>
  desk?.onDuty.some((person) => hub.presence.ofAccount(person.accountId).length > 0) ?? false;

/**
 * Whether an alarm finds nobody at the desk. If so the desk's record is touched within the alarm's transaction, so
 * that somebody who comes in this very moment meets the alarm, or the alarm meets them.
 */
export async function nobodyComes(organisationId: string, context: ActionContext): Promise<boolean> {
  const desk = await loadDesk(organisationId, context);
  if (isStaffed(desk, context.hub)) return false;
  await writeDesk(organisationId, desk, desk?.onDuty ?? [], context);
  return true;
}

/** The desk as it stands at this moment: who started duty, with how many windows, and how many of them can ring. */
export async function viewDesk(
  organisationId: string,
  context: Pick<ActionContext, 'store' | 'hub'>,
): Promise<DeskView> {
  const organisation = await findOrganisation(organisationId, context);
  const desk = await loadDesk(organisationId, context);
  return {
    organisationId,
    organisationName: organisation?.name ?? '',
    telephone: organisation?.telephone ?? null,
    onDuty: (desk?.onDuty ?? []).map(({ accountId, name, since }) => {
      const windows = context.hub.presence.ofAccount(accountId);
      return {
        accountId,
        name,
        since: since.toISOString(),
        windows: windows.length,
        soundingWindows: windows.filter((window) => window.canSound === true).length,
      };
    }),
  };
}

/** Tells the desk and the clinics that it serves, or that wait for it, who is there. */
export async function tellDeskChanged(view: DeskView, context: ActionContext): Promise<void> {
  const { organisationId } = view;
  const served = await findServed(organisationId, 'chest-pain', context);
  const waiting = await context.store
    .model(alarmRecord)
    .find({ deskOrganisationId: organisationId, state: 'ringing' }, { fromOrganisationId: 1 })
    .lean();
  const clinics = new Set([...served, ...waiting.map((alarm) => alarm.fromOrganisationId)]);
  await context.notify([rooms.desk(organisationId), ...[...clinics].map(rooms.organisation)], 'duty:changed', view);
}
