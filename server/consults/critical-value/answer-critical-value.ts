import type { CriticalValueView } from '../../../shared/contracts/critical-values.ts';
import type { RequestPayload } from '../../../shared/contracts/registry.ts';
import { isOpenCriticalValue } from '../../../shared/rules/critical-value.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { changeCriticalValue, recordStep, releaseConsult } from './change-critical-value.ts';
import type { CriticalValueFields } from './critical-value-record.ts';
import { loadCriticalValue } from './find-critical-value.ts';
import { viewCriticalValues } from './view-critical-value.ts';

type Which = Pick<RequestPayload<'critical-value:receive'>, 'criticalValueId'>;

/**
 * The clinic has it; it is still repeated until it is read back. Throws critical-value-received with who was quicker,
 * or conflict once it is read back or withdrawn.
 */
export async function receiveCriticalValue(
  { criticalValueId }: Which,
  context: ActionContext,
): Promise<CriticalValueView> {
  const before = await loadOpen(criticalValueId, context);
  if (before.receivedByAccountId === context.actor.accountId) return (await viewCriticalValues([before], context))[0]!;
  if (before.state === 'received') throw new HubError('critical-value-received', { name: before.receivedByName ?? '' });
  const after = await changeCriticalValue(
    before,
    { state: 'received', ...receivedBy(context, context.clock.now()) },
    context,
  );
  await recordStep(before, 'critical-value-received', context);
  return after;
}

/**
 * Closes the loop: the clinic says the finding back, in its own words or by one press. Whoever reads back has received
 * it, where nobody has said so before. Throws conflict once it is read back or withdrawn.
 */
export async function readBackCriticalValue(
  { criticalValueId, text }: RequestPayload<'critical-value:read-back'>,
  context: ActionContext,
): Promise<CriticalValueView> {
  const before = await loadOpen(criticalValueId, context);
  const { name } = context.actor;
  // One moment for both, where both happen at once.
  const at = context.clock.now();
  if (before.state === 'open') await recordStep(before, 'critical-value-received', context);
  return close(
    before,
    {
      ...(before.state === 'open' && receivedBy(context, at)),
      readBack: {
        text: text ?? before.finding,
        way: text === undefined ? 'one-press' : 'typed',
        byName: name,
        recordedByName: name,
        at,
      },
    },
    context,
  );
}

/** The same by telephone, written down by the reporter's side. Throws conflict once it is read back or withdrawn. */
export async function recordByTelephone(
  { criticalValueId, receiverName, readBackText }: RequestPayload<'critical-value:record-by-telephone'>,
  context: ActionContext,
): Promise<CriticalValueView> {
  const before = await loadOpen(criticalValueId, context);
  const at = context.clock.now();
  if (before.state === 'open') await recordStep(before, 'critical-value-received', context, receiverName);
  return close(
    before,
    {
      means: 'telephone',
      ...(before.state === 'open' && { receivedByName: receiverName, receivedAt: at }),
      readBack: {
        text: readBackText,
        way: 'telephone',
        byName: receiverName,
        recordedByName: context.actor.name,
        at,
      },
    },
    context,
  );
}

/** Told by mistake. Throws conflict once it is read back or withdrawn. */
export async function withdrawCriticalValue(
  { criticalValueId, reason }: RequestPayload<'critical-value:withdraw'>,
  context: ActionContext,
): Promise<CriticalValueView> {
  const before = await loadOpen(criticalValueId, context);
  const withdrawn = { byName: context.actor.name, at: context.clock.now(), reason };
  const after = await changeCriticalValue(before, { state: 'withdrawn', withdrawn, nextRepeatAt: null }, context);
  await recordStep(before, 'critical-value-withdrawn', context);
  await releaseConsult(before.consultId, context);
  return after;
}

async function loadOpen(criticalValueId: string, context: ActionContext): Promise<CriticalValueFields> {
  const found = await loadCriticalValue(criticalValueId, context);
  if (!isOpenCriticalValue(found)) throw new HubError('conflict', { state: found.state });
  return found;
}

const receivedBy = ({ actor }: ActionContext, at: Date) => ({
  receivedByAccountId: actor.accountId,
  receivedByName: actor.name,
  receivedAt: at,
});

async function close(
  before: CriticalValueFields,
  change: Partial<CriticalValueFields> & Pick<CriticalValueFields, 'readBack'>,
  context: ActionContext,
): Promise<CriticalValueView> {
  const after = await changeCriticalValue(before, { ...change, state: 'read-back', nextRepeatAt: null }, context);
  await recordStep(before, 'critical-value-read-back', context, change.readBack?.byName);
  await releaseConsult(before.consultId, context);
  return after;
}
