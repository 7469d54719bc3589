/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import { askAgain, retryLost } from '../../../client/features/imaging/viewer/reformat/ask-again.ts';
import type { FrameState } from '../../../client/features/imaging/viewer/frame-store.ts';
import {
  cutVolume,
  coarser,
  enlarged,
  type Voxels,
} from '../../../client/features/imaging/viewer/reformat/cut-volume.ts';
import { planeGrids } from '../../../client/features/imaging/viewer/reformat/plane-geometry.ts';
import {
  beginReformat,
  framesOfPlane,
  pictureName,
  slabBy,
  stateOfPlane,
  withPlaneState,
} from '../../../client/features/imaging/viewer/reformat/plane-state.ts';
import {
  ReformatEngine,
  type CuttingWorker,
} from '../../../client/features/imaging/viewer/reformat/reformat-engine.ts';
import type {
  ReformatReply,
  ReformatRequest,
} from '../../../client/features/imaging/viewer/reformat/worker-protocol.ts';
import { listOnPlanes } from '../../../client/features/imaging/viewer/reformat/planes-as-series.ts';
import { framesOf, type FrameAddress } from '../../../client/features/imaging/viewer/series-frames.ts';
import { openingState, scrollFrames } from '../../../client/features/imaging/viewer/viewer-state.ts';
import { viewState, type ImagingReformat, type ImagingViewState } from '../../../shared/contracts/viewing.ts';
import type { DisplayFrame } from '../../../shared/dicom/pixels/display-frame.ts';
import { ImagingError } from '../../../shared/dicom/pixels/imaging-error.ts';
import { geometryOf, madeSlices } from './made-volume.ts';

const STACK = { columns: 20, rows: 16, slices: 12, sliceMm: 2 };
const frames = framesOf({
  studyInstanceUid: '1.1',
  seriesInstanceUid: '1.2',
  modality: 'CT',
  instances: Array.from({ length: 12 }, (_, index) => ({ sopInstanceUid: `1.3.${index}`, instanceNumber: index })),
});
/** Slice `index` holds `stored + index` everywhere; 1 stored value is 2 HU, 0 is -1000 HU. */
const framesHeld = (stored: number) =>
  madeSlices(STACK).map((slice, index): DisplayFrame => {
    const values = new Uint16Array(320).fill(stored + index);
    return {
      ...slice,
      sopInstanceUid: `1.3.${index}`,
      frameNumber: 1,
      frames: 1,
      pixels: {
        kind: 'grey',
        values,
        minimum: stored + index,
        maximum: stored + index,
        slope: 2,
        intercept: -1000,
        lowIsBright: false,
        autoWindow: { center: 0, width: 100 },
      },
      description: { ...slice.description, modality: 'CT', unit: 'HU', windows: [], voiLut: undefined },
    } as DisplayFrame;
  });
const held = framesHeld(40_000);
const stateOf =
  (all: readonly (DisplayFrame | undefined)[]) =>
  (address: FrameAddress): FrameState => {
    const frame = all[frames.indexOf(address)];
    return frame ? { state: 'ready', frame } : { state: 'absent', receivedBytes: 0, totalBytes: null };
  };

/** Does what the worker does, when it is told to. */
class ObedientWorker implements CuttingWorker {
  onmessage: ((event: MessageEvent<ReformatReply>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly cuts: Extract<ReformatRequest, { type: 'cut' }>[] = [];
  isEnded = false;
  #values = new Int16Array(0);
  #each = 0;
  #voxels: Voxels | undefined;

  postMessage(request: ReformatRequest): void {
    if (request.type === 'begin') {
      this.#each = request.valuesPerSlice;
      this.#values = new Int16Array(request.slices * request.valuesPerSlice);
    } else if (request.type === 'slice') this.#values.set(request.values, request.slot * this.#each);
    else if (request.type === 'complete') {
      const { geometry, outside } = request;
      const offsets = Int32Array.from(geometry.order, (slot) => slot * this.#each);
      this.#voxels = { geometry, outside, values: this.#values, offsets };
    } else this.cuts.push(request);
  }

  answer({ id, plane, cut }: Extract<ReformatRequest, { type: 'cut' }>): void {
    const values = cutVolume(this.#voxels!, cut);
    this.onmessage?.({
      data: { type: 'cut', id, plane, isCoarse: false, values, tookMs: 1 },
    } as MessageEvent<ReformatReply>);
  }

  terminate(): void {
    this.isEnded = true;
  }
}

function openEngine(capacityBytes = 1e9) {
  const worker = new ObedientWorker();
  const engine = new ReformatEngine(frames, capacityBytes, () => worker);
  return { engine, worker };
}

describe('a block is gathered', () => {
  test('as its slices come, in any order, and its pictures have the HU of the slices', () => {
    const { engine, worker } = openEngine();
    engine.feed(stateOf(held.map((frame, index) => (index % 2 === 0 ? frame : undefined))));
    expect(engine.status).toEqual({ kind: 'loading', ready: 6, total: 12 });
    engine.feed(stateOf(held));
    expect(engine.status.kind).toBe('ready');
    engine.want('axial', { slice: 3, slabMm: 0, projection: 'mean' });
    worker.answer(worker.cuts[0]!);
    const picture = engine.pictureOf('axial')!;
    const { pixels } = picture;
    if (pixels.kind !== 'grey') throw new Error('colour');
    // The fourth picture from the head is the ninth slice.
    expect(pixels.values[5]! * pixels.slope + pixels.intercept).toBe(2 * 40_008 - 1000);
    expect(picture.description).toMatchObject({
      orientation: [1, 0, 0, 0, 1, 0],
      position: [0, 0, 16],
      pixelAspect: 1,
    });
    engine.close();
    expect(worker.isEnded).toBe(true);
  });

  test('of several wishes for a plane the latest counts, and none is asked twice', () => {
    const { engine, worker } = openEngine();
    engine.feed(stateOf(held));
    for (const slice of [2, 3, 3]) engine.want('coronal', { slice, slabMm: 0, projection: 'mean' });
    expect(worker.cuts).toHaveLength(2);
    worker.answer(worker.cuts[0]!);
    expect(engine.pictureOf('coronal')).toBeUndefined();
    worker.answer(worker.cuts[1]!);
    expect(engine.pictureOf('coronal')!.frameNumber).toBe(4);
  });

  test('not at all, and without memory, where it is too large, does not fit together or cannot be read', () => {
    const tooLarge = openEngine(12 * 320 * 2 - 1);
    tooLarge.engine.feed(stateOf(held));
    expect(tooLarge.engine.status).toEqual({ kind: 'refused', reason: 'too-large', images: 12 });

    const mixed = openEngine();
    mixed.engine.feed(stateOf([held[0], { ...held[1]!, description: { ...held[1]!.description, isLocalizer: true } }]));
    expect(mixed.engine.status).toMatchObject({ kind: 'refused', reason: 'localizer' });
    expect(mixed.worker.isEnded).toBe(true);

    const unreadable = openEngine();
    unreadable.engine.feed((address) =>
      address === frames[4] ? { state: 'failed', error: new ImagingError('damaged') } : stateOf(held)(address),
    );
    expect(unreadable.engine.status).toEqual({ kind: 'refused', reason: 'unreadable', images: 1 });

    const { engine, worker } = openEngine();
    engine.feed(stateOf(held));
    worker.onmessage?.({ data: { type: 'no-memory' } } as MessageEvent<ReformatReply>);
    expect(engine.status).toMatchObject({ kind: 'refused', reason: 'too-large' });
  });

  test('what the line lost is asked for again once nothing else is on its way', () => {
    const lost = new Set(['1.3.2', '1.3.7']);
    const failed = new Set<string>();
    const demanded: string[][] = [];
    const retried: string[] = [];
    let isLoading = true;
    const store = {
      stateOf: (address: FrameAddress): FrameState => {
        const { sopInstanceUid } = address;
        const progress = { receivedBytes: 0, totalBytes: null };
        if (failed.has(sopInstanceUid)) return { state: 'failed', error: new ImagingError('network') };
        if (lost.has(sopInstanceUid)) return { state: 'absent', ...progress };
        return isLoading && sopInstanceUid === '1.3.9' ? { state: 'loading', ...progress } : stateOf(held)(address);
      },
      demand: (...addresses: FrameAddress[]) =>
        void demanded.push(addresses.map(({ sopInstanceUid }) => sopInstanceUid)),
      retry: ({ sopInstanceUid }: FrameAddress) => void retried.push(sopInstanceUid),
    };
    askAgain(store, frames);
    expect(demanded).toEqual([]);
    isLoading = false;
    askAgain(store, frames);
    expect(demanded).toEqual([['1.3.2', '1.3.7']]);
    failed.add('1.3.4');
    retryLost(store, frames);
    expect(retried).toEqual(['1.3.4']);
  });

  test('a coarse picture shows the same places in the same size', () => {
    const { engine, worker } = openEngine();
    engine.feed(stateOf(held));
    engine.want('coronal', { slice: 5, slabMm: 0, projection: 'mean' });
    const { cut } = worker.cuts[0]!;
    const rough = coarser(cut, 3);
    expect([rough.columns, rough.rows]).toEqual([Math.ceil(cut.columns / 3), Math.ceil(cut.rows / 3)]);
    // Its first pixel stands in the middle of the nine that it stands for.
    expect(rough.origin).toEqual([cut.origin[0] + cut.pixelMm, cut.origin[1], cut.origin[2] - cut.pixelMm]);
    const small = new Int16Array(rough.columns * rough.rows).map((_, index) => index);
    const large = enlarged(small, cut, 3);
    expect(large).toHaveLength(cut.columns * cut.rows);
    expect(large[4 * cut.columns + 7]).toBe(rough.columns + 2);
  });
});

describe('a plane is looked at like a series', () => {
  const grids = planeGrids(geometryOf(STACK));
  const open: ImagingViewState & { reformat: ImagingReformat } = {
    ...openingState(frames[5]!, held[5]!),
    reformat: { ...beginReformat(held[5]), position: [8, 6, 10] },
  };

  test('it begins in the middle of the slice on the screen, in its plane', () => {
    expect(beginReformat(held[5])).toMatchObject({ plane: 'axial', position: [9.5, 7.5, 10], slabMm: 0 });
    expect(beginReformat(undefined)).toMatchObject({ plane: 'axial', position: [0, 0, 0] });
  });

  test('leafing moves the place where the planes cross along that plane alone', () => {
    const coronal = stateOfPlane(open, grids, 'coronal');
    expect(coronal).toMatchObject({ sopInstanceUid: 'coronal', frameNumber: 7, zoom: 1, centerColumn: 10 });
    const next = scrollFrames(coronal, framesOfPlane(open, grids.coronal), 4);
    expect(withPlaneState(open, grids, 'coronal', next).reformat!.position).toEqual([8, 10, 10]);
    const last = scrollFrames(coronal, framesOfPlane(open, grids.coronal), 99);
    expect(withPlaneState(open, grids, 'coronal', last).reformat!.position).toEqual([8, 15, 10]);
  });

  test('window and inversion are those of all planes, place and turn of one', () => {
    const axial = stateOfPlane(open, grids, 'axial');
    const changed = withPlaneState(open, grids, 'axial', { ...axial, windowWidth: 77, invert: true, zoom: 3 });
    expect(changed).toMatchObject({ windowWidth: 77, invert: true, zoom: open.zoom, sopInstanceUid: '1.3.5' });
    expect(Object.keys(changed.reformat!.views)).toEqual(['axial']);
    expect(stateOfPlane(changed as typeof open, grids, 'sagittal')).toMatchObject({ windowWidth: 77, zoom: 1 });
  });

  test('what is measured stays with its plane and slab, and apart from the slices', () => {
    const measurement = { id: 'a', type: 'probe', sopInstanceUid: 'axial', frameNumber: 3, points: [1, 2] } as const;
    const axial = stateOfPlane(open, grids, 'axial');
    const changed = withPlaneState(open, grids, 'axial', {
      ...axial,
      measurements: [{ ...measurement, points: [1, 2] }],
    });
    expect(changed.measurements).toEqual([]);
    expect(changed.reformat!.measurements).toEqual([measurement]);
    expect(pictureName('axial', { slabMm: 0, projection: 'maximum' })).toBe('axial');
    expect(pictureName('axial', { slabMm: 20, projection: 'maximum' })).toBe('axial/20/maximum');
  });

  test('what was measured is listed with its plane and picture', () => {
    const panes = (['axial', 'coronal', 'sagittal'] as const).map((plane) => {
      const state = stateOfPlane(open, grids, plane);
      const own = framesOfPlane(open, grids[plane]);
      const wantedState = { state: 'absent', receivedBytes: 0, totalBytes: null } as const;
      return { state, series: undefined, frames: own, wanted: own[state.frameNumber - 1], wantedState, ready: 0 };
    });
    const on = (sopInstanceUid: string, frameNumber: number) =>
      ({ id: sopInstanceUid, type: 'probe', sopInstanceUid, frameNumber, points: [1, 2] }) as const;
    const listed = listOnPlanes(
      [on('coronal', 4), on('axial/20/maximum', 4)].map((one) => ({ ...one, points: [1, 2] })),
      panes,
      (plane) => plane,
    );
    expect(listed).toMatchObject([{ seriesLabel: 'coronal', position: 4 }, { position: 0 }]);
    expect(listed[0]!.address).toBe(panes[1]!.frames[3]);
  });

  test('the slab grows and shrinks by steps and stops at the ends', () => {
    const { reformat } = open;
    expect([slabBy(reformat, 1).slabMm, slabBy(slabBy(reformat, 1), 1).slabMm, slabBy(reformat, -1).slabMm]).toEqual([
      3, 5, 0,
    ]);
    expect(slabBy({ ...reformat, slabMm: 1000 }, 1).slabMm).toBe(1000);
  });

  test('the other side gets plane, place, slab and window as a few hundred bytes that the contract knows', () => {
    const axial = stateOfPlane(open, grids, 'axial');
    const moved = withPlaneState(open, grids, 'axial', { ...axial, zoom: 2, centerColumn: 8.25 });
    expect(viewState.parse(moved)).toEqual(moved);
    const bytes = JSON.stringify(moved).length - JSON.stringify({ ...moved, reformat: null }).length;
    expect(bytes).toBeLessThan(260);
    // A view that was kept before there were planes.
    expect(viewState.parse({ ...moved, reformat: undefined })).toMatchObject({ reformat: null });
  });
});
