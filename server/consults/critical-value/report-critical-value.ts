import type { RequestPayload, RequestReply } from '../../../shared/contracts/registry.ts';
import { listEcgs } from '../../ecg/find-ecg.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { newId } from '../../platform/store/store.ts';
import { changeConsult } from '../change-consult.ts';
import { loadAnyConsult, requireOpen } from '../find-consult.ts';
import { criticalDueAt } from '../reading/find-reading.ts';
import { readReadingRules } from '../reading/set-reading-rules.ts';
import { tellReadingChanged } from '../reading/view-reading.ts';
import { recordStep } from './change-critical-value.ts';
import { criticalValueRecord, type CriticalValueFields } from './critical-value-record.ts';
import { tellCriticalValueChanged, viewCriticalValues } from './view-critical-value.ts';

/**
 * Opens the loop of a critical value: the clinic's windows are told, and told again until one of them reads it back;
 * meanwhile its consult cannot be closed, and a reading stands in the queue as critical. While the same words are open
 * those are answered. Throws consult-closed, or invalid for a rule that the computer found in no ECG of the patient.
 */
export async function reportCriticalValue(
  { consultId, finding, ruleId }: RequestPayload<'critical-value:report'>,
  context: ActionContext,
): Promise<RequestReply<'critical-value:report'>> {
  const consult = await loadAnyConsult(consultId, context);
  requireOpen(consult);
  const model = context.store.model(criticalValueRecord);
  const known = await model.findOne({ consultId, finding, state: { $in: ['open', 'received'] } }).lean();
  if (known !== null) return { value: (await viewCriticalValues([known], context))[0]!, existing: true };
  if (ruleId !== undefined) await requireFound(ruleId, consult.patientId, context);

  const { criticalValueRepeatMinutes, minutesByGrade } = await readReadingRules(consult.toOrganisationId, context);
  const foundAt = context.clock.now();
  const value: CriticalValueFields = {
    _id: newId(),
    consultId,
    consultKind: consult.kind,
    patientId: consult.patientId,
    fromOrganisationId: consult.fromOrganisationId,
    fromOrganisationName: consult.fromOrganisationName,
    toOrganisationId: consult.toOrganisationId,
    toOrganisationName: consult.toOrganisationName,
    finding,
    ruleId: ruleId ?? null,
    state: 'open',
    means: 'system',
    foundAt,
    reportedByAccountId: context.actor.accountId,
    reportedByName: context.actor.name,
    receivedByAccountId: null,
    receivedByName: null,
    receivedAt: null,
    readBack: null,
    repeats: 0,
    repeatMinutes: criticalValueRepeatMinutes,
    nextRepeatAt: new Date(foundAt.getTime() + criticalValueRepeatMinutes * 60_000),
    withdrawn: null,
    version: 0,
  };
  // The consult's own version settles who comes first, a critical value or the end of the consult.
  const openCriticalValues = (consult.openCriticalValues ?? 0) + 1;
  if (consult.kind === 'urgent') await changeConsult(consult, { openCriticalValues }, context);
  else {
    const dueAt = criticalDueAt(consult, minutesByGrade.critical, foundAt);
    const reading = { ...consult.reading, grade: 1 as const, dueAt };
    await tellReadingChanged(await changeConsult(consult, { openCriticalValues, reading }, context), context);
  }
  await model.create([value]);
  await recordStep(value, 'critical-value-reported', context);
  context.afterCommit(() => context.hub.dueTimes.wake());
  return { value: await tellCriticalValueChanged(value, context), existing: false };
}

async function requireFound(ruleId: string, patientId: string, context: ActionContext): Promise<void> {
  const ecgs = await listEcgs(patientId, context);
  const found = ecgs.some(({ preRead }) => preRead?.results.some((result) => result.ruleId === ruleId));
  if (!found) throw new HubError('invalid', { field: 'ruleId' });
}
