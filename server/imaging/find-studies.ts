import { USUAL_STUDIES, type StudyView } from '../../shared/contracts/imaging.ts';
import type { RequestPayload, RequestReply } from '../../shared/contracts/registry.ts';
import { decide } from '../permissions/policy.ts';
import type { ActionContext, Subject } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { instanceRecord } from './instance-record.ts';
import { studyRecord, type StudyFields } from './study-record.ts';

/**
 * What permissions on a study are decided on. Two organisations may hold one study, each for its own patient: that of
 * the patient who is named, else the one that the actor may see; where there is none of theirs, it is not found at all.
 * Throws conflict where the actor may see several and names no patient: none of them may stand for another.
 */
export async function studySubject(
  studyInstanceUid: string,
  context: ActionContext,
  patientId?: string,
): Promise<Subject | null> {
  const found = (await studiesOfUid(studyInstanceUid, context)).filter(
    (candidate) => patientId === undefined || candidate.patientId === patientId,
  );
  const permitted = found.filter(({ audience }) => decide(context.actor, 'imaging:read', audience) === 'allow');
  if (permitted.length > 1) throw new HubError('conflict', { field: 'patientId' });
  const study = permitted[0] ?? found[0];
  return study === undefined
    ? null
    : { type: 'study', id: study._id, audience: study.audience, patientId: study.patientId };
}

/** The studies of a UID, whosesoever they are, with what permissions and matching ask of them. */
export function studiesOfUid(
  studyInstanceUid: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<readonly Pick<StudyFields, '_id' | 'audience' | 'patientId' | 'mismatch'>[]> {
  return store.recall({
    key: `study ${studyInstanceUid}`,
    of: [studyRecord],
    find: () => store.model(studyRecord).find({ studyInstanceUid }, { audience: 1, patientId: 1, mismatch: 1 }).lean(),
  });
}

const addressed = new WeakMap<ActionContext, { studyInstanceUid: string; subject: Promise<Subject | null> }>();

/**
 * The same for the study in an HTTP request's address, looked up once: first its permission is decided on it, then
 * its images are found by it, without naming the patient again. Each such request has a context of its own.
 */
export function addressedStudy(
  studyInstanceUid: string,
  context: ActionContext,
  patientId?: string,
): Promise<Subject | null> {
  const known = addressed.get(context);
  if (known?.studyInstanceUid === studyInstanceUid) return known.subject;
  const subject = studySubject(studyInstanceUid, context, patientId);
  addressed.set(context, { studyInstanceUid, subject });
  return subject;
}

/**
 * A patient's studies, newest first, with their series and instances in reading order: so many of them, and the one
 * that is named, however old it is.
 */
export async function listStudies(
  { patientId, limit = USUAL_STUDIES, studyInstanceUid }: RequestPayload<'imaging:list'>,
  context: ActionContext,
): Promise<RequestReply<'imaging:list'>> {
  const model = context.store.model(studyRecord);
  const studies = await model.find({ patientId }).sort({ receivedAt: -1, _id: -1 }).limit(limit).lean();
  const total = studies.length < limit ? studies.length : await model.countDocuments({ patientId });
  const missing =
    studyInstanceUid !== undefined && studies.every((study) => study.studyInstanceUid !== studyInstanceUid);
  const named = missing && studies.length < total ? await model.findOne({ patientId, studyInstanceUid }).lean() : null;
  if (named !== null) studies.push(named);
  return { studies: await viewsOf(studies, context), total };
}

/** What a list says of an instance. */
const LISTED = {
  ...{ studyId: 1, seriesInstanceUid: 1, sopInstanceUid: 1, modality: 1 },
  ...{ seriesDescription: 1, seriesNumber: 1, instanceNumber: 1, numberOfFrames: 1 },
} as const;

async function viewsOf(studies: readonly StudyFields[], context: ActionContext): Promise<StudyView[]> {
  const instances = await context.store
    .model(instanceRecord)
    .find({ studyId: { $in: studies.map((study) => study._id) } }, LISTED)
    .sort({ seriesNumber: 1, seriesInstanceUid: 1, instanceNumber: 1, sopInstanceUid: 1 })
    .lean();
  const byStudy = new Map(studies.map(({ _id }): [string, typeof instances] => [_id, []]));
  for (const instance of instances) byStudy.get(instance.studyId)?.push(instance);
  return studies.map((study) => {
    const series = new Map<string, StudyView['series'][number]>();
    for (const instance of byStudy.get(study._id) ?? []) {
      const one = series.get(instance.seriesInstanceUid) ?? {
        seriesInstanceUid: instance.seriesInstanceUid,
        modality: instance.modality,
        description: instance.seriesDescription,
        seriesNumber: instance.seriesNumber,
        instances: [],
      };
      one.instances.push({
        sopInstanceUid: instance.sopInstanceUid,
        instanceNumber: instance.instanceNumber,
        numberOfFrames: instance.numberOfFrames,
      });
      series.set(instance.seriesInstanceUid, one);
    }
    return {
      id: study._id,
      studyInstanceUid: study.studyInstanceUid,
      patientId: study.patientId,
      consultId: study.consultId,
      description: study.description,
      studyDate: study.studyDate,
      modalities: [...new Set([...series.values()].map((one) => one.modality))],
      receivedAt: study.receivedAt.toISOString(),
      sentBy: study.sentByName,
      series: [...series.values()],
      mismatch: study.mismatch,
    };
  });
}
