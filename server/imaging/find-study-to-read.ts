import { holdsDocuments } from '../../shared/dicom/documents.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { seriesRecord, type SeriesFields } from './series-record.ts';
import { studyRecord, type StudyFields } from './study-record.ts';

type StudyFacts = Pick<
  StudyFields,
  '_id' | 'patientId' | 'studyInstanceUid' | 'modalities' | 'description' | 'studyDate' | 'accessionNumber'
>;
export interface StudyToRead extends StudyFacts {
  /** Instances of its series that hold images, not reports and the like. */
  imageCount: number;
  /** Body Part Examined (0018,0015) of its series. */
  bodyParts: string[];
}
/** A study is known by its UID and whose it is: two patients may share the UID. */
export type StudyKey = Pick<StudyFields, 'patientId' | 'studyInstanceUid'>;

const facts = { patientId: 1, studyInstanceUid: 1, modalities: 1, description: 1, studyDate: 1, accessionNumber: 1 };

/** What a reading of the study starts from, by the study record's id. Throws not-found. */
export async function findStudyToRead(studyId: string, context: Pick<ActionContext, 'store'>): Promise<StudyToRead> {
  const found = await context.store.model(studyRecord).findById(studyId, facts).lean();
  if (found === null) throw new HubError('not-found');
  return (await withSeries([found], context))[0]!;
}

const keyOf = ({ patientId, studyInstanceUid }: StudyKey) => `${patientId} ${studyInstanceUid}`;

/** Studies of patients as they stand now. */
export async function findStudiesToRead(
  wanted: readonly StudyKey[],
  context: Pick<ActionContext, 'store'>,
): Promise<(of: StudyKey) => StudyToRead | undefined> {
  if (wanted.length === 0) return () => undefined;
  const keys = new Set(wanted.map(keyOf));
  const uids = [...new Set(wanted.map(({ studyInstanceUid }) => studyInstanceUid))];
  const found = await context.store
    .model(studyRecord)
    .find({ studyInstanceUid: { $in: uids } }, facts)
    .lean();
  const studies = await withSeries(
    found.filter((study) => keys.has(keyOf(study))),
    context,
  );
  const byKey = new Map(studies.map((study) => [keyOf(study), study]));
  return (of) => byKey.get(keyOf(of));
}

async function withSeries(
  studies: readonly StudyFacts[],
  { store }: Pick<ActionContext, 'store'>,
): Promise<StudyToRead[]> {
  const series = await store
    .model(seriesRecord)
    .find(
      { studyId: { $in: studies.map(({ _id }) => _id) } },
      { studyId: 1, modality: 1, instanceCount: 1, headJson: 1 },
    )
    .lean();
  return studies.map((study) => {
    const own = series.filter(({ studyId }) => studyId === study._id);
    const images = own.filter(({ modality }) => !holdsDocuments(modality));
    return {
      ...study,
      imageCount: images.reduce((sum, { instanceCount }) => sum + instanceCount, 0),
      bodyParts: own.flatMap(bodyPartOf),
    };
  });
}

function bodyPartOf({ headJson }: Pick<SeriesFields, 'headJson'>): string[] {
  const head = JSON.parse(headJson) as Record<string, { Value?: unknown[] }>;
  const value = head['00180015']?.Value?.[0];
  return typeof value === 'string' ? [value] : [];
}
