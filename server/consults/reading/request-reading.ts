import type { ReadingView } from '../../../shared/contracts/readings.ts';
import type { RequestPayload } from '../../../shared/contracts/registry.ts';
import { findServingDesk } from '../../organisations/find-organisations.ts';
import type { Audience } from '../../permissions/policy.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { newId } from '../../platform/store/store.ts';
import { audienceEntry, sharePatient } from '../change-consult.ts';
import { consultRecord, type ReadingConsult } from '../consult-record.ts';
import { openCaseRecord } from '../open-case-record.ts';
import { findReadingTarget } from './find-reading-target.ts';
import { loadReading } from './find-reading.ts';
import { openReadingKey } from './open-reading-key.ts';
import { readReadingRules } from './set-reading-rules.ts';
import { tellReadingChanged, viewReading } from './view-reading.ts';

/**
 * Asks the lead hospital that serves the clinic to read one ECG or one study: no room and no alarm, a place in its
 * queue. While a reading of the same is open, that one is answered, also in the same moment. Throws no-agreement.
 */
export async function requestReading(
  command: RequestPayload<'reading:request'>,
  context: ActionContext,
): Promise<{ reading: ReadingView; existing: boolean }> {
  const { kind, service, reason, patientId, target, grade, minutes } = await findReadingTarget(command, context);
  const key = openReadingKey(target, patientId);
  const held = await context.store.model(openCaseRecord).findById(key).lean();
  if (held !== null) {
    return { reading: await viewReading(await loadReading(held.consultId, context), context), existing: true };
  }
  const { accountId, name, organisationId, organisationName } = context.actor;
  const lead = await findServingDesk(organisationId, service, context);
  if (lead === null) throw new HubError('no-agreement');
  const rules = await readReadingRules(lead.organisationId, context);
  const openedAt = context.clock.now();
  const consult: Omit<ReadingConsult, 'audience'> = {
    _id: newId(),
    ...{ kind, reason, patientId },
    alarmId: null,
    referralId: null,
    reading: {
      ...target,
      grade,
      urgent: command.urgent ?? false,
      note: command.note || null,
      stage: 'unread',
      dueAt: new Date(openedAt.getTime() + minutes(rules) * 60_000),
      claim: null,
      reportId: null,
      reporterAccountId: null,
      reporterName: null,
      reviewerName: null,
      escalatedConsultId: null,
      withdrawnReason: null,
    },
    state: 'waiting',
    open: true,
    fromOrganisationId: organisationId,
    fromOrganisationName: organisationName,
    toOrganisationId: lead.organisationId,
    toOrganisationName: lead.name,
    openedAt,
    openedByAccountId: accountId,
    openedByName: name,
    participants: [
      { accountId, name, organisationId, organisationName, side: 'clinic', invitedByName: null, joinedAt: null },
    ],
    acceptedByName: null,
    outcome: null,
    outcomeNote: null,
    closedAt: null,
    closedByName: null,
    version: 0,
  };
  const audience: Audience = { organisationIds: [organisationId], consults: [audienceEntry(consult)] };
  const made = { ...consult, audience };
  // The key first: of two requests at once the second one finds the first's.
  await context.store.model(openCaseRecord).create([{ _id: key, consultId: made._id }]);
  await context.store.model(consultRecord).create([made]);
  await sharePatient(patientId, audience.consults[0]!, context);
  return { reading: await tellReadingChanged(made, context), existing: false };
}
