import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import { audienceForNewRecord } from '../patients/share-patient.ts';
import type { StagedBlob } from '../platform/blobs/blob-store.ts';
import type { ActionContext } from '../platform/context.ts';
import { newId } from '../platform/store/store.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { everybodyOf } from './everybody-of.ts';
import { findTwin, type Twin } from './find-twin.ts';
import { instanceRecord, type InstanceFields } from './instance-record.ts';
import { listForReaders } from './list-for-readers.ts';
import { fuzzyWordsOf, spellingsOf } from './person-names.ts';
import type { InstanceFacts } from './read-instance-job.ts';
import { seriesRecord } from './series-record.ts';
import { readersOf } from './study-readers.ts';
import { completedFields } from './completed-fields.ts';
import { SEARCH_FORM, studyRecord, type StudyFields } from './study-record.ts';

/** One instance whose bytes are durable and whose patient is settled. */
export interface KeptInstance {
  facts: InstanceFacts;
  file: Pick<StagedBlob, 'sha256' | 'byteLength'>;
  patientId: string;
  consultId: string | null;
  mismatch: PatientMismatch | null;
}

interface Waiting {
  kept: KeptInstance;
  context: ActionContext;
  resolve(twin: Twin | null): void;
  reject(reason: unknown): void;
}

/** Instances of one commit; a transaction stays short. */
const MOST = 32;

const waitingFor = new Map<string, Waiting[]>();

/**
 * Enters an instance into its study; resolves when that is durable, with what is stored already under its UID (then
 * nothing was entered), or null. Commits to one study run one after the other, since they count on the same records;
 * what arrives of one request while one is under way goes into the next one together. Where such a group fails, its
 * instances are tried one by one, so that none takes the others along.
 */
export function commitInstance(kept: KeptInstance, context: ActionContext): Promise<Twin | null> {
  return new Promise((resolve, reject) => {
    const study = nameOf(kept.patientId, kept.facts.studyInstanceUid);
    const waiting = { kept, context, resolve, reject };
    const others = waitingFor.get(study);
    if (others !== undefined) {
      others.push(waiting);
      return;
    }
    waitingFor.set(study, [waiting]);
    void commitWaiting(study);
  });
}

async function commitWaiting(study: string): Promise<void> {
  const all = waitingFor.get(study) ?? [];
  while (all.length > 0) {
    const context = all[0]!.context;
    const foreign = all.findIndex((one) => one.context !== context);
    const group = all.splice(0, Math.min(MOST, foreign < 0 ? all.length : foreign));
    if (!(await commitTogether(group, group.length > 1)))
      for (const waiting of group) await commitTogether([waiting], false);
  }
  waitingFor.delete(study);
}

/** Answers those who wait; false where they are to be tried again one by one. */
async function commitTogether(group: readonly Waiting[], again: boolean): Promise<boolean> {
  const { context } = group[0]!;
  try {
    const twins = await context.commit(() =>
      enter(
        group.map(({ kept }) => kept),
        context,
      ),
    );
    if (twins.includes(null)) noteTold(group[0]!.kept, context);
    group.forEach(({ resolve }, index) => resolve(twins[index] ?? null));
  } catch (thrown) {
    if (again) return false;
    for (const { reject } of group) reject(thrown);
  }
  return true;
}

/** Of each request, the studies that everybody has been told of; true for one that has grown since. */
const told = new WeakMap<ActionContext, Map<string, boolean>>();
const nameOf = (patientId: string, studyInstanceUid: string) => `${patientId} ${studyInstanceUid}`;

function noteTold({ patientId, facts }: KeptInstance, context: ActionContext): void {
  const studies = told.get(context) ?? new Map<string, boolean>();
  told.set(context, studies);
  const study = nameOf(patientId, facts.studyInstanceUid);
  studies.set(study, studies.has(study));
}

/** Whether more than the first commit of this request has gone into a study: only that one was told with it. */
export const hasGrownSinceTold = (patientId: string, studyInstanceUid: string, context: ActionContext): boolean =>
  told.get(context)?.get(nameOf(patientId, studyInstanceUid)) === true;

/** Enters instances of one study in the caller's transaction; answers for each what was there already. */
async function enter(group: readonly KeptInstance[], context: ActionContext): Promise<(Twin | null)[]> {
  const instances = context.store.model(instanceRecord);
  const uids = group.map(({ facts }) => facts.sopInstanceUid);
  const known = await instances.find({ sopInstanceUid: { $in: uids } }, { sopInstanceUid: 1 }).lean();
  const perhaps = new Set(known.map(({ sopInstanceUid }) => sopInstanceUid));
  const entering = new Map<string, InstanceFields>();
  const twins: (Twin | null)[] = [];
  const fresh: KeptInstance[] = [];
  for (const kept of group) {
    const { facts, file, patientId } = kept;
    const { sopInstanceUid } = facts;
    const twin =
      entering.get(sopInstanceUid) ??
      (perhaps.has(sopInstanceUid)
        ? await findTwin({ patientId, sopInstanceUid, sha256: file.sha256 }, context)
        : null);
    twins.push(twin);
    if (twin !== null) continue;
    fresh.push(kept);
    entering.set(sopInstanceUid, {
      _id: newId(),
      // Known below, with the study.
      studyId: '',
      patientId,
      ...fieldsOfInstance(facts),
      sha256: file.sha256,
      byteLength: file.byteLength,
      receivedAt: context.clock.now(),
    });
  }
  const [first] = fresh;
  if (first === undefined) return twins;
  const study = await growStudyOf(first, fresh.length, context);
  const complete = completedFields(
    study,
    fresh.map(({ facts }) => facts),
  );
  await instances.insertMany(
    [...entering.values()].map((fields) => ({ ...fields, studyId: study._id })),
    { lean: true },
  );
  await growSeries(
    study,
    fresh.map(({ facts }) => facts),
    complete,
    context,
  );
  if (complete.studyDate !== undefined) await listForReaders({ ...study, ...complete }, study.readers, context);
  if (told.get(context)?.has(nameOf(study.patientId, study.studyInstanceUid)) !== true)
    await context.notify(everybodyOf(study.audience), 'imaging:added', {
      studyInstanceUid: study.studyInstanceUid,
      patientId: study.patientId,
      consultId: first.consultId,
    });
  await context.audit({
    action: 'imaging:store',
    outcome: 'done',
    subject: { type: 'study', id: study._id, patientId: first.patientId },
    details: { instances: fresh.length, bytes: fresh.reduce((sum, { file }) => sum + file.byteLength, 0) },
  });
  return twins;
}

/** The patient's study that the instance belongs to, made with its first instance, grown by so many. */
async function growStudyOf(
  { facts, patientId, consultId, mismatch }: KeptInstance,
  instanceCount: number,
  context: ActionContext,
): Promise<StudyFields> {
  const model = context.store.model(studyRecord);
  const { studyInstanceUid } = facts;
  const known = await model.findOneAndUpdate({ patientId, studyInstanceUid }, { $inc: { instanceCount } }).lean();
  if (known !== null) return known;
  const audience = await audienceForNewRecord(patientId, context);
  const study: StudyFields = {
    _id: newId(),
    studyInstanceUid,
    patientId,
    consultId,
    audience,
    readers: readersOf(audience),
    description: facts.studyDescription,
    studyDate: facts.studyDate,
    ...facts.study,
    nameSpellings: spellingsOf(facts.study.patientName),
    nameWords: fuzzyWordsOf(facts.study.patientName),
    modalities: [],
    seriesCount: 0,
    instanceCount,
    receivedAt: context.clock.now(),
    sentByName: context.actor.name,
    mismatch,
    searchForm: SEARCH_FORM,
  };
  await model.create([study]);
  await listForReaders(study, study.readers, context);
  if (mismatch !== null) {
    await context.audit({
      action: 'imaging:confirm-mismatch',
      outcome: 'done',
      subject: { type: 'study', id: study._id, patientId },
      details: { fields: mismatch.fields.join(' ') },
    });
  }
  for (const consult of audience.consults)
    await recordTimelineNode({ consultId: consult.consultId, kind: 'images-uploaded', source: 'system' }, context);
  return study;
}

/** What an instance's record takes from its file. */
export function fieldsOfInstance(facts: InstanceFacts) {
  return {
    studyInstanceUid: facts.studyInstanceUid,
    seriesInstanceUid: facts.seriesInstanceUid,
    sopInstanceUid: facts.sopInstanceUid,
    sopClassUid: facts.sopClassUid,
    transferSyntaxUid: facts.transferSyntaxUid,
    modality: facts.modality,
    seriesDescription: facts.seriesDescription,
    seriesNumber: facts.seriesNumber,
    instanceNumber: facts.instanceNumber,
    numberOfFrames: facts.numberOfFrames,
    rows: facts.rows,
    columns: facts.columns,
    bitsAllocated: facts.bitsAllocated,
    metadataJson: facts.metadataJson,
    frameTableJson: facts.frameTableJson,
    thumbnailSha256: null,
  };
}

/** Adds the instances to the figures of their series, makes a series with its first one, and completes the study. */
async function growSeries(
  study: Pick<StudyFields, '_id'>,
  added: readonly InstanceFacts[],
  complete: Partial<StudyFields>,
  context: ActionContext,
): Promise<void> {
  const model = context.store.model(seriesRecord);
  const perSeries = new Map<string, InstanceFacts[]>();
  for (const facts of added) {
    const { seriesInstanceUid } = facts;
    perSeries.set(seriesInstanceUid, [...(perSeries.get(seriesInstanceUid) ?? []), facts]);
  }
  const newModalities: string[] = [];
  for (const [seriesInstanceUid, members] of perSeries) {
    const counted = await model.updateOne(
      { studyId: study._id, seriesInstanceUid },
      { $inc: { instanceCount: members.length } },
    );
    if (counted.matchedCount > 0) continue;
    const facts = members[0]!;
    newModalities.push(facts.modality);
    await model.create([
      {
        _id: newId(),
        studyId: study._id,
        studyInstanceUid: facts.studyInstanceUid,
        seriesInstanceUid,
        modality: facts.modality,
        description: facts.seriesDescription,
        seriesNumber: facts.seriesNumber,
        ...facts.series,
        instanceCount: members.length,
      },
    ]);
  }
  if (newModalities.length === 0 && Object.keys(complete).length === 0) return;
  await context.store.model(studyRecord).updateOne(
    { _id: study._id },
    {
      ...(newModalities.length > 0 && { $inc: { seriesCount: newModalities.length } }),
      ...(newModalities.length > 0 && { $addToSet: { modalities: { $each: newModalities } } }),
      ...(Object.keys(complete).length > 0 && { $set: complete }),
    },
  );
}
