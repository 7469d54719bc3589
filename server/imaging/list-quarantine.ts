import type { QuarantineView } from '../../shared/contracts/imaging.ts';
import { decide } from '../permissions/policy.ts';
import type { ActionContext, Subject } from '../platform/context.ts';
import { quarantineRecord, type QuarantineFields } from './quarantine-record.ts';

const MOST = 200;

export const viewOfQuarantine = (record: Omit<QuarantineFields, 'factsJson'>): QuarantineView => ({
  id: record._id,
  patientId: record.patientId,
  studyInstanceUid: record.studyInstanceUid,
  seriesInstanceUid: record.seriesInstanceUid,
  sopInstanceUid: record.sopInstanceUid,
  byteLength: record.byteLength,
  mismatch: record.mismatchFields ?? [],
  receivedAt: record.receivedAt.toISOString(),
  sentBy: record.sentByName,
  sentByOrganisation: record.sentByOrganisation,
  timesSent: record.timesSent,
  decision: record.decision,
  version: record.version,
});

/** What permissions on an instance in quarantine are decided on. */
export async function quarantineSubject(
  quarantineId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const found = await store.model(quarantineRecord).findById(quarantineId, { audience: 1, patientId: 1 }).lean();
  return found === null
    ? null
    : { type: 'quarantined-instance', id: found._id, audience: found.audience, patientId: found.patientId };
}

/** Newest first, those only that the actor may decide about. `decided`: also what has been decided already. */
export async function listQuarantine(
  { decided = false }: { decided?: boolean | undefined },
  context: ActionContext,
): Promise<QuarantineView[]> {
  const { organisationId } = context.actor;
  const found = await context.store
    .model(quarantineRecord)
    .find(
      {
        $or: [{ 'audience.organisationIds': organisationId }, { 'audience.consults.organisationIds': organisationId }],
        ...(!decided && { decision: null }),
      },
      { factsJson: 0 },
    )
    .sort({ receivedAt: -1 })
    .limit(MOST)
    .lean();
  return found
    .filter(({ audience }) => decide(context.actor, 'quarantine:decide', audience) === 'allow')
    .map(viewOfQuarantine);
}
