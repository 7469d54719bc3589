import type { Audience } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { ecgRecord } from './ecg-record.ts';

/** A patient's ECGs are seen by whoever sees the patient: called when a consult opens or somebody is invited. */
export async function shareEcgs(
  patientId: string,
  audience: Audience,
  { store }: Pick<ActionContext, 'store'>,
): Promise<void> {
  await store.model(ecgRecord).updateMany({ patientId }, { $set: { audience } });
}
