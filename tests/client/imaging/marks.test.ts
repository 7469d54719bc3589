/** @jest-environment node */
import { beforeEach, afterEach, describe, expect, jest, test } from '@jest/globals';
import { MarkKeeper } from '../../../client/features/imaging/marks/mark-keeper.ts';
import {
  againWithKept,
  changesBetween,
  withKept,
  withoutKept,
} from '../../../client/features/imaging/viewer/use-marks-in-view.ts';
import { adopt, NO_HISTORY, remember, undo } from '../../../client/features/imaging/viewer/measurement-history.ts';
import type { Measurement } from '../../../client/features/imaging/viewer/measurement.ts';
import { Refusal } from '../../../client/connection/refusal.ts';
import { markIdOf, type ImageMark, type ImageMarkView } from '../../../shared/contracts/image-marks.ts';

const line = (id: string, column = 5): Measurement => ({
  id,
  type: 'length',
  sopInstanceUid: '1.2',
  frameNumber: 1,
  points: [0, 0, column, 0],
});
const markOf = (id: string, column?: number): ImageMark => ({ kind: 'measurement', measurement: line(id, column) });
const viewOf = (mark: ImageMark, version: number, retired = false): ImageMarkView => ({
  markId: markIdOf(mark),
  patientId: 'a'.repeat(24),
  studyInstanceUid: '1',
  mark,
  retired,
  byAccountId: 'b'.repeat(24),
  byName: '影',
  changedAt: '2026-11-22T00:00:00.000Z',
  version,
});

describe('what is kept comes into the view', () => {
  const none = () => false;
  test('new and changed ones of others are taken over, retired ones go, own newer ones stay', () => {
    const view = [line('own'), line('moved'), line('gone')];
    const kept = [line('own', 9), line('moved', 7), line('new')];
    const merged = withKept(view, kept, new Set(['own', 'moved', 'gone']), (id) => id === 'own');
    expect(merged).toEqual([line('own'), line('moved', 7), line('new')]);
  });

  test('what is drawn here and not kept yet stays, and nothing new leaves the view as it is', () => {
    const view = [line('a'), line('fresh')];
    expect(withKept(view, [line('a')], new Set(['a']), none)).toBe(view);
  });

  test('a full view takes no more', () => {
    const view = Array.from({ length: 100 }, (_, index) => line(`m${index}`));
    expect(withKept(view, [...view, line('more')], new Set(), none)).toBe(view);
  });
});

describe('what is sent of a view that others follow', () => {
  test('is what the hub does not have so; the follower puts it together again', () => {
    const kept = [line('kept'), line('moved')];
    const view = [line('kept'), line('moved', 9), line('fresh')];
    const sent = withoutKept(view, kept);
    expect(sent).toEqual([line('moved', 9), line('fresh')]);
    expect(againWithKept(sent, kept)).toEqual(view);
  });
});

describe('undo', () => {
  test('goes back on one’s own steps alone: what others drew meanwhile stays, what they took away stays away', () => {
    const [theirs, mine] = [line('theirs'), line('mine')];
    const history = remember(NO_HISTORY, [theirs], [theirs, mine], 0);
    const before = [theirs, mine];
    const after = [mine, line('new')];
    const undone = undo(adopt(history, before, after), after)!;
    expect(undone.measurements).toEqual([line('new')]);
  });
});

describe('what changes in the view', () => {
  test('is told apart: drawn or moved, and taken away', () => {
    const [a, b] = [line('a'), line('b')];
    expect(changesBetween([a, b], [a, line('c'), line('b', 8)])).toEqual({
      drawn: [line('c'), line('b', 8)],
      gone: [],
    });
    expect(changesBetween([a, b], [b])).toEqual({ drawn: [], gone: ['a'] });
    expect(changesBetween([a], [{ ...a }])).toEqual({ drawn: [], gone: [] });
  });

  test('the oldest that a full view lets go of is not taken away', () => {
    const full = Array.from({ length: 100 }, (_, index) => line(`m${index}`));
    expect(changesBetween(full, [...full.slice(1), line('new')])).toEqual({ drawn: [line('new')], gone: [] });
  });
});

describe('the way to the hub', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function keeperOn(answer: (mark: ImageMark | string, version: number) => Promise<ImageMarkView>) {
    const sent: [string, string, number][] = [];
    const refused: string[] = [];
    const keeper = new MarkKeeper({
      write: (mark, version) => {
        sent.push(['write', JSON.stringify(mark.kind === 'measurement' ? mark.measurement.points[2] : null), version]);
        return answer(mark, version);
      },
      retire: (markId, version) => {
        sent.push(['retire', markId, version]);
        return answer(markId, version);
      },
      refused: ({ code }) => refused.push(code),
    });
    return { keeper, sent, refused };
  }
  const accept = (mark: ImageMark | string, version: number) =>
    Promise.resolve(
      typeof mark === 'string' ? viewOf(markOf(mark), version + 1, true) : viewOf(mark, version + 1, false),
    );

  test('a point that is dragged about is kept where it comes to rest', async () => {
    const { keeper, sent } = keeperOn(accept);
    for (const column of [1, 2, 3]) keeper.keep(markOf('a', column));
    expect(keeper.isUnsaved('a')).toBe(true);
    await jest.runAllTimersAsync();
    expect(sent).toEqual([['write', '3', 0]]);
    expect(keeper.isUnsaved('a')).toBe(false);
  });

  test('what is taken away is retired, what comes back by undo is written on the version that stands', async () => {
    const { keeper, sent } = keeperOn(accept);
    keeper.keep(markOf('a'));
    await jest.runAllTimersAsync();
    keeper.takeAway('a');
    await jest.runAllTimersAsync();
    keeper.keep(markOf('a'));
    await jest.runAllTimersAsync();
    expect(sent).toEqual([
      ['write', '5', 0],
      ['retire', 'a', 1],
      ['write', '5', 2],
    ]);
  });

  test('what was drawn and taken away at once never leaves, and what the hub has is not sent back to it', async () => {
    const { keeper, sent } = keeperOn(accept);
    keeper.keep(markOf('a'));
    keeper.takeAway('a');
    keeper.learn([viewOf(markOf('b', 7), 4)]);
    keeper.keep(markOf('b', 7));
    await jest.runAllTimersAsync();
    expect(sent).toEqual([]);
    keeper.learn([]);
    keeper.takeAway('b');
    await jest.runAllTimersAsync();
    expect(sent).toEqual([]);
  });

  test('a change while another is under way follows it', async () => {
    let answerFirst = (_view: ImageMarkView): void => undefined;
    const { keeper, sent } = keeperOn((mark, version) =>
      version === 0 ? new Promise((resolve) => (answerFirst = resolve)) : accept(mark, version),
    );
    keeper.keep(markOf('a', 1));
    keeper.flush();
    keeper.keep(markOf('a', 2));
    await jest.runAllTimersAsync();
    expect(sent).toEqual([['write', '1', 0]]);
    answerFirst(viewOf(markOf('a', 1), 1));
    await jest.runAllTimersAsync();
    expect(sent).toEqual([
      ['write', '1', 0],
      ['write', '2', 1],
    ]);
  });

  test('whoever loses against another change gives up theirs', async () => {
    const { keeper, refused } = keeperOn(() => Promise.reject(new Refusal('version-conflict', '')));
    keeper.keep(markOf('a'));
    await jest.runAllTimersAsync();
    expect(refused).toEqual(['version-conflict']);
    expect(keeper.isUnsaved('a')).toBe(false);
  });
});
