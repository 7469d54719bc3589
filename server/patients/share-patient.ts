import type { Audience } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { patientRecord } from './patient-record.ts';

/** Who sees a patient now; records about the patient copy it. Throws not-found. */
export async function audienceOfPatient(patientId: string, { store }: Pick<ActionContext, 'store'>): Promise<Audience> {
  const found = await store.model(patientRecord).findById(patientId, { audience: 1 }).lean();
  if (found === null) throw new HubError('not-found');
  return found.audience;
}

/**
 * The audience for a record that is about to be added to the patient, in the transaction that adds it. Touches the
 * patient, so that a consult which opens in the same moment meets the new record, or the record the consult.
 */
export async function audienceForNewRecord(
  patientId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<Audience> {
  const found = await store
    .model(patientRecord)
    .findOneAndUpdate({ _id: patientId }, { $inc: { recordsAdded: 1 } }, { projection: { audience: 1 } })
    .lean();
  if (found === null) throw new HubError('not-found');
  return found.audience;
}

/**
 * Opens a patient to a consult's organisations and people, in place of what the same consult had before. Runs in the
 * caller's transaction; answers the whole audience.
 */
export async function shareWithConsult(
  patientId: string,
  consult: Audience['consults'][number],
  context: Pick<ActionContext, 'store'>,
): Promise<Audience> {
  const before = await audienceOfPatient(patientId, context);
  const audience: Audience = {
    organisationIds: before.organisationIds,
    consults: [...before.consults.filter(({ consultId }) => consultId !== consult.consultId), consult],
  };
  await context.store
    .model(patientRecord)
    .updateOne({ _id: patientId }, { $set: { audience, consultIds: audience.consults.map((one) => one.consultId) } });
  return audience;
}
