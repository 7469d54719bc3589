import type { ActionContext, Subject } from '../platform/context.ts';
import { patientRecord } from './patient-record.ts';

/** What permissions on one patient are decided on. */
export async function patientSubject(
  patientId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const found = await store.recall({
    key: `patient's audience ${patientId}`,
    of: [patientRecord],
    find: () => store.model(patientRecord).findById(patientId, { audience: 1 }).lean(),
  });
  return found === null ? null : { type: 'patient', id: patientId, audience: found.audience, patientId };
}

/** The patient whom a consult is about. */
export async function patientSubjectOfConsult(
  consultId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const found = await store.model(patientRecord).findOne({ consultIds: consultId }, { audience: 1 }).lean();
  return found === null ? null : { type: 'patient', id: found._id, audience: found.audience, patientId: found._id };
}
