import type { AlarmView } from '../../../shared/contracts/alarms.ts';

export interface AlarmStep {
  key: 'delivered' | 'seen' | 'accepted' | 'in-room';
  /** Who did it, each with the milliseconds since the alarm was raised; earliest first. Empty: not yet. */
  by: { name: string; afterMs: number }[];
}

/** The alarm's way to help, as the clinic follows it. */
export function alarmSteps(alarm: AlarmView): AlarmStep[] {
  const after = (iso: string) => Math.max(0, Date.parse(iso) - Date.parse(alarm.raisedAt));
  const earliestFirst = (by: AlarmStep['by']) => by.sort((a, b) => a.afterMs - b.afterMs);
  const acceptedBy = alarm.acceptedByName ?? '';
  return [
    {
      key: 'delivered',
      by: earliestFirst(alarm.receipts.map(({ name, deliveredAt }) => ({ name, afterMs: after(deliveredAt) }))),
    },
    {
      key: 'seen',
      by: earliestFirst(
        alarm.receipts.flatMap(({ name, seenAt }) => (seenAt === null ? [] : [{ name, afterMs: after(seenAt) }])),
      ),
    },
    { key: 'accepted', by: alarm.acceptedAt === null ? [] : [{ name: acceptedBy, afterMs: after(alarm.acceptedAt) }] },
    {
      key: 'in-room',
      by: alarm.enteredRoomAt === null ? [] : [{ name: acceptedBy, afterMs: after(alarm.enteredRoomAt) }],
    },
  ];
}

export type AlarmConcern = 'nobody-on-duty' | 'not-delivered' | 'no-sound' | 'not-accepted';

/** An alarm that reached no window for so long, or that nobody has accepted for so long, is a matter for the telephone. */
export const undeliveredConcernMs = 8_000;
export const unacceptedConcernMs = 60_000;

/**
 * What stands in the way of help, the gravest first; null when all is well or the alarm is over. `soundingWindows` is
 * what the desk says of itself, null when it is not known.
 */
export function alarmConcern(alarm: AlarmView, nowMs: number, soundingWindows: number | null): AlarmConcern | null {
  if (alarm.state !== 'ringing') return null;
  if (alarm.nobodyOnDuty) return 'nobody-on-duty';
  const age = nowMs - Date.parse(alarm.raisedAt);
  if (alarm.receipts.length === 0) return age > undeliveredConcernMs ? 'not-delivered' : null;
  // The desk knows its windows at this moment; a receipt only knows how it was.
  const silent = soundingWindows === null ? alarm.receipts.every(({ canSound }) => !canSound) : soundingWindows === 0;
  if (silent) return 'no-sound';
  return age > unacceptedConcernMs ? 'not-accepted' : null;
}
