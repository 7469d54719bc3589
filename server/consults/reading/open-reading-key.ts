import type { ReadingConsult, ReadingTarget } from '../consult-record.ts';
import type { ActionContext } from '../../platform/context.ts';
import { openCaseRecord } from '../open-case-record.ts';

/** Stands among the open cases while a reading of the ECG, or of the patient's study, is open. */
export const openReadingKey = ({ ecgId, studyInstanceUid }: ReadingTarget, patientId: string) =>
  ecgId === null ? `reading:${patientId}:${studyInstanceUid}` : `reading:${ecgId}`;

/** The reading is over: the same may be asked about again. */
export async function releaseReadingKey(
  { reading, patientId }: Pick<ReadingConsult, 'reading' | 'patientId'>,
  { store }: Pick<ActionContext, 'store'>,
): Promise<void> {
  await store.model(openCaseRecord).deleteOne({ _id: openReadingKey(reading, patientId) });
}
