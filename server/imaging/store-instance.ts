import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import type { ErrorCode } from '../../shared/contracts/errors.ts';
import { matchPatient } from '../patients/match-patient.ts';
import { patientSubject } from '../patients/patient-subject.ts';
import { audienceForNewRecord } from '../patients/share-patient.ts';
import type { StagedBlob } from '../platform/blobs/blob-store.ts';
import { rooms, type ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { newId } from '../platform/store/store.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { instanceRecord } from './instance-record.ts';
import { readInstanceJob, type InstanceFacts } from './read-instance-job.ts';
import { studyRecord, type StudyFields } from './study-record.ts';

export interface StoreInstance {
  file: StagedBlob;
  patientId: string;
  consultId: string | null;
  /** Of the request's path; an instance of another study is refused (PS3.18, 10.5.1). */
  studyInstanceUid: string | null;
  confirmMismatch: boolean;
}

export interface StoredInstance {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
  existing: boolean;
}

/** A waveform has no pixels for the viewer: it belongs to the ECG page. */
const WAVEFORM_SOP_CLASS = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.9(\.|$)/;

/**
 * Takes one DICOM instance in: read off the serving thread, compared with the patient, made durable, committed, then
 * answered. The same bytes again are a success; other bytes under a known UID are instance-conflict, and what is
 * stored stays untouched. Throws patient-mismatch until confirmed, not-dicom, dicom-damaged, too-large.
 */
export async function storeInstance(command: StoreInstance, context: ActionContext): Promise<StoredInstance> {
  const { file, patientId } = command;
  try {
    const facts = await readFacts(file, context);
    if (WAVEFORM_SOP_CLASS.test(facts.sopClassUid))
      throw new HubError('unsupported-media', { sopClass: facts.sopClassUid });
    if (command.studyInstanceUid !== null && command.studyInstanceUid !== facts.studyInstanceUid)
      throw new HubError('invalid', { field: 'StudyInstanceUID' });
    const stored = (existing: boolean): StoredInstance => ({
      studyInstanceUid: facts.studyInstanceUid,
      seriesInstanceUid: facts.seriesInstanceUid,
      sopInstanceUid: facts.sopInstanceUid,
      sopClassUid: facts.sopClassUid,
      existing,
    });
    const twin = async () => {
      const known = await context.store
        .model(instanceRecord)
        .findOne({ patientId, sopInstanceUid: facts.sopInstanceUid }, { sha256: 1 })
        .lean();
      if (known !== null && known.sha256 !== file.sha256)
        throw new HubError('instance-conflict', { sopInstanceUid: facts.sopInstanceUid });
      return known !== null;
    };
    if (await twin()) {
      await file.discard();
      return stored(true);
    }
    const known = await context.store
      .model(studyRecord)
      .findOne({ patientId, studyInstanceUid: facts.studyInstanceUid })
      .lean();
    // Confirmed once for a study, it is confirmed for the rest of it.
    const mismatch = await matchPatient(
      { patientId, file: facts.person, confirmed: command.confirmMismatch || known?.mismatch != null },
      context,
    );
    await file.keep();
    const existing = await context.commit(async () => {
      if (await twin()) return true;
      const study = await studyOf(facts, mismatch);
      await context.store.model(instanceRecord).create([
        {
          _id: newId(),
          studyId: study._id,
          patientId,
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
          sha256: file.sha256,
          byteLength: file.byteLength,
          metadataJson: facts.metadataJson,
          receivedAt: context.clock.now(),
        },
      ]);
      await context.audit({
        action: 'imaging:store',
        outcome: 'done',
        subject: { type: 'study', id: study._id, patientId },
        details: { bytes: file.byteLength },
      });
      return false;
    });
    return stored(existing);
  } catch (thrown) {
    await file.discard();
    throw thrown;
  }

  /** The patient's study that the instance belongs to, made with its first instance. */
  async function studyOf(facts: InstanceFacts, mismatch: PatientMismatch | null): Promise<StudyFields> {
    const model = context.store.model(studyRecord);
    const known = await model.findOne({ patientId, studyInstanceUid: facts.studyInstanceUid }).lean();
    if (known !== null) return known;
    const audience = await audienceForNewRecord(patientId, context);
    const study: StudyFields = {
      _id: newId(),
      studyInstanceUid: facts.studyInstanceUid,
      patientId,
      consultId: command.consultId,
      audience,
      description: facts.studyDescription,
      studyDate: facts.studyDate,
      receivedAt: context.clock.now(),
      sentByName: context.actor.name,
      mismatch,
    };
    await model.create([study]);
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

/** Tells everybody who sees the patient that a study has grown; once for a request, not for each instance. */
export async function announceStudies(
  studyInstanceUids: readonly string[],
  patientId: string,
  consultId: string | null,
  context: ActionContext,
): Promise<void> {
  const audience = (await patientSubject(patientId, context))?.audience;
  if (audience === undefined || studyInstanceUids.length === 0) return;
  const to = [
    ...audience.organisationIds.map(rooms.organisation),
    ...audience.consults.flatMap((consult) => [
      rooms.consult(consult.consultId),
      ...consult.organisationIds.map(rooms.organisation),
      ...consult.accountIds.map(rooms.account),
    ]),
  ];
  await context.commit(async () => {
    for (const studyInstanceUid of studyInstanceUids)
      await context.notify(to, 'imaging:added', { studyInstanceUid, patientId, consultId });
  });
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
