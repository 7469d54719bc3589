import type { ActionContext } from '../platform/context.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { changeAlarm, loadAlarm } from './change-alarm.ts';
import type { AlarmReceipt } from './alarm-record.ts';

/**
 * A window of the actor has the alarm. The first time counts; a further window can only add that the person does
 * hear it.
 */
export async function confirmDelivery(
  command: { alarmId: string; canSound: boolean },
  context: ActionContext,
): Promise<void> {
  await confirm(command.alarmId, context, (known, now) => {
    if (known === null) return { ...newReceipt(context, now), canSound: command.canSound };
    return command.canSound && !known.canSound ? { ...known, canSound: true } : known;
  });
}

/** The actor has looked at the alarm. The first time counts. */
export async function confirmSeen(command: { alarmId: string }, context: ActionContext): Promise<void> {
  await confirm(command.alarmId, context, (known, now) => {
    if (known?.seenAt != null) return known;
    return { ...(known ?? newReceipt(context, now)), seenAt: now };
  });
}

const newReceipt = ({ actor }: ActionContext, now: Date): AlarmReceipt => ({
  accountId: actor.accountId,
  name: actor.name,
  deliveredAt: now,
  seenAt: null,
  canSound: false,
});

async function confirm(
  alarmId: string,
  context: ActionContext,
  next: (known: AlarmReceipt | null, now: Date) => AlarmReceipt,
): Promise<void> {
  const alarm = await loadAlarm(alarmId, context);
  const known = alarm.receipts.find((receipt) => receipt.accountId === context.actor.accountId) ?? null;
  const made = next(known, context.clock.now());
  if (made === known) return;
  const receipts =
    known === null
      ? [...alarm.receipts, made]
      : alarm.receipts.map((receipt) => (receipt.accountId === made.accountId ? made : receipt));
  await changeAlarm(alarm, { receipts }, context);
  const node = { consultId: alarm.consultId, once: true } as const;
  if (known === null) await recordTimelineNode({ ...node, kind: 'alarm-delivered' }, context);
  if (made.seenAt !== null) await recordTimelineNode({ ...node, kind: 'alarm-seen' }, context);
}
