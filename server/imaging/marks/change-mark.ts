import { frameOfMark, markIdOf, type ImageMark, type ImageMarkView } from '../../../shared/contracts/image-marks.ts';
import type { RequestPayload } from '../../../shared/contracts/registry.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { changeVersion } from '../../platform/store/change-version.ts';
import { newId } from '../../platform/store/store.ts';
import { everybodyOf } from '../everybody-of.ts';
import { instanceRecord } from '../instance-record.ts';
import { studyRecord } from '../study-record.ts';
import { viewOfMark } from './find-marks.ts';
import { imageMarkRecord, imageMarkVersionRecord, type ImageMarkFields } from './image-mark-record.ts';

/** More than anybody measures in a study; a list that every window reads must not grow without end. */
const MOST_IN_STUDY = 500;

/**
 * Keeps a mark: a new one (version 0), a changed one, or one that was retired and is brought back. Each version stays.
 * Throws not-found for an image that the patient does not have, invalid for a frame or a place that it does not have,
 * version-conflict, conflict beyond 500 marks of a study.
 */
export async function writeMark(
  { patientId, mark, version }: RequestPayload<'image-mark:write'>,
  context: ActionContext,
): Promise<ImageMarkView> {
  const image = await imageOf(patientId, mark, context);
  const markId = markIdOf(mark);
  const model = context.store.model(imageMarkRecord);
  const before = await model.findOne({ patientId, markId }).lean();
  if (before === null) {
    if (version !== 0) throw new HubError('version-conflict');
    if ((await model.countDocuments({ studyId: image.studyId, retired: false })) >= MOST_IN_STUDY)
      throw new HubError('conflict', { limit: MOST_IN_STUDY });
    const made: ImageMarkFields = {
      _id: newId(),
      markId,
      patientId,
      studyId: image.studyId,
      studyInstanceUid: image.studyInstanceUid,
      seriesInstanceUid: image.seriesInstanceUid,
      createdAt: context.clock.now(),
      version: 1,
      ...changeBy(mark, false, context),
    };
    await model.create([made]);
    return keepVersion(made, context);
  }
  // A mark never moves to another image: there it is another mark.
  const place = frameOfMark(before.mark);
  const wanted = frameOfMark(mark);
  if (place.sopInstanceUid !== wanted.sopInstanceUid || place.frameNumber !== wanted.frameNumber)
    throw new HubError('conflict');
  return change(before, version, mark, false, context);
}

/** Takes a mark away: it is not listed any more, and stays with all that it was. Throws not-found, version-conflict. */
export async function retireMark(
  { patientId, markId, version }: RequestPayload<'image-mark:retire'>,
  context: ActionContext,
): Promise<ImageMarkView> {
  const before = await context.store.model(imageMarkRecord).findOne({ patientId, markId }).lean();
  if (before === null) throw new HubError('not-found');
  return change(before, version, before.mark, true, context);
}

async function change(
  before: ImageMarkFields,
  version: number,
  mark: ImageMark,
  retired: boolean,
  context: ActionContext,
): Promise<ImageMarkView> {
  const after = await changeVersion(
    imageMarkRecord,
    { _id: before._id, version },
    changeBy(mark, retired, context),
    context,
  );
  return keepVersion(after, context);
}

const changeBy = (mark: ImageMark, retired: boolean, { actor, clock }: ActionContext) => ({
  mark,
  retired,
  byAccountId: actor.accountId,
  byName: actor.name,
  changedAt: clock.now(),
});

async function keepVersion(record: ImageMarkFields, context: ActionContext): Promise<ImageMarkView> {
  const { version, mark, retired, byAccountId, byName, changedAt } = record;
  await context.store
    .model(imageMarkVersionRecord)
    .create([{ _id: newId(), imageMarkId: record._id, version, mark, retired, byAccountId, byName, at: changedAt }]);
  const study = await context.store.model(studyRecord).findById(record.studyId, { audience: 1 }).lean();
  const view = viewOfMark(record);
  if (study !== null) await context.notify(everybodyOf(study.audience), 'image-mark:changed', view);
  return view;
}

async function imageOf(patientId: string, mark: ImageMark, context: ActionContext) {
  const { sopInstanceUid, frameNumber } = frameOfMark(mark);
  const image = await context.store
    .model(instanceRecord)
    .findOne(
      { patientId, sopInstanceUid },
      { studyId: 1, studyInstanceUid: 1, seriesInstanceUid: 1, numberOfFrames: 1, rows: 1, columns: 1 },
    )
    .lean();
  if (image === null) throw new HubError('not-found');
  if (frameNumber > image.numberOfFrames) throw new HubError('invalid', { field: 'frameNumber' });
  const { rows, columns } = image;
  if (rows === null || columns === null) throw new HubError('invalid', { field: 'sopInstanceUid' });
  // A shape may reach over an edge; farther out than the image is large it is no place of this image.
  const isPlace = (value: number, size: number) => value >= -size && value <= 2 * size;
  if (
    mark.kind === 'measurement' &&
    !mark.measurement.points.every((at, index) => isPlace(at, index % 2 ? rows : columns))
  )
    throw new HubError('invalid', { field: 'points' });
  return image;
}
