import type { EcgView } from '../../shared/contracts/ecg.ts';
import type { ActionContext, Subject } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { ecgRecord, type EcgFields, type EcgImageFields } from './ecg-record.ts';
import { viewOfEcg } from './view-ecg.ts';

/** What permissions on one ECG are decided on. */
export async function ecgSubject(ecgId: string, { store }: Pick<ActionContext, 'store'>): Promise<Subject | null> {
  const found = await store.model(ecgRecord).findById(ecgId, { audience: 1, patientId: 1 }).lean();
  return found === null ? null : { type: 'ecg', id: ecgId, audience: found.audience, patientId: found.patientId };
}

export async function findEcg(ecgId: string, { store }: Pick<ActionContext, 'store'>): Promise<EcgView> {
  const found = await store.model(ecgRecord).findById(ecgId).lean();
  if (found === null) throw new HubError('not-found');
  return viewOfEcg(found);
}

/** A straightened page of an ECG on paper, in the blob store; pages count from 1. Throws not-found. */
export async function findEcgPage(
  ecgId: string,
  page: number,
  { store }: Pick<ActionContext, 'store'>,
): Promise<EcgImageFields['pages'][number]> {
  const found = await store.model(ecgRecord).findById(ecgId, { image: 1 }).lean();
  const kept = found?.image?.pages[page - 1];
  if (kept === undefined) throw new HubError('not-found');
  return kept;
}

/** The overview of a long recording, in the blob store; null for other ECGs. Throws not-found. */
export async function findEcgOverview(
  ecgId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<EcgFields['overview']> {
  const found = await store.model(ecgRecord).findById(ecgId, { overview: 1 }).lean();
  if (found === null) throw new HubError('not-found');
  return found.overview ?? null;
}

/** What a reading of the ECG starts from. Throws not-found. */
export async function findEcgToRead(
  ecgId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<{ id: string; patientId: string; preReadGrade: number | null }> {
  const found = await store.model(ecgRecord).findById(ecgId, { patientId: 1, preReadGrade: 1 }).lean();
  if (found === null) throw new HubError('not-found');
  return { id: ecgId, patientId: found.patientId, preReadGrade: found.preReadGrade ?? null };
}

/** A patient's ECGs, newest first. */
export async function listEcgs(patientId: string, { store }: Pick<ActionContext, 'store'>): Promise<EcgView[]> {
  return (await store.model(ecgRecord).find({ patientId }).sort({ receivedAt: -1, _id: -1 }).limit(200).lean()).map(
    viewOfEcg,
  );
}

export async function countEcgs(
  patientIds: readonly string[],
  { store }: Pick<ActionContext, 'store'>,
): Promise<Map<string, number>> {
  const counted = await store
    .model(ecgRecord)
    .aggregate<{ _id: string; count: number }>([
      { $match: { patientId: { $in: [...patientIds] } } },
      { $group: { _id: '$patientId', count: { $sum: 1 } } },
    ]);
  return new Map(counted.map(({ _id, count }) => [_id, count]));
}
