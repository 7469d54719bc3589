import type { Audience } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { listForReaders } from './list-for-readers.ts';
import { quarantineRecord } from './quarantine-record.ts';
import { readersOf } from './study-readers.ts';
import { studyRecord } from './study-record.ts';

/** A patient's studies are seen by whoever sees the patient: called when a consult opens or somebody is invited. */
export async function shareStudies(
  patientId: string,
  audience: Audience,
  { store }: Pick<ActionContext, 'store'>,
): Promise<void> {
  const readers = readersOf(audience);
  const studies = await store.model(studyRecord).find({ patientId }, { studyDate: 1 }).lean();
  await store.model(studyRecord).updateMany({ patientId }, { $set: { audience, readers } });
  for (const study of studies) await listForReaders(study, readers, { store });
  await store.model(quarantineRecord).updateMany({ patientId }, { $set: { audience } });
}
