import { expect, test } from '@jest/globals';
import {
  endedMeanwhile,
  nextQueue,
  ringingAlarms,
  soundsAloud,
  unreadEnds,
  type AlarmEvent,
  type AlarmQueue,
} from '../../../client/features/alarms/alarm-queue.ts';
import { alarm, receipt } from './alarm-example.ts';

const after = (...events: AlarmEvent[]): AlarmQueue => events.reduce(nextQueue, new Map() as AlarmQueue);
const told = (part: Parameters<typeof alarm>[0] = {}): AlarmEvent => ({ type: 'told', alarm: alarm(part) });

test('an alarm that is told twice is shown once', () => {
  expect(ringingAlarms(after(told(), told(), told()))).toHaveLength(1);
});

test('the longest waiting alarm stands in front', () => {
  const queue = after(
    told({ id: 'b', raisedAt: '2026-11-22T02:00:05Z' }),
    told({ id: 'a', raisedAt: '2026-11-22T02:00:01Z' }),
  );
  expect(ringingAlarms(queue).map(({ alarm: { id } }) => id)).toEqual(['a', 'b']);
});

test('silencing stops the sound of this window and leaves the alarm in sight', () => {
  const queue = after(told({ id: 'a' }), { type: 'silenced', alarmId: 'a' });
  expect(soundsAloud(queue)).toBe(false);
  expect(ringingAlarms(queue)).toHaveLength(1);
  expect(soundsAloud(nextQueue(queue, told({ id: 'b' })))).toBe(true);
});

test('an accepted alarm stops ringing and tells its end until that is read', () => {
  const queue = after(told({ id: 'a' }), told({ id: 'a', state: 'accepted', acceptedByName: '李四' }));
  expect(ringingAlarms(queue)).toEqual([]);
  expect(unreadEnds(queue).map(({ acceptedByName }) => acceptedByName)).toEqual(['李四']);
  expect(unreadEnds(nextQueue(queue, { type: 'dismissed', alarmId: 'a' }))).toEqual([]);
});

test('a late telling of an alarm that is over does not ring again', () => {
  const queue = after(told({ id: 'a' }), told({ id: 'a', state: 'withdrawn' }), told({ id: 'a' }));
  expect(ringingAlarms(queue)).toEqual([]);
});

test('an alarm that was over before this window knew it says nothing', () => {
  const queue = after(told({ id: 'a', state: 'accepted' }), told({ id: 'a' }));
  expect(ringingAlarms(queue)).toEqual([]);
  expect(unreadEnds(queue)).toEqual([]);
});

test('receipts only grow: an older telling takes none back', () => {
  const queue = after(told({ id: 'a', receipts: [receipt('李四', 1, 2)] }), told({ id: 'a' }));
  expect(ringingAlarms(queue)[0]?.alarm.receipts).toHaveLength(1);
});

test('after a cut the alarms that the hub no longer lists are known to have ended', () => {
  const queue = after(told({ id: 'a' }), told({ id: 'b' }));
  expect(endedMeanwhile(queue, [alarm({ id: 'b' })]).map(({ id }) => id)).toEqual(['a']);
});
