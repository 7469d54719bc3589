import type { QuarantineView } from '../../shared/contracts/imaging.ts';
import type { RequestPayload } from '../../shared/contracts/registry.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { changeVersion } from '../platform/store/change-version.ts';
import { everybodyOf } from './everybody-of.ts';
import { instanceRecord } from './instance-record.ts';
import { viewOfQuarantine } from './list-quarantine.ts';
import { quarantineRecord } from './quarantine-record.ts';
import type { InstanceFacts } from './read-instance-job.ts';
import { fieldsOfInstance } from './commit-instances.ts';

/**
 * A person decides about an instance in quarantine: the first stays, or these bytes take its place. Neither bytes are
 * thrown away; who decided, when and why stands on the record and in the audit trail. Throws not-found,
 * version-conflict, conflict where it was decided already, where the stored one changed meanwhile, or where it belongs
 * to another patient or series, which no exchange of bytes can mend.
 */
export async function decideQuarantine(
  { quarantineId, choice, reason, version }: RequestPayload<'imaging:decide-quarantine'>,
  context: ActionContext,
): Promise<QuarantineView> {
  const record = await context.store.model(quarantineRecord).findById(quarantineId).lean();
  if (record === null) throw new HubError('not-found');
  if (record.version !== version) throw new HubError('version-conflict');
  if (record.decision !== null) throw new HubError('conflict');
  if (choice === 'replace') {
    const facts = JSON.parse(record.factsJson) as InstanceFacts;
    const { matchedCount } = await context.store.model(instanceRecord).updateOne(
      {
        _id: record.instanceId,
        sha256: record.storedSha256,
        patientId: record.patientId,
        studyInstanceUid: record.studyInstanceUid,
        seriesInstanceUid: record.seriesInstanceUid,
      },
      { $set: { ...fieldsOfInstance(facts), sha256: record.sha256, byteLength: record.byteLength } },
    );
    if (matchedCount === 0) throw new HubError('conflict');
  }
  const decision = { choice, reason, by: context.actor.name, at: context.clock.now().toISOString() };
  const after = await changeVersion(quarantineRecord, record, { decision }, context);
  const { patientId, studyInstanceUid } = record;
  await context.audit({
    action: choice === 'replace' ? 'imaging:replace-instance' : 'imaging:keep-first-instance',
    outcome: 'done',
    subject: { type: 'quarantined-instance', id: quarantineId, patientId },
    details: { stored: record.storedSha256, other: record.sha256, mismatch: (record.mismatchFields ?? []).join(' ') },
  });
  await context.notify(everybodyOf(record.audience), 'imaging:quarantine-decided', {
    quarantineId,
    patientId,
    studyInstanceUid,
  });
  return viewOfQuarantine(after);
}
