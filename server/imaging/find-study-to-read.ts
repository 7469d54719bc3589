import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { seriesRecord } from './series-record.ts';
import { studyRecord, type StudyFields } from './study-record.ts';

export type StudyToRead = Pick<
  StudyFields,
  'patientId' | 'studyInstanceUid' | 'modalities' | 'description' | 'studyDate' | 'accessionNumber' | 'instanceCount'
>;

const facts = {
  patientId: 1,
  studyInstanceUid: 1,
  modalities: 1,
  description: 1,
  studyDate: 1,
  accessionNumber: 1,
  instanceCount: 1,
};

/** What a reading of the study starts from, by the study record's id. Throws not-found. */
export async function findStudyToRead(
  studyId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<StudyToRead & { bodyParts: string[] }> {
  const found = await store.model(studyRecord).findById(studyId, facts).lean();
  if (found === null) throw new HubError('not-found');
  const series = await store.model(seriesRecord).find({ studyId }, { headJson: 1 }).lean();
  return { ...found, bodyParts: series.flatMap(({ headJson }) => bodyPartOf(headJson)) };
}

/** Body Part Examined (0018,0015). */
function bodyPartOf(headJson: string): string[] {
  const head = JSON.parse(headJson) as Record<string, { Value?: unknown[] }>;
  const value = head['00180015']?.Value?.[0];
  return typeof value === 'string' ? [value] : [];
}

const keyOf = ({ patientId, studyInstanceUid }: Pick<StudyToRead, 'patientId' | 'studyInstanceUid'>) =>
  `${patientId} ${studyInstanceUid}`;

/** Studies of patients as they stand now. */
export async function findStudiesToRead(
  wanted: readonly Pick<StudyToRead, 'patientId' | 'studyInstanceUid'>[],
  { store }: Pick<ActionContext, 'store'>,
): Promise<(of: Pick<StudyToRead, 'patientId' | 'studyInstanceUid'>) => StudyToRead | undefined> {
  if (wanted.length === 0) return () => undefined;
  const uids = [...new Set(wanted.map(({ studyInstanceUid }) => studyInstanceUid))];
  const found = await store
    .model(studyRecord)
    .find({ studyInstanceUid: { $in: uids } }, facts)
    .lean();
  const byKey = new Map(found.map((study) => [keyOf(study), study]));
  return (of) => byKey.get(keyOf(of));
}
