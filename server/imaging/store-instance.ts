import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import type { ErrorCode } from '../../shared/contracts/errors.ts';
import { matchPatient } from '../patients/match-patient.ts';
import { patientSubject } from '../patients/patient-subject.ts';
import { receivePatient } from '../patients/receive-patient.ts';
import { audienceForNewRecord } from '../patients/share-patient.ts';
import { decide } from '../permissions/policy.ts';
import type { StagedBlob } from '../platform/blobs/blob-store.ts';
import type { ActionContext } from '../platform/context.ts';
import { asHubError, HubError } from '../platform/errors.ts';
import { newId } from '../platform/store/store.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { everybodyOf } from './everybody-of.ts';
import { findTwin } from './find-twin.ts';
import { instanceRecord } from './instance-record.ts';
import { listForReaders } from './list-for-readers.ts';
import { fuzzyWordsOf, spellingsOf } from './person-names.ts';
import { quarantineInstance } from './quarantine-instance.ts';
import { readInstanceJob, type InstanceFacts } from './read-instance-job.ts';
import { seriesRecord } from './series-record.ts';
import { readersOf } from './study-readers.ts';
import { SEARCH_FORM, studyRecord, type StudyFields } from './study-record.ts';

export interface StoreInstance {
  file: StagedBlob;
  /** Null where the sender named nobody: then the file says whose it is. */
  patientId: string | null;
  consultId: string | null;
  /** Of the request's path; an instance of another study is refused (PS3.18, 10.5.1). */
  studyInstanceUid: string | null;
  confirmMismatch: boolean;
}

export interface StoredInstance {
  kind: 'stored';
  patientId: string;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
  /** It was there already, byte for byte. */
  existing: boolean;
}

export interface RefusedInstance {
  kind: 'refused';
  error: HubError;
  /** Null where the file could not be read so far. */
  sopClassUid: string | null;
  sopInstanceUid: string | null;
  patientId: string | null;
}

/** A waveform has no pixels for the viewer: it belongs to the ECG page. */
const WAVEFORM_SOP_CLASS = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.9(\.|$)/;

/**
 * Takes one DICOM instance in: read off the serving thread, compared with the patient, made durable, committed, then
 * answered. The same bytes again are a success; other bytes under a known UID go into quarantine and are refused with
 * instance-conflict, and what is stored stays untouched. Refusals: patient-mismatch until confirmed, not-dicom,
 * dicom-damaged, too-large. Throws only what is no refusal of this one file.
 */
export async function storeInstance(
  command: StoreInstance,
  context: ActionContext,
): Promise<StoredInstance | RefusedInstance> {
  const { file } = command;
  let facts: InstanceFacts | null = null;
  let patientId = command.patientId;
  try {
    facts = await readFacts(file, context);
    if (WAVEFORM_SOP_CLASS.test(facts.sopClassUid))
      throw new HubError('unsupported-media', { sopClass: facts.sopClassUid });
    if (command.studyInstanceUid !== null && command.studyInstanceUid !== facts.studyInstanceUid)
      throw new HubError('invalid', { field: 'StudyInstanceUID' });
    patientId ??= await patientOf(facts, context);
    return await store(facts, patientId);
  } catch (thrown) {
    await file.discard();
    const error = asHubError(thrown);
    if (error.code === 'internal') throw thrown;
    const { sopClassUid = null, sopInstanceUid = null } = facts ?? {};
    return { kind: 'refused', error, sopClassUid, sopInstanceUid, patientId };
  }

  async function store(facts: InstanceFacts, patientId: string): Promise<StoredInstance> {
    const stored = (existing: boolean): StoredInstance => ({
      kind: 'stored',
      patientId,
      studyInstanceUid: facts.studyInstanceUid,
      seriesInstanceUid: facts.seriesInstanceUid,
      sopInstanceUid: facts.sopInstanceUid,
      sopClassUid: facts.sopClassUid,
      existing,
    });
    let kept = false;
    const keep = async () => {
      if (!kept) await file.keep();
      kept = true;
    };
    const twin = () => findTwin({ patientId, sopInstanceUid: facts.sopInstanceUid, sha256: file.sha256 }, context);
    /** True for the same bytes; other bytes end here, once they are safe. */
    const settled = async (found: Awaited<ReturnType<typeof twin>>): Promise<boolean> => {
      if (found === null) return false;
      if (found.sha256 === file.sha256) return true;
      await keep();
      await quarantineInstance({ file, facts, patientId, stored: found }, context);
      throw new HubError('instance-conflict', { sopInstanceUid: facts.sopInstanceUid });
    };
    if (await settled(await twin())) {
      await file.discard();
      return stored(true);
    }
    const known = await context.store
      .model(studyRecord)
      .findOne({ patientId, studyInstanceUid: facts.studyInstanceUid }, { mismatch: 1 })
      .lean();
    // Confirmed once for a study, it is confirmed for the rest of it.
    const mismatch = await matchPatient(
      { patientId, file: facts.person, confirmed: command.confirmMismatch || known?.mismatch != null },
      context,
    );
    await keep();
    const met = await inTurn(`${patientId} ${facts.studyInstanceUid}`, () =>
      context.commit(async () => {
        const met = await twin();
        if (met !== null) return met;
        const study = await studyOf(facts, patientId, mismatch);
        await context.store.model(instanceRecord).create([
          {
            _id: newId(),
            studyId: study._id,
            patientId,
            ...fieldsOfInstance(facts),
            sha256: file.sha256,
            byteLength: file.byteLength,
            receivedAt: context.clock.now(),
          },
        ]);
        await countInstance(study, facts, context);
        await context.audit({
          action: 'imaging:store',
          outcome: 'done',
          subject: { type: 'study', id: study._id, patientId },
          details: { bytes: file.byteLength },
        });
        return null;
      }),
    );
    return stored(await settled(met));
  }

  /** The patient's study that the instance belongs to, made with its first instance. */
  async function studyOf(
    facts: InstanceFacts,
    patientId: string,
    mismatch: PatientMismatch | null,
  ): Promise<Pick<StudyFields, '_id'>> {
    const model = context.store.model(studyRecord);
    const known = await model.findOne({ patientId, studyInstanceUid: facts.studyInstanceUid }, { _id: 1 }).lean();
    if (known !== null) return known;
    const audience = await audienceForNewRecord(patientId, context);
    const study: StudyFields = {
      _id: newId(),
      studyInstanceUid: facts.studyInstanceUid,
      patientId,
      consultId: command.consultId,
      audience,
      readers: readersOf(audience),
      description: facts.studyDescription,
      studyDate: facts.studyDate,
      ...facts.study,
      nameSpellings: spellingsOf(facts.study.patientName),
      nameWords: fuzzyWordsOf(facts.study.patientName),
      modalities: [],
      seriesCount: 0,
      instanceCount: 0,
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
}

const turns = new Map<string, Promise<unknown>>();

/**
 * One commit to a study after the other: they count on the same records, and waiting costs less than a conflict.
 * Between several processes the store's own conflicts do the same.
 */
async function inTurn<Result>(study: string, commit: () => Promise<Result>): Promise<Result> {
  const before = turns.get(study) ?? Promise.resolve();
  const mine = before.then(commit, commit);
  const settled = mine.catch(() => undefined);
  turns.set(study, settled);
  try {
    return await mine;
  } finally {
    if (turns.get(study) === settled) turns.delete(study);
  }
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

/** Adds the instance to the figures of its study and series; makes the series with its first one. */
async function countInstance(study: Pick<StudyFields, '_id'>, facts: InstanceFacts, context: ActionContext) {
  const series = context.store.model(seriesRecord);
  const { seriesInstanceUid } = facts;
  const counted = await series.updateOne({ studyId: study._id, seriesInstanceUid }, { $inc: { instanceCount: 1 } });
  const isNew = counted.matchedCount === 0;
  if (isNew) {
    await series.create([
      {
        _id: newId(),
        studyId: study._id,
        studyInstanceUid: facts.studyInstanceUid,
        seriesInstanceUid,
        modality: facts.modality,
        description: facts.seriesDescription,
        seriesNumber: facts.seriesNumber,
        ...facts.series,
        instanceCount: 1,
      },
    ]);
  }
  await context.store.model(studyRecord).updateOne(
    { _id: study._id },
    {
      $inc: { instanceCount: 1, ...(isNew && { seriesCount: 1 }) },
      ...(isNew && { $addToSet: { modalities: facts.modality } }),
    },
  );
}

/**
 * Whose a file is when its sender does not say: the patient of the study where the sender's organisation has it
 * already, else the one whom its identity number names, else a new one.
 */
async function patientOf(facts: InstanceFacts, context: ActionContext): Promise<string> {
  const { actor } = context;
  const decision = decide(actor, 'imaging:receive');
  if (decision !== 'allow') throw new HubError(decision);
  const studies = await context.store
    .model(studyRecord)
    .find({ studyInstanceUid: facts.studyInstanceUid }, { patientId: 1, audience: 1 })
    .lean();
  const own = studies.find(({ audience }) => audience.organisationIds.includes(actor.organisationId));
  const patientId =
    own?.patientId ??
    (await context.commit(() =>
      receivePatient({ person: facts.person, source: `study:${facts.studyInstanceUid}` }, context),
    ));
  context.permit('imaging:upload', await patientSubject(patientId, context));
  return patientId;
}

/** Tells everybody who sees the patients that studies have grown; once for a request, not for each instance. */
export async function announceStudies(
  stored: readonly StoredInstance[],
  consultId: string | null,
  context: ActionContext,
): Promise<void> {
  const grown = new Map<string, Set<string>>();
  for (const { existing, patientId, studyInstanceUid } of stored) {
    if (existing) continue;
    grown.set(patientId, (grown.get(patientId) ?? new Set()).add(studyInstanceUid));
  }
  for (const [patientId, studyInstanceUids] of grown) {
    const audience = (await patientSubject(patientId, context))?.audience;
    if (audience === undefined) continue;
    await context.commit(async () => {
      for (const studyInstanceUid of studyInstanceUids)
        await context.notify(everybodyOf(audience), 'imaging:added', { studyInstanceUid, patientId, consultId });
    });
  }
}

async function readFacts(file: StagedBlob, context: ActionContext): Promise<InstanceFacts> {
  try {
    return await context.hub.threads.run(readInstanceJob, { path: file.path });
  } catch (thrown) {
    if ((thrown as Error).name === 'DicomDecodeError')
      throw new HubError((thrown as { code: ErrorCode }).code, { where: (thrown as Error).message });
    throw thrown;
  }
}
