import type { ReformatPlane, SlabProjection } from '../../../../../shared/contracts/viewing.ts';
import type { DisplayFrame, GreyPixels } from '../../../../../shared/dicom/pixels/display-frame.ts';
import type { FrameState } from '../frame-store.ts';
import type { FrameAddress } from '../series-frames.ts';
import { costOf, type Cut } from './cut-volume.ts';
import { originOfSlice, planeGrids, type PlaneGrid } from './plane-geometry.ts';
import { pictureName } from './plane-state.ts';
import { LEAST_SLICES, refusalBeside, volumeOf, type VolumeGeometry, type VolumeRefusal } from './volume-geometry.ts';
import type { ReformatReply, ReformatRequest } from './worker-protocol.ts';

/** A worker as far as the engine uses it, so that tests can answer for one. */
export interface CuttingWorker {
  postMessage(request: ReformatRequest, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ReformatReply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

export type Grids = Record<ReformatPlane, PlaneGrid>;
export type VolumeStatus =
  | { kind: 'loading'; ready: number; total: number }
  | { kind: 'refused'; reason: VolumeRefusal; images: number }
  | { kind: 'ready'; geometry: VolumeGeometry; grids: Grids };

/** What is to be shown of a plane. */
export interface WantedCut {
  /** 0-based. */
  slice: number;
  slabMm: number;
  projection: SlabProjection;
}

/** A gigabyte of slices, and the page's own copies of them, are too much for the PCs that this runs on. */
const MAXIMUM_VOLUME_BYTES = 512 * 1024 * 1024;
/** Handing a slice over costs the page a copy; so many at once are not felt. */
const SLICES_AT_ONCE = 12;
const TELL_EVERY_MS = 150;
/** Voxels that an old PC reads in about an eighth of a second; above, a coarse picture comes first. */
const COARSE_ABOVE = 12_000_000;
const COARSE_FACTORS = [2, 3, 4];

/**
 * Gathers a series' slices into a block in a worker, and has pictures of its planes cut there; of several wishes for one
 * plane the latest counts. Everything ends, and the memory is given back, with {@link ReformatEngine.close}.
 */
export class ReformatEngine {
  readonly #frames: readonly FrameAddress[];
  readonly #startWorker: () => CuttingWorker;
  readonly #capacityBytes: number;
  readonly #listeners = new Set<() => void>();
  #worker: CuttingWorker | undefined;
  #status: VolumeStatus;
  #version = 0;
  #toldAt = 0;
  #slices: (DisplayFrame | undefined)[] = [];
  #later: ReturnType<typeof setTimeout> | undefined;
  #bias = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;
  #nextId = 1;
  #wanted = new Map<ReformatPlane, WantedCut & { id: number }>();
  #pictures = new Map<ReformatPlane, DisplayFrame>();

  /** @param capacityBytes what the page itself can hold of decoded pictures. */
  constructor(frames: readonly FrameAddress[], capacityBytes: number, startWorker: () => CuttingWorker) {
    this.#frames = frames;
    this.#startWorker = startWorker;
    this.#capacityBytes = Math.min(capacityBytes, MAXIMUM_VOLUME_BYTES);
    this.#status = { kind: 'loading', ready: 0, total: frames.length };
  }

  get version(): number {
    return this.#version;
  }

  get status(): VolumeStatus {
    return this.#status;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The last picture that was cut of a plane. */
  pictureOf(plane: ReformatPlane): DisplayFrame | undefined {
    return this.#pictures.get(plane);
  }

  /** Takes in the slices that have come since the last time. */
  feed(stateOf: (address: FrameAddress) => FrameState): void {
    if (this.#status.kind !== 'loading') return;
    if (this.#frames.length < LEAST_SLICES) {
      this.#refuse('too-few', this.#frames.length);
      return;
    }
    let taken = 0;
    let failed = 0;
    let isMore = false;
    for (const [slot, address] of this.#frames.entries()) {
      if (this.#slices[slot]) continue;
      const held = stateOf(address);
      if (held.state === 'failed') failed += 1;
      if (held.state !== 'ready') continue;
      isMore = taken >= SLICES_AT_ONCE;
      if (isMore) break;
      if (!this.#take(slot, held.frame)) return;
      taken += 1;
    }
    const ready = this.#slices.filter(Boolean).length;
    if (isMore) {
      clearTimeout(this.#later);
      this.#later = setTimeout(() => this.feed(stateOf), 0);
    } else if (failed > 0 && ready + failed === this.#frames.length) this.#refuse('unreadable', failed);
    else if (ready === this.#frames.length) this.#complete();
    if (taken > 0 && this.#status.kind === 'loading') {
      this.#status = { kind: 'loading', ready, total: this.#frames.length };
      // The page is drawn anew for it: not for each handful of slices.
      if (!isMore || performance.now() - this.#toldAt > TELL_EVERY_MS) this.#changed();
    }
  }

  /** Has a plane's picture cut, unless it is there or on its way. */
  want(plane: ReformatPlane, wanted: WantedCut): void {
    if (this.#status.kind !== 'ready') return;
    const before = this.#wanted.get(plane);
    const { slice, slabMm, projection } = wanted;
    if (before?.slice === slice && before.slabMm === slabMm && (slabMm === 0 || before.projection === projection))
      return;
    const id = this.#nextId++;
    this.#wanted.set(plane, { ...wanted, id });
    const grid = this.#status.grids[plane];
    const { right, down, forward, pixelMm, stepMm, columns, rows } = grid;
    const origin = originOfSlice(grid, slice);
    const cut: Cut = { origin, right, down, forward, pixelMm, stepMm, columns, rows, slabMm, projection };
    const cost = costOf(cut);
    const coarse =
      cost <= COARSE_ABOVE
        ? null
        : (COARSE_FACTORS.find((factor) => cost / factor ** 3 <= COARSE_ABOVE) ?? COARSE_FACTORS.at(-1)!);
    this.#worker?.postMessage({ type: 'cut', plane, id, cut, coarse });
  }

  /** Ends the worker with its block. May be fed anew. */
  close(): void {
    this.#release();
    this.#slices = [];
    this.#minimum = Number.POSITIVE_INFINITY;
    this.#maximum = Number.NEGATIVE_INFINITY;
    this.#status = { kind: 'loading', ready: 0, total: this.#frames.length };
  }

  #release(): void {
    clearTimeout(this.#later);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#wanted.clear();
    this.#pictures.clear();
  }

  /** @returns false when the slice showed that there will be no block. */
  #take(slot: number, frame: DisplayFrame): boolean {
    const first = this.#slices.find((one) => one !== undefined) ?? frame;
    const refusal = refusalBeside(first, frame);
    if (refusal || frame.pixels.kind === 'colour') {
      this.#refuse(refusal ?? 'colour', this.#frames.length);
      return false;
    }
    const { values, minimum, maximum } = frame.pixels;
    if (!this.#worker) {
      if (values.length * this.#frames.length * 2 > this.#capacityBytes) {
        this.#refuse('too-large', this.#frames.length);
        return false;
      }
      // Unsigned values are moved by half their range, so that one kind of array serves all.
      this.#bias = values instanceof Uint16Array ? 32768 : 0;
      this.#worker = this.#start();
      this.#worker.postMessage({ type: 'begin', slices: this.#frames.length, valuesPerSlice: values.length });
    }
    const copy = new Int16Array(values.length);
    if (this.#bias === 0) copy.set(values);
    else for (let at = 0; at < copy.length; at++) copy[at] = values[at]! - this.#bias;
    this.#worker.postMessage({ type: 'slice', slot, values: copy }, [copy.buffer]);
    this.#minimum = Math.min(this.#minimum, minimum - this.#bias);
    this.#maximum = Math.max(this.#maximum, maximum - this.#bias);
    this.#slices[slot] = frame;
    return true;
  }

  #start(): CuttingWorker {
    const worker = this.#startWorker();
    worker.onmessage = ({ data }) => {
      if (data.type === 'no-memory') this.#refuse('too-large', this.#frames.length);
      else this.#receive(data);
    };
    worker.onerror = () => this.#refuse('too-large', this.#frames.length);
    return worker;
  }

  #complete(): void {
    const geometry = volumeOf(this.#slices as DisplayFrame[]);
    if (typeof geometry === 'string') {
      this.#refuse(geometry, this.#frames.length);
      return;
    }
    this.#worker?.postMessage({ type: 'complete', geometry, outside: this.#minimum });
    this.#status = { kind: 'ready', geometry, grids: planeGrids(geometry) };
    // Their pictures would be kept in memory for nothing.
    this.#slices = this.#slices.slice(0, 1);
    this.#changed();
  }

  #receive({ id, plane, values }: Extract<ReformatReply, { type: 'cut' }>): void {
    const wanted = this.#wanted.get(plane);
    if (this.#status.kind !== 'ready' || wanted?.id !== id) return;
    this.#pictures.set(plane, this.#frameOf(this.#status.grids[plane], wanted, values));
    this.#changed();
  }

  #frameOf(grid: PlaneGrid, wanted: WantedCut, values: Int16Array): DisplayFrame {
    const { description, pixels } = this.#slices[0]!;
    const { slope, intercept, lowIsBright, autoWindow } = pixels as GreyPixels;
    const { right, down, forward, pixelMm, columns, rows } = grid;
    const position = originOfSlice(grid, wanted.slice);
    const along = forward.findIndex((part) => part !== 0);
    return {
      sopInstanceUid: pictureName(grid.plane, wanted),
      frameNumber: wanted.slice + 1,
      rows,
      columns,
      frames: grid.slices,
      pixels: {
        kind: 'grey',
        values,
        minimum: this.#minimum,
        maximum: this.#maximum,
        slope,
        intercept: intercept + this.#bias * slope,
        lowIsBright,
        autoWindow,
      },
      description: {
        ...description,
        spacing: { rowMm: pixelMm, columnMm: pixelMm, plane: 'patient' },
        pixelAspect: 1,
        orientation: [...right, ...down],
        position: [...position],
        patientOrientation: undefined,
        instanceNumber: undefined,
        sliceLocationMm: position[along],
        pixelPadding: description.pixelPadding === undefined ? undefined : description.pixelPadding - this.#bias,
      },
    };
  }

  #refuse(reason: VolumeRefusal, images: number): void {
    this.#release();
    this.#slices = [];
    this.#status = { kind: 'refused', reason, images };
    this.#changed();
  }

  #changed(): void {
    this.#version += 1;
    this.#toldAt = performance.now();
    for (const listener of this.#listeners) listener();
  }
}
