import type { ImageMarkView } from '../../../shared/contracts/image-marks.ts';
import type { ActionContext, Subject } from '../../platform/context.ts';
import { instanceRecord } from '../instance-record.ts';
import { studyRecord } from '../study-record.ts';
import { imageMarkRecord, type ImageMarkFields } from './image-mark-record.ts';

const MOST = 2000;

export const viewOfMark = (record: ImageMarkFields): ImageMarkView => ({
  markId: record.markId,
  patientId: record.patientId,
  studyInstanceUid: record.studyInstanceUid,
  mark: record.mark,
  retired: record.retired,
  byAccountId: record.byAccountId,
  byName: record.byName,
  changedAt: record.changedAt.toISOString(),
  version: record.version,
});

/** The marks that stand on a patient's images, oldest first. */
export async function listMarks(patientId: string, { store }: Pick<ActionContext, 'store'>): Promise<ImageMarkView[]> {
  const found = await store
    .model(imageMarkRecord)
    .find({ patientId, retired: false })
    .sort({ createdAt: 1, _id: 1 })
    .limit(MOST)
    .lean();
  return found.map(viewOfMark);
}

/** The marks that stand on the images of one study, oldest first. */
export function marksOfStudy(studyId: string, { store }: Pick<ActionContext, 'store'>): Promise<ImageMarkFields[]> {
  return store.model(imageMarkRecord).find({ studyId, retired: false }).sort({ createdAt: 1, _id: 1 }).lean();
}

type At = { patientId: string; markId: string };

/** What permissions on a new mark are decided on: the study of its image. */
export async function subjectOfImage(
  { patientId, markId, sopInstanceUid }: At & { sopInstanceUid: string },
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const instance = await store.model(instanceRecord).findOne({ patientId, sopInstanceUid }, { studyId: 1 }).lean();
  return instance === null ? null : subjectOf(instance.studyId, { patientId, markId }, { store });
}

/** What permissions on a mark that exists are decided on. */
export async function subjectOfMark(
  { patientId, markId }: At,
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const found = await store.model(imageMarkRecord).findOne({ patientId, markId }, { studyId: 1 }).lean();
  return found === null ? null : subjectOf(found.studyId, { patientId, markId }, { store });
}

async function subjectOf(
  studyId: string,
  { patientId, markId }: At,
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const study = await store.model(studyRecord).findById(studyId, { audience: 1 }).lean();
  return study === null ? null : { type: 'image-mark', id: markId, audience: study.audience, patientId };
}
