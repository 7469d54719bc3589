import type { EcgView } from '../../shared/contracts/ecg.ts';
import type { ErrorCode } from '../../shared/contracts/errors.ts';
import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import { uploadEcg } from '../ecg/upload-ecg.ts';
import { matchPatient } from '../patients/match-patient.ts';
import { patientSubject } from '../patients/patient-subject.ts';
import { receivePatient } from '../patients/receive-patient.ts';
import { decide } from '../permissions/policy.ts';
import type { StagedBlob } from '../platform/blobs/blob-store.ts';
import type { ActionContext } from '../platform/context.ts';
import { asHubError, HubError } from '../platform/errors.ts';
import { commitInstance, hasGrownSinceTold } from './commit-instances.ts';
import { everybodyOf } from './everybody-of.ts';
import { studiesOfUid } from './find-studies.ts';
import { findTwin, type Twin } from './find-twin.ts';
import { quarantineInstance } from './quarantine-instance.ts';
import { readInstanceJob, type InstanceFacts } from './read-instance-job.ts';

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
  /** What became of an ECG's waveform: it stands among the ECGs, and in no study. Null for images. */
  ecg: EcgView | null;
}

export interface RefusedInstance {
  kind: 'refused';
  error: HubError;
  /** Null where the file could not be read so far. */
  sopClassUid: string | null;
  sopInstanceUid: string | null;
  patientId: string | null;
}

/** 12-lead, general and ambulatory ECG (PS3.4, B.5): they belong to the ECG page. */
const ECG_SOP_CLASS = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.9\.1\.[123]$/;
/** Sounds, pressures and the like have no pixels for the viewer. */
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
    if (command.studyInstanceUid !== null && command.studyInstanceUid !== facts.studyInstanceUid)
      throw new HubError('invalid', { field: 'StudyInstanceUID' });
    if (ECG_SOP_CLASS.test(facts.sopClassUid)) return await storeEcg(facts);
    if (WAVEFORM_SOP_CLASS.test(facts.sopClassUid))
      throw new HubError('unsupported-media', { sopClass: facts.sopClassUid });
    const { studyInstanceUid, person } = facts;
    const read = facts;
    patientId ??= await rememberIn(context, JSON.stringify([studyInstanceUid, person]), () => patientOf(read, context));
    return await store(facts, patientId);
  } catch (thrown) {
    await file.discard();
    const error = asHubError(thrown);
    if (error.code === 'internal') throw thrown;
    const { sopClassUid = null, sopInstanceUid = null } = facts ?? {};
    return { kind: 'refused', error, sopClassUid, sopInstanceUid, patientId };
  }

  async function storeEcg(facts: InstanceFacts): Promise<StoredInstance> {
    const { confirmMismatch } = command;
    const [patientId, consultId] = [command.patientId ?? undefined, command.consultId ?? undefined];
    const fileName = `${facts.sopInstanceUid}.dcm`;
    const { ecg, existing } = await uploadEcg({ file, fileName, patientId, consultId, confirmMismatch }, context);
    return { ...namesOf(facts), kind: 'stored', patientId: ecg.patientId, existing, ecg };
  }

  async function store(facts: InstanceFacts, patientId: string): Promise<StoredInstance> {
    const stored = (existing: boolean): StoredInstance => ({
      ...namesOf(facts),
      kind: 'stored',
      patientId,
      existing,
      ecg: null,
    });
    let safe = false;
    const keep = async () => {
      if (!safe) await file.keep();
      safe = true;
    };
    /** True for the same bytes; other bytes end here, once they are safe. */
    const settled = async (twin: Twin | null): Promise<boolean> => {
      if (twin === null) return false;
      if (twin.sha256 === file.sha256) return true;
      await keep();
      await quarantineInstance({ file, facts, patientId, stored: twin }, context);
      throw new HubError('instance-conflict', { sopInstanceUid: facts.sopInstanceUid });
    };
    let mismatch: PatientMismatch | null;
    try {
      mismatch = await matchStudy(facts, patientId);
    } catch (thrown) {
      // What is there already was confirmed when it came.
      const { sopInstanceUid } = facts;
      if (!(await settled(await findTwin({ patientId, sopInstanceUid, sha256: file.sha256 }, context)))) throw thrown;
      await file.discard();
      return stored(true);
    }
    await keep();
    const kept = { facts, file, patientId, consultId: command.consultId, mismatch };
    return stored(await settled(await commitInstance(kept, context)));
  }

  function matchStudy(facts: InstanceFacts, patientId: string): Promise<PatientMismatch | null> {
    const { studyInstanceUid, person } = facts;
    return rememberIn(context, JSON.stringify([patientId, studyInstanceUid, person]), async () => {
      const known = (await studiesOfUid(studyInstanceUid, context)).find((study) => study.patientId === patientId);
      // Confirmed once for a study, it is confirmed for the rest of it.
      const confirmed = command.confirmMismatch || known?.mismatch != null;
      return matchPatient({ patientId, file: person, confirmed }, context);
    });
  }
}

const namesOf = ({ studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid }: InstanceFacts) => ({
  studyInstanceUid,
  seriesInstanceUid,
  sopInstanceUid,
  sopClassUid,
});

const found = new WeakMap<ActionContext, Map<string, Promise<unknown>>>();

/** The hundreds of instances of one request ask the same of the store: once is enough. Each has a context of its own. */
function rememberIn<Result>(context: ActionContext, key: string, find: () => Promise<Result>): Promise<Result> {
  const known = found.get(context) ?? new Map<string, Promise<unknown>>();
  found.set(context, known);
  const result = (known.get(key) as Promise<Result> | undefined) ?? find();
  known.set(key, result);
  // Whatever stood in the way may be gone for the next one.
  result.catch(() => known.delete(key));
  return result;
}

/**
 * Whose a file is when its sender does not say: the patient of the study where the sender's organisation has it
 * already, else the one whom its identity number names, else a new one.
 */
async function patientOf(facts: InstanceFacts, context: ActionContext): Promise<string> {
  const { actor } = context;
  const decision = decide(actor, 'imaging:receive');
  if (decision !== 'allow') throw new HubError(decision);
  const studies = await studiesOfUid(facts.studyInstanceUid, context);
  const own = studies.find(({ audience }) => audience.organisationIds.includes(actor.organisationId));
  const patientId =
    own?.patientId ??
    (await context.commit(() =>
      receivePatient({ person: facts.person, source: `study:${facts.studyInstanceUid}` }, context),
    ));
  context.permit('imaging:upload', await patientSubject(patientId, context));
  return patientId;
}

/**
 * Tells everybody who sees the patients of studies that have grown since they were told of them, with the first of a
 * request's instances: twice for a request, not for each instance.
 */
export async function announceStudies(
  stored: readonly StoredInstance[],
  consultId: string | null,
  context: ActionContext,
): Promise<void> {
  const grown = new Map<string, Set<string>>();
  for (const { existing, ecg, patientId, studyInstanceUid } of stored) {
    if (existing || ecg !== null || !hasGrownSinceTold(patientId, studyInstanceUid, context)) continue;
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
