import { findAlarmOfConsult } from '../alarms/find-alarm.ts';
import { findPatient } from '../patients/find-patient.ts';
import { decide } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { closeTimeline } from '../timeline/open-timeline.ts';
import { consultRecord, type ConsultFields } from './consult-record.ts';
import { liveConsults } from './live-consults.ts';
import { openCaseRecord } from './open-case-record.ts';

const unnamedKey = (organisationId: string) => `${organisationId}:unnamed`;

/**
 * The consult that a press opens instead of a new one: the open one of the patient, or without a patient the unnamed
 * one that rings, unless the press says that this is another patient.
 */
export async function findOpenCase(
  press: {
    patientId?: string | undefined;
    anotherPatient?: boolean | undefined;
    besideConsultId?: string | undefined;
  },
  context: ActionContext,
): Promise<string | null> {
  if (press.patientId !== undefined) return openConsultOf(press.patientId, context);
  const unnamed = await ringingUnnamedCase(context);
  const beside = press.anotherPatient === true && (press.besideConsultId ?? unnamed) === unnamed;
  return beside ? null : unnamed;
}

/** The patient's open consult that the actor may read, the actor's own organisation's before others. */
async function openConsultOf(patientId: string, { store, actor }: ActionContext): Promise<string | null> {
  const open = (await store.model(consultRecord).find({ kind: 'urgent', patientId, open: true }).lean()).filter(
    (consult) => decide(actor, 'consult:read', consult.audience) === 'allow',
  );
  const own = open.find((consult) => consult.fromOrganisationId === actor.organisationId);
  return (own ?? open[0])?._id ?? null;
}

async function ringingUnnamedCase(context: ActionContext): Promise<string | null> {
  const { store, actor } = context;
  const held = await store.model(openCaseRecord).findById(unnamedKey(actor.organisationId)).lean();
  if (held === null) return null;
  const alarm = await findAlarmOfConsult(held.consultId, context);
  if (alarm.state !== 'ringing') return null;
  // Identified while it rang: a press without a patient is about somebody else.
  return (await findPatient(alarm.patientId, context)).unknown ? held.consultId : null;
}

/** Takes the keys of a new case in its transaction: of two presses at once the second one finds the first's. */
export async function claimCase(
  consult: ConsultFields,
  { unnamed }: { unnamed: boolean },
  { store }: ActionContext,
): Promise<void> {
  const { _id: consultId, fromOrganisationId, patientId } = consult;
  const cases = store.model(openCaseRecord);
  await cases.create([{ _id: `${fromOrganisationId}:${patientId}`, consultId }]);
  if (!unnamed) return;
  const _id = unnamedKey(fromOrganisationId);
  const held = await cases.findById(_id).lean();
  if (held === null) await cases.create([{ _id, consultId }]);
  else await cases.updateOne({ _id }, { $set: { consultId } });
}

/** Somebody has answered: a press without a patient opens a new case from now on. */
export async function releaseUnnamed(consult: ConsultFields, { store }: ActionContext): Promise<void> {
  await store.model(openCaseRecord).deleteOne({ _id: unnamedKey(consult.fromOrganisationId), consultId: consult._id });
}

/** The case is over: the next press for this patient opens a new one, and the room is emptied. */
export async function releaseCase(consult: ConsultFields, context: ActionContext): Promise<void> {
  await closeTimeline(consult._id, context);
  await context.store.model(openCaseRecord).deleteMany({ consultId: consult._id });
  context.afterCommit(() => liveConsults(context.hub).calls.end(consult._id));
}
