/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import { hang, nextToHang } from '../../../client/features/imaging/viewer/hanging.ts';
import {
  activatePane,
  changeLayout,
  nextLayout,
  panesOf,
  stateOfPane,
} from '../../../client/features/imaging/viewer/panes.ts';
import { framesOf, type ViewerSeries } from '../../../client/features/imaging/viewer/series-frames.ts';
import { openingState } from '../../../client/features/imaging/viewer/viewer-state.ts';
import { viewState } from '../../../shared/contracts/viewing.ts';
import type { DisplayFrame } from '../../../shared/dicom/pixels/display-frame.ts';

const seriesOf = (uid: string, modality: string, studyDate?: string, description = 'CHEST'): ViewerSeries => ({
  studyInstanceUid: `study-${uid.split('.')[0]}`,
  seriesInstanceUid: uid,
  modality,
  description,
  ...(studyDate === undefined ? {} : { studyDate }),
  instances: [{ sopInstanceUid: `${uid}.1` }, { sopInstanceUid: `${uid}.2` }],
});
const frameOf = (center: number) =>
  ({
    sopInstanceUid: 'any',
    frameNumber: 1,
    rows: 10,
    columns: 20,
    pixels: { kind: 'grey', autoWindow: { center, width: 100 } },
    description: { windows: [], voiLut: undefined },
  }) as unknown as DisplayFrame;
const [one, two, three] = ['1.1', '1.2', '1.3'].map((uid) => framesOf(seriesOf(uid, 'CT'))[0]!);
const single = openingState(one!, frameOf(40));

describe('panes of one view', () => {
  test('a larger layout takes what is not shown yet, and what there is again when nothing is left', () => {
    const four = changeLayout(single, '2x2', [one!, two!, three!]);
    expect(panesOf(four).map(({ seriesInstanceUid }) => seriesInstanceUid)).toEqual(['1.1', '1.2', '1.3', '1.1']);
    expect(viewState.parse(four)).toEqual(four);
    expect(panesOf(changeLayout(single, '1x2', [])).length).toBe(1);
  });

  test('the pane that becomes active gives the view its picture; the other keeps what was changed', () => {
    const pair = changeLayout({ ...single, windowWidth: 7, zoom: 3 }, '1x2', [two!]);
    const second = activatePane(pair, 1, frameOf(-600));
    expect(second).toMatchObject({ seriesInstanceUid: '1.2', windowCenter: -600, zoom: 1, activePane: 1 });
    expect(panesOf(second)[0]).toMatchObject({ seriesInstanceUid: '1.1', view: { windowWidth: 7, zoom: 3 } });
    expect(activatePane(second, 0, undefined)).toMatchObject({ seriesInstanceUid: '1.1', windowWidth: 7, zoom: 3 });
    expect(panesOf(activatePane(second, 0, undefined))[1]).toMatchObject({ view: { windowCenter: -600 } });
  });

  test('a pane whose image is not there yet cannot be acted upon, and shows nothing', () => {
    const pair = changeLayout(single, '1x2', [two!]);
    expect(activatePane(pair, 1, undefined)).toBe(pair);
    expect(stateOfPane(pair, 1, undefined)).toBe(null);
    expect(stateOfPane(pair, 5, frameOf(0))).toBe(null);
  });

  test('a smaller layout keeps the active pane', () => {
    const four = changeLayout(single, '2x2', [two!, three!]);
    const last = activatePane(four, 2, frameOf(0));
    expect(panesOf(changeLayout(last, '1x1', [])).map((pane) => pane.seriesInstanceUid)).toEqual(['1.3']);
    expect([nextLayout('1x1'), nextLayout('1x2'), nextLayout('2x2')]).toEqual(['1x2', '2x2', '1x1']);
  });

  test('a view that says it has more panes than it brings shows those it has', () => {
    const odd = viewState.parse({ ...single, layout: '2x2', activePane: 3 });
    if (odd.kind !== 'imaging') throw new Error('no image');
    expect(panesOf(odd)).toHaveLength(1);
    expect(stateOfPane(odd, 0, undefined)).toBe(odd);
  });
});

describe('hanging', () => {
  const prior = seriesOf('2.1', 'CT', '2025-01-05');
  const older = seriesOf('3.1', 'CT', '2019-01-05');
  const now = seriesOf('4.1', 'CT', '2026-03-01');
  const nowBone = seriesOf('4.2', 'CT', '2026-03-01', 'BONE');

  test('a CT stands beside the newest earlier one, where there is room', () => {
    expect(hang([older, prior, now, nowBone], true)).toEqual({ layout: '1x2', series: [now, prior] });
    expect(hang([older, prior, now], false)).toEqual({ layout: '1x1', series: [now] });
    expect(hang([now, nowBone], true)).toEqual({ layout: '1x1', series: [now] });
    // The study that a report is asked for comes before newer ones.
    expect(hang([older, prior, now], true, prior.studyInstanceUid).series[0]).toBe(prior);
  });

  test('a radiograph stands alone, with or without an earlier one', () => {
    const radiographs = [seriesOf('5.1', 'DX', '2020-01-01'), seriesOf('6.1', 'DX', '2026-03-02')];
    expect(hang(radiographs, true)).toEqual({ layout: '1x1', series: [radiographs[1]] });
    expect(hang([], true)).toEqual({ layout: '1x1', series: [] });
  });

  test('further panes take the prior, then the same study, then the rest', () => {
    expect(nextToHang(now, [older, prior, now, nowBone])).toEqual([prior, nowBone, older, now]);
  });

  test('without dates nothing is taken for earlier', () => {
    const [first, second] = [seriesOf('7.1', 'CT'), seriesOf('8.1', 'CT')];
    expect(hang([first, second], true)).toEqual({ layout: '1x1', series: [first] });
  });
});
