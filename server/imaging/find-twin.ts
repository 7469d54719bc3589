import { patientSubject } from '../patients/patient-subject.ts';
import type { ActionContext } from '../platform/context.ts';
import { instanceRecord, type InstanceFields } from './instance-record.ts';
import { studyRecord } from './study-record.ts';

export type Twin = Pick<InstanceFields, '_id' | 'sha256' | 'patientId' | 'studyInstanceUid'>;

/**
 * What is stored already under a SOP Instance UID: this patient's, or one with other bytes of another patient of the
 * same organisation. The same bytes under another patient are no twin: images that were sent to the wrong person may
 * be sent to the right one.
 */
export async function findTwin(
  { patientId, sopInstanceUid, sha256 }: { patientId: string; sopInstanceUid: string; sha256: string },
  context: Pick<ActionContext, 'store'>,
): Promise<Twin | null> {
  const { store } = context;
  const found = await store
    .model(instanceRecord)
    .find({ sopInstanceUid }, { sha256: 1, patientId: 1, studyId: 1, studyInstanceUid: 1 })
    .lean();
  const own = found.find((instance) => instance.patientId === patientId);
  if (own !== undefined) return own;
  const others = found.filter((instance) => instance.sha256 !== sha256);
  if (others.length === 0) return null;
  const studies = await store
    .model(studyRecord)
    .find({ _id: { $in: others.map(({ studyId }) => studyId) } }, { audience: 1 })
    .lean();
  const homes = (await patientSubject(patientId, context))?.audience.organisationIds ?? [];
  const shared = studies.find(({ audience }) => audience.organisationIds.some((id) => homes.includes(id)));
  return shared === undefined ? null : others.find(({ studyId }) => studyId === shared._id)!;
}
