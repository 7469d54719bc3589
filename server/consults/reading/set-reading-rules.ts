import type { ReadingRulesView } from '../../../shared/contracts/readings.ts';
import { examinationKinds } from '../../../shared/rules/imaging-clock.ts';
import { gradeNames } from '../../../shared/rules/reading-queue.ts';
import type { RequestPayload } from '../../../shared/contracts/registry.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { defaultReadingRules } from './default-reading-rules.ts';
import { readingRulesRecord } from './reading-rules-record.ts';

/** A hospital's rules, or what it starts from (version 0). */
export async function readReadingRules(
  organisationId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<ReadingRulesView> {
  const found = await store.model(readingRulesRecord).findById(organisationId).lean();
  if (found === null) return { ...defaultReadingRules, setByName: null, setAt: null, version: 0 };
  const { minutesByGrade, leaseMinutes, edition, setByName, setAt, version } = found;
  const { imagingMinutes = defaultReadingRules.imagingMinutes } = found;
  const { criticalValueRepeatMinutes = defaultReadingRules.criticalValueRepeatMinutes } = found;
  return {
    minutesByGrade,
    imagingMinutes,
    leaseMinutes,
    criticalValueRepeatMinutes,
    edition,
    setByName,
    setAt: setAt.toISOString(),
    version,
  };
}

/**
 * Sets the rules of the actor's hospital; readings that are open keep the times that they were given. Throws
 * version-conflict, or forbidden for the times of what the actor does not review.
 */
export async function setReadingRules(
  { version, criticalValueRepeatMinutes, imagingMinutes, ...rules }: RequestPayload<'reading:set-rules'>,
  context: ActionContext,
): Promise<ReadingRulesView> {
  const { organisationId: _id, name: setByName } = context.actor;
  const before = await readReadingRules(_id, context);
  if (before.version !== version) throw new HubError('version-conflict');
  const repeatMinutes = criticalValueRepeatMinutes ?? before.criticalValueRepeatMinutes;
  const times = imagingMinutes ?? before.imagingMinutes;
  // Each field's reviewers set its own times.
  const { roles } = context.actor;
  const changesEcg = gradeNames.some((name) => rules.minutesByGrade[name] !== before.minutesByGrade[name]);
  const changesImaging = examinationKinds.some((kind) =>
    (['urgent', 'routine'] as const).some((when) => times[kind][when] !== before.imagingMinutes[kind][when]),
  );
  if ((changesEcg && !roles.includes('ecg-reviewer')) || (changesImaging && !roles.includes('imaging-reviewer')))
    throw new HubError('forbidden');
  const made = {
    ...rules,
    imagingMinutes: times,
    criticalValueRepeatMinutes: repeatMinutes,
    setByName,
    setAt: context.clock.now(),
    version: version + 1,
  };
  const model = context.store.model(readingRulesRecord);
  if (version === 0) await model.create([{ _id, ...made }]);
  else {
    const changed = await model.updateOne({ _id, version }, { $set: made });
    if (changed.modifiedCount === 0) throw new HubError('version-conflict');
  }
  await context.audit({
    action: 'reading:change-rules',
    outcome: 'done',
    subject: { type: 'organisation', id: _id },
    details: {
      ...rules.minutesByGrade,
      ...Object.fromEntries(
        examinationKinds.flatMap((kind) => [
          [`${kind} urgent`, times[kind].urgent],
          [`${kind} routine`, times[kind].routine],
        ]),
      ),
      leaseMinutes: rules.leaseMinutes,
      criticalValueRepeatMinutes: repeatMinutes,
      version: made.version,
    },
  });
  return readReadingRules(_id, context);
}
