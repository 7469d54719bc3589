import type { ActionContext } from '../../platform/context.ts';
import { openCaseRecord } from '../open-case-record.ts';

/** Stands among the open cases while a reading of the ECG is open. */
export const openReadingKey = (ecgId: string) => `reading:${ecgId}`;

/** The reading is over: the ECG may be asked about again. */
export async function releaseReadingKey(ecgId: string, { store }: Pick<ActionContext, 'store'>): Promise<void> {
  await store.model(openCaseRecord).deleteOne({ _id: openReadingKey(ecgId) });
}
