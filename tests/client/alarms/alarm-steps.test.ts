import { expect, test } from '@jest/globals';
import { alarmConcern, alarmSteps } from '../../../client/features/alarms/alarm-steps.ts';
import { alarm, receipt } from './alarm-example.ts';

const atSecond = (seconds: number) => Date.parse(alarm().raisedAt) + seconds * 1000;

test('each step names who and after how long, the first one first', () => {
  const steps = alarmSteps(
    alarm({
      state: 'accepted',
      receipts: [receipt('李四', 3, 9), receipt('赵五', 1, null)],
      acceptedByName: '李四',
      acceptedAt: '2026-11-22T02:00:12.000Z',
      enteredRoomAt: null,
    }),
  );
  expect(steps).toEqual([
    {
      key: 'delivered',
      by: [
        { name: '赵五', afterMs: 1000 },
        { name: '李四', afterMs: 3000 },
      ],
    },
    { key: 'seen', by: [{ name: '李四', afterMs: 9000 }] },
    { key: 'accepted', by: [{ name: '李四', afterMs: 12_000 }] },
    { key: 'in-room', by: [] },
  ]);
});

test('nobody on duty is the gravest concern and is told at once', () => {
  expect(alarmConcern(alarm({ nobodyOnDuty: true }), atSecond(0), 0)).toBe('nobody-on-duty');
});

test('an alarm that reaches no window is a concern after eight seconds', () => {
  expect(alarmConcern(alarm(), atSecond(7), 1)).toBeNull();
  expect(alarmConcern(alarm(), atSecond(9), 1)).toBe('not-delivered');
});

test('windows that cannot sound are a concern: as the desk says now, or as the receipts said where it says nothing', () => {
  const silent = alarm({ receipts: [receipt('李四', 1, null, false)] });
  expect(alarmConcern(silent, atSecond(2), null)).toBe('no-sound');
  expect(alarmConcern(silent, atSecond(2), 1)).toBeNull();
  expect(alarmConcern(alarm({ receipts: [receipt('李四', 1, null)] }), atSecond(2), 0)).toBe('no-sound');
  expect(alarmConcern(alarm({ receipts: [receipt('李四', 1, null)] }), atSecond(2), 1)).toBeNull();
});

test('an alarm that nobody accepts for a minute is a matter for the telephone', () => {
  const delivered = alarm({ receipts: [receipt('李四', 1, 2)] });
  expect(alarmConcern(delivered, atSecond(59), 1)).toBeNull();
  expect(alarmConcern(delivered, atSecond(61), 1)).toBe('not-accepted');
});

test('an alarm that is over worries nobody', () => {
  expect(alarmConcern(alarm({ state: 'accepted', nobodyOnDuty: true }), atSecond(600), 0)).toBeNull();
});
