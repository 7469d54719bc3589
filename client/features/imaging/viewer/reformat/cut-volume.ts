import type { SlabProjection } from '../../../../../shared/contracts/viewing.ts';
import { moved, dot, type Vector } from './vector.ts';
import { voxelAt, type VolumeGeometry } from './volume-geometry.ts';

/** Voxels in memory: each slice in one piece, the slices in whatever order. */
export interface Voxels {
  geometry: VolumeGeometry;
  values: Int16Array;
  /** Where each slice of the block begins in `values`. */
  offsets: Int32Array;
  /** What stands where a picture reaches beyond the block. */
  outside: number;
}

/** One picture through the block. */
export interface Cut {
  /** Middle of the picture's first pixel, in the middle of the slab. */
  origin: Vector;
  /** Directions of length 1. */
  right: Vector;
  down: Vector;
  forward: Vector;
  pixelMm: number;
  /** Between the layers that a slab is made of. */
  stepMm: number;
  columns: number;
  rows: number;
  /** 0 or thinner than two layers: one layer. */
  slabMm: number;
  projection: SlabProjection;
}

/** Nearer to a whole number than this a place is that voxel itself: no neighbour's value is mixed in. */
const WHOLE = 1e-3;

/**
 * Cuts a picture out of a block. Values are interpolated linearly between the eight voxels around (trilinear), and stand
 * unchanged where pixel and voxel have one place. A slab is made of the layers whose middle is within half its thickness
 * of the picture's own, as far as they lie inside the block.
 */
export function cutVolume(voxels: Voxels, cut: Cut): Int16Array<ArrayBuffer> {
  const result = new Int16Array(cut.columns * cut.rows);
  cutRows(voxels, cut, 0, cut.rows, result);
  return result;
}

/** {@link cutVolume} for some rows, written into `result`, so that a long cut can be given up in between. */
export function cutRows(voxels: Voxels, cut: Cut, fromRow: number, toRow: number, result: Int16Array): void {
  const { geometry, outside } = voxels;
  const { columns, projection, pixelMm, stepMm } = cut;
  const layersAside = Math.floor(cut.slabMm / 2 / stepMm + 1e-6);
  const steps = {
    column: voxelStep(geometry, cut.right, pixelMm),
    row: voxelStep(geometry, cut.down, pixelMm),
    layer: voxelStep(geometry, cut.forward, stepMm),
  };
  const first = moved(voxelAt(geometry, cut.origin), steps.layer, -layersAside);
  const line = new Float32Array(columns);
  const gathered = new Float32Array(columns);
  const counts = new Uint16Array(columns);
  const empty = projection === 'mean' ? 0 : projection === 'maximum' ? -Infinity : Infinity;
  for (let row = fromRow; row < toRow; row++) {
    const start = moved(first, steps.row, row);
    gathered.fill(empty);
    counts.fill(0);
    // Most lines lie inside from end to end; only the others are counted pixel by pixel.
    let whole = 0;
    for (let layer = 0; layer <= 2 * layersAside; layer++) {
      const range = readLine(voxels, moved(start, steps.layer, layer), steps.column, line);
      if (!range) continue;
      gather(projection, line, range, gathered);
      if (range[0] === 0 && range[1] === columns) whole += 1;
      else for (let column = range[0]; column < range[1]; column++) counts[column]!++;
    }
    const at = row * columns;
    for (let column = 0; column < columns; column++) {
      const count = whole + counts[column]!;
      if (count === 0) result[at + column] = outside;
      else result[at + column] = Math.round(projection === 'mean' ? gathered[column]! / count : gathered[column]!);
    }
  }
}

/** Voxels that a cut reads, about. */
export function costOf({ columns, rows, slabMm, stepMm }: Cut): number {
  return columns * rows * (2 * Math.floor(slabMm / 2 / stepMm) + 1);
}

/** The same picture with pixels and layers `factor` times as large: what can be shown while the fine one is reckoned. */
export function coarser(cut: Cut, factor: number): Cut {
  const { right, down, pixelMm } = cut;
  const aside = ((factor - 1) / 2) * pixelMm;
  return {
    ...cut,
    origin: moved(moved(cut.origin, right, aside), down, aside),
    pixelMm: pixelMm * factor,
    stepMm: cut.stepMm * factor,
    columns: Math.ceil(cut.columns / factor),
    rows: Math.ceil(cut.rows / factor),
  };
}

/** A coarse picture in the size of the fine one, each of its pixels repeated. */
export function enlarged(coarse: Int16Array, { columns, rows }: Cut, factor: number): Int16Array<ArrayBuffer> {
  const result = new Int16Array(columns * rows);
  const coarseColumns = Math.ceil(columns / factor);
  for (let row = 0; row < rows; row++) {
    const from = Math.floor(row / factor) * coarseColumns;
    for (let column = 0; column < columns; column++) {
      result[row * columns + column] = coarse[from + Math.floor(column / factor)]!;
    }
  }
  return result;
}

/** A direction of the patient in voxels. */
function voxelStep(geometry: VolumeGeometry, direction: Vector, byMm: number): Vector {
  const { alongRow, alongColumn, normal, columnMm, rowMm, sliceMm } = geometry;
  const step = [
    (dot(direction, alongRow) * byMm) / columnMm,
    (dot(direction, alongColumn) * byMm) / rowMm,
    (dot(direction, normal) * byMm) / sliceMm,
  ] as const;
  // What rounding in the file left of a right angle must not add up over a thousand pixels.
  return step.map((part) => (Math.abs(part - Math.round(part)) < 1e-6 ? Math.round(part) : part)) as unknown as Vector;
}

type Range = readonly [from: number, to: number];

function gather(projection: SlabProjection, line: Float32Array, [from, to]: Range, gathered: Float32Array): void {
  if (projection === 'mean') {
    for (let column = from; column < to; column++) gathered[column]! += line[column]!;
  } else if (projection === 'maximum') {
    for (let column = from; column < to; column++) {
      const value = line[column]!;
      if (value > gathered[column]!) gathered[column] = value;
    }
  } else {
    for (let column = from; column < to; column++) {
      const value = line[column]!;
      if (value < gathered[column]!) gathered[column] = value;
    }
  }
}

/**
 * Reads the voxels along one row of the picture.
 * @returns the columns that lie inside the block, undefined when none does.
 */
function readLine(voxels: Voxels, start: Vector, step: Vector, line: Float32Array): Range | undefined {
  const { columns, rows, slices } = voxels.geometry;
  let from = 0;
  let to = line.length;
  for (const [at, by, size] of [
    [start[0], step[0], columns],
    [start[1], step[1], rows],
    [start[2], step[2], slices],
  ] as const) {
    const [least, most] = [-WHOLE, size - 1 + WHOLE];
    if (Math.abs(by) < 1e-9) {
      if (at < least || at > most) return undefined;
      continue;
    }
    const ends = [(least - at) / by, (most - at) / by];
    from = Math.max(from, Math.ceil(Math.min(...ends)));
    to = Math.min(to, Math.floor(Math.max(...ends)) + 1);
  }
  if (from >= to) return undefined;
  const isWhole = (place: number): boolean => Math.abs(place - Math.round(place)) < WHOLE;
  if (Math.abs(step[0]) === 1 && step[1] === 0 && step[2] === 0 && isWhole(start[0])) {
    readAlong(voxels, [Math.round(start[0]), start[1], start[2]], step[0], 'columns', line, from, to);
  } else if (Math.abs(step[1]) === 1 && step[0] === 0 && step[2] === 0 && isWhole(start[1])) {
    readAlong(voxels, [start[0], Math.round(start[1]), start[2]], step[1], 'rows', line, from, to);
  } else readAcross(voxels, start, step, line, from, to);
  return [from, to];
}

/** The voxel below a place and how far the place lies beyond it, from 0 to 1. */
function below(place: number, size: number): [index: number, share: number] {
  const whole = Math.round(place);
  const isWhole = Math.abs(place - whole) < WHOLE;
  const index = Math.min(size - 2, Math.max(0, isWhole ? whole : Math.floor(place)));
  return [index, isWhole ? whole - index : Math.min(1, Math.max(0, place - index))];
}

/** Along the voxels of one row or one column of the slices: the shares of the neighbours are the same all the way. */
function readAlong(
  { geometry, values, offsets }: Voxels,
  [column, row, slice]: Vector,
  direction: number,
  axis: 'columns' | 'rows',
  line: Float32Array,
  from: number,
  to: number,
): void {
  const { columns, rows, slices } = geometry;
  const isColumns = axis === 'columns';
  const [aside, asideShare] = isColumns ? below(row, rows) : below(column, columns);
  const [depth, depthShare] = below(slice, slices);
  const asideStride = isColumns ? columns : 1;
  const stride = direction * (isColumns ? 1 : columns);
  const start = (isColumns ? column : row * columns) + aside * asideStride + from * stride;
  const neighbours = [
    [offsets[depth]! + start, (1 - asideShare) * (1 - depthShare)],
    [offsets[depth]! + start + asideStride, asideShare * (1 - depthShare)],
    [offsets[depth + 1]! + start, (1 - asideShare) * depthShare],
    [offsets[depth + 1]! + start + asideStride, asideShare * depthShare],
  ].filter(([, share]) => share! > 0) as [number, number][];
  const [[a, shareA], [b, shareB] = [0, 0], [c, shareC] = [0, 0], [d, shareD] = [0, 0]] = neighbours as [
    [number, number],
    ...[number, number][],
  ];
  if (neighbours.length === 1) {
    for (let at = from, off = 0; at < to; at++, off += stride) line[at] = values[a + off]!;
  } else if (neighbours.length === 2) {
    for (let at = from, off = 0; at < to; at++, off += stride) {
      line[at] = values[a + off]! * shareA + values[b + off]! * shareB;
    }
  } else {
    for (let at = from, off = 0; at < to; at++, off += stride) {
      line[at] =
        values[a + off]! * shareA + values[b + off]! * shareB + values[c + off]! * shareC + values[d + off]! * shareD;
    }
  }
}

/** In any direction. */
function readAcross(
  { geometry, values, offsets }: Voxels,
  [startColumn, startRow, startSlice]: Vector,
  [stepColumn, stepRow, stepSlice]: Vector,
  line: Float32Array,
  from: number,
  to: number,
): void {
  const { columns, rows, slices } = geometry;
  for (let at = from; at < to; at++) {
    const x = startColumn + at * stepColumn;
    const y = startRow + at * stepRow;
    const z = startSlice + at * stepSlice;
    const column = Math.min(columns - 2, Math.max(0, Math.floor(x)));
    const row = Math.min(rows - 2, Math.max(0, Math.floor(y)));
    const slice = Math.min(slices - 2, Math.max(0, Math.floor(z)));
    const right = Math.min(1, Math.max(0, x - column));
    const down = Math.min(1, Math.max(0, y - row));
    const deep = Math.min(1, Math.max(0, z - slice));
    const near = offsets[slice]! + row * columns + column;
    const far = offsets[slice + 1]! + row * columns + column;
    const nearTop = values[near]! + (values[near + 1]! - values[near]!) * right;
    const nearLow = values[near + columns]! + (values[near + columns + 1]! - values[near + columns]!) * right;
    const farTop = values[far]! + (values[far + 1]! - values[far]!) * right;
    const farLow = values[far + columns]! + (values[far + columns + 1]! - values[far + columns]!) * right;
    const nearValue = nearTop + (nearLow - nearTop) * down;
    line[at] = nearValue + (farTop + (farLow - farTop) * down - nearValue) * deep;
  }
}
