import { differingFields } from '../../shared/rules/patient-match.ts';
import { findPatient } from '../patients/find-patient.ts';
import { audienceForNewRecord } from '../patients/share-patient.ts';
import type { StagedBlob } from '../platform/blobs/blob-store.ts';
import type { ActionContext } from '../platform/context.ts';
import { newId } from '../platform/store/store.ts';
import { everybodyOf } from './everybody-of.ts';
import type { Twin } from './find-twin.ts';
import { quarantineRecord } from './quarantine-record.ts';
import type { InstanceFacts } from './read-instance-job.ts';

/**
 * Puts an instance aside that came under the UID of a stored one with other bytes; its bytes are durable already. The
 * same bytes again are counted on the same record, so that a sender's retry makes no copy.
 */
export async function quarantineInstance(
  {
    file,
    facts,
    patientId,
    stored,
  }: { file: Pick<StagedBlob, 'sha256' | 'byteLength'>; facts: InstanceFacts; patientId: string; stored: Twin },
  context: ActionContext,
): Promise<void> {
  const patient = await findPatient(patientId, context);
  const fields = differingFields(facts.person, { ...patient, name: patient.unknown ? null : patient.name });
  await context.commit(async () => {
    const model = context.store.model(quarantineRecord);
    const same = { instanceId: stored._id, sha256: file.sha256, storedSha256: stored.sha256 };
    const again = await model.findOneAndUpdate(same, { $inc: { timesSent: 1 } }, { projection: { _id: 1 } }).lean();
    const quarantineId = again?._id ?? newId();
    await context.audit({
      action: 'imaging:quarantine',
      outcome: 'done',
      subject: { type: 'quarantined-instance', id: quarantineId, patientId },
      details: { bytes: file.byteLength, mismatch: fields.join(' '), again: again !== null },
    });
    if (again !== null) return;
    const audience = await audienceForNewRecord(patientId, context);
    const { actor } = context;
    await model.create([
      {
        _id: quarantineId,
        patientId,
        audience,
        ...same,
        studyInstanceUid: facts.studyInstanceUid,
        seriesInstanceUid: facts.seriesInstanceUid,
        sopInstanceUid: facts.sopInstanceUid,
        sopClassUid: facts.sopClassUid,
        byteLength: file.byteLength,
        factsJson: JSON.stringify(facts),
        mismatchFields: fields.length === 0 ? null : fields,
        receivedAt: context.clock.now(),
        sentByAccountId: actor.accountId,
        sentByName: actor.name,
        sentByOrganisation: actor.organisationName,
        timesSent: 1,
        decision: null,
        version: 0,
      },
    ]);
    await context.notify(everybodyOf(audience), 'imaging:quarantined', {
      quarantineId,
      patientId,
      studyInstanceUid: facts.studyInstanceUid,
    });
  });
}
