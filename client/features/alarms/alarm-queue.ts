import type { AlarmView } from '../../../shared/contracts/alarms.ts';

/** One alarm as this window knows it. */
export interface QueuedAlarm {
  alarm: AlarmView;
  /** Only this window's sound is off for it. */
  silenced: boolean;
  /** Its end was read, or it ended before it rang here. */
  dismissed: boolean;
}

export type AlarmQueue = ReadonlyMap<string, QueuedAlarm>;

export type AlarmEvent =
  { type: 'told'; alarm: AlarmView } | { type: 'silenced'; alarmId: string } | { type: 'dismissed'; alarmId: string };

/**
 * What the desk's window holds after an event. Notices come at least once, in any order and mixed with answers:
 * each alarm is one entry, and one that is over never rings again.
 */
export function nextQueue(queue: AlarmQueue, event: AlarmEvent): AlarmQueue {
  if (event.type === 'told') {
    const { alarm } = event;
    const known = queue.get(alarm.id);
    if (known && known.alarm.state !== 'ringing' && alarm.state === 'ringing') return queue;
    const entry: QueuedAlarm = known
      ? { ...known, alarm: newer(known.alarm, alarm) }
      : { alarm, silenced: false, dismissed: alarm.state !== 'ringing' };
    return new Map(queue).set(alarm.id, entry);
  }
  const known = queue.get(event.alarmId);
  if (!known) return queue;
  const changed = event.type === 'silenced' ? { ...known, silenced: true } : { ...known, dismissed: true };
  return new Map(queue).set(event.alarmId, changed);
}

/** A ringing alarm only gains receipts; a telling with fewer of them is the older one. */
function newer(known: AlarmView, told: AlarmView): AlarmView {
  return told.state === 'ringing' && confirmations(told) < confirmations(known) ? known : told;
}

const confirmations = ({ receipts }: AlarmView) =>
  receipts.reduce((sum, { seenAt }) => sum + (seenAt === null ? 1 : 2), 0);

/** The longest waiting first. */
export function ringingAlarms(queue: AlarmQueue): QueuedAlarm[] {
  return [...queue.values()]
    .filter(({ alarm }) => alarm.state === 'ringing')
    .sort((a, b) => a.alarm.raisedAt.localeCompare(b.alarm.raisedAt));
}

/** Those that rang here, are over, and whose end this person has not read yet. */
export function unreadEnds(queue: AlarmQueue): AlarmView[] {
  return [...queue.values()]
    .filter(({ alarm, dismissed }) => alarm.state !== 'ringing' && !dismissed)
    .map(({ alarm }) => alarm);
}

export function soundsAloud(queue: AlarmQueue): boolean {
  return ringingAlarms(queue).some(({ silenced }) => !silenced);
}

/** After a cut: those that ring here but are no longer on the hub's list have ended meanwhile. */
export function endedMeanwhile(queue: AlarmQueue, listed: readonly AlarmView[]): AlarmView[] {
  const still = new Set(listed.map(({ id }) => id));
  return ringingAlarms(queue)
    .map(({ alarm }) => alarm)
    .filter(({ id }) => !still.has(id));
}
