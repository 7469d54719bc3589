import type { Frequency, Lattice } from './find-lattice.ts';
import type { PaperSignal } from './paper-signal.ts';

/** A place of the picture whose position on the grid is known. */
export interface GridPoint {
  /** Pixels of the signal. */
  x: number;
  y: number;
  /** Millimetres on the grid; the origin is arbitrary. */
  u: number;
  v: number;
  uFrequency: Frequency;
  vFrequency: Frequency;
}

/** Power of the lines over what the same ink would give were it strewn at random. */
const leastStrength = 14;
/** Millimetres between where a window is expected on the grid and where it is. */
const mostSurprise = 0.22;

interface Waiting {
  column: number;
  row: number;
  neighbour: GridPoint;
  strength: number;
}

/**
 * Follows a grid over the whole picture from one place where it was found: in overlapping windows, the phase of its
 * millimetre lines is measured at the frequency that the neighbour had, and counted on from the neighbour's. Shadow,
 * perspective and bent paper change frequency and phase slowly, so that no line is lost or counted twice.
 */
export function followGrid(signal: PaperSignal, start: Lattice): GridPoint[] {
  const pitch = Math.min(1 / length(start.u), 1 / length(start.v));
  const window = 2 * Math.round(Math.max(40, Math.min(128, 10 * pitch)));
  const step = window / 2;
  const measure = phaseMeter(signal, window);
  const before = { columns: Math.floor(start.x / step), rows: Math.floor(start.y / step) };
  const columns = before.columns + Math.floor((signal.width - start.x) / step) + 1;
  const rows = before.rows + Math.floor((signal.height - start.y) / step) + 1;
  const isFound = new Uint8Array(columns * rows);
  const found: GridPoint[] = [];
  const waiting: Waiting[] = [];

  const accept = (column: number, row: number, point: GridPoint, strength: number) => {
    isFound[row * columns + column] = 1;
    found.push(point);
    for (const [dx, dy] of sides) {
      const next = { column: column + dx, row: row + dy };
      if (next.column < 0 || next.row < 0 || next.column >= columns || next.row >= rows) continue;
      if (isFound[next.row * columns + next.column] === 0) waiting.push({ ...next, neighbour: point, strength });
    }
  };
  const u = measure(start.x, start.y, start.u);
  const v = measure(start.x, start.y, start.v);
  if (Math.min(u.strength, v.strength) < leastStrength) return [];
  const first = { x: start.x, y: start.y, u: u.cycles, v: v.cycles, uFrequency: u.frequency, vFrequency: v.frequency };
  accept(before.columns, before.rows, first, Math.min(u.strength, v.strength));

  while (waiting.length > 0) {
    // The surest neighbour goes first, so that a doubtful place is reached from its best side.
    let best = 0;
    for (let i = 1; i < waiting.length; i += 1) if (waiting[i]!.strength > waiting[best]!.strength) best = i;
    const { column, row, neighbour } = waiting[best]!;
    waiting[best] = waiting[waiting.length - 1]!;
    waiting.pop();
    if (isFound[row * columns + column] === 1) continue;
    const x = start.x + (column - before.columns) * step;
    const y = start.y + (row - before.rows) * step;
    const across = measure(x, y, neighbour.uFrequency);
    if (across.strength < leastStrength) continue;
    const down = measure(x, y, neighbour.vFrequency);
    if (down.strength < leastStrength) continue;
    const atU = countedOn(neighbour, neighbour.u, neighbour.uFrequency, across, x, y);
    const atV = countedOn(neighbour, neighbour.v, neighbour.vFrequency, down, x, y);
    if (atU === null || atV === null) continue;
    accept(
      column,
      row,
      { x, y, u: atU, v: atV, uFrequency: across.frequency, vFrequency: down.frequency },
      Math.min(across.strength, down.strength),
    );
  }
  return found;
}

const sides = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/** The millimetre count at a place: its neighbour's, and the way between by the mean of both frequencies. */
function countedOn(
  from: GridPoint,
  fromCycles: number,
  fromFrequency: Frequency,
  here: Measured,
  x: number,
  y: number,
): number | null {
  const way =
    ((fromFrequency.x + here.frequency.x) * (x - from.x) + (fromFrequency.y + here.frequency.y) * (y - from.y)) / 2;
  const expected = fromCycles + way;
  const surprise = here.cycles - expected - Math.round(here.cycles - expected);
  return Math.abs(surprise) > mostSurprise ? null : expected + surprise;
}

interface Measured {
  frequency: Frequency;
  /** Of the millimetre lines at the window's centre; whole numbers are lines. */
  cycles: number;
  strength: number;
}

/** Measures one set of lines in windows of the picture, at the frequency near the expected one where it is strongest. */
function phaseMeter(signal: PaperSignal, window: number): (x: number, y: number, near: Frequency) => Measured {
  const weights = Float64Array.from(
    { length: window },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / window),
  );
  const spread = 0.6 / window;
  const tile = new Float64Array(window * window);
  const rowRe = new Float64Array(window);
  const rowIm = new Float64Array(window);
  const cos = new Float64Array(window);
  const sin = new Float64Array(window);

  /** Fills the tile, weighted. @returns its power if its ink were strewn at random. */
  function take(x: number, y: number): number {
    const left = Math.round(x) - window / 2;
    const top = Math.round(y) - window / 2;
    let sum = 0;
    let count = 0;
    for (let j = 0; j < window; j += 1) {
      if (top + j < 0 || top + j >= signal.height) continue;
      for (let i = Math.max(0, -left); i < Math.min(window, signal.width - left); i += 1) {
        sum += signal.ink[(top + j) * signal.width + left + i]!;
        count += 1;
      }
    }
    const mean = count === 0 ? 0 : sum / count;
    let power = 0;
    for (let j = 0; j < window; j += 1) {
      const isInside = top + j >= 0 && top + j < signal.height;
      for (let i = 0; i < window; i += 1) {
        const isPixel = isInside && left + i >= 0 && left + i < signal.width;
        const value = isPixel
          ? (signal.ink[(top + j) * signal.width + left + i]! - mean) * weights[i]! * weights[j]!
          : 0;
        tile[j * window + i] = value;
        power += value * value;
      }
    }
    return power;
  }

  function turnRows(fx: number): void {
    for (let i = 0; i < window; i += 1) {
      cos[i] = Math.cos(2 * Math.PI * fx * (i - window / 2));
      sin[i] = -Math.sin(2 * Math.PI * fx * (i - window / 2));
    }
    for (let j = 0; j < window; j += 1) {
      let re = 0;
      let im = 0;
      for (let i = 0, at = j * window; i < window; i += 1, at += 1) {
        re += tile[at]! * cos[i]!;
        im += tile[at]! * sin[i]!;
      }
      rowRe[j] = re;
      rowIm[j] = im;
    }
  }

  function sumColumn(fy: number): { re: number; im: number; power: number } {
    let re = 0;
    let im = 0;
    for (let j = 0; j < window; j += 1) {
      const angle = -2 * Math.PI * fy * (j - window / 2);
      const c = Math.cos(angle);
      const s = Math.sin(angle);
      re += rowRe[j]! * c - rowIm[j]! * s;
      im += rowRe[j]! * s + rowIm[j]! * c;
    }
    return { re, im, power: re * re + im * im };
  }

  return (x, y, near) => {
    const strewn = take(x, y);
    const nothing: Measured = { frequency: near, cycles: 0, strength: 0 };
    if (strewn <= 1e-9) return nothing;
    let { x: fx, y: fy } = near;
    for (let round = 0; round < 2; round += 1) {
      const powers: number[] = [];
      for (const dx of [-1, 0, 1]) {
        turnRows(fx + dx * spread);
        for (const dy of [-1, 0, 1]) powers.push(Math.log(sumColumn(fy + dy * spread).power + 1e-12));
      }
      const moveX = vertex(powers[1]!, powers[4]!, powers[7]!);
      const moveY = vertex(powers[3]!, powers[4]!, powers[5]!);
      fx += moveX * spread;
      fy += moveY * spread;
      if (Math.abs(moveX) < 0.5 && Math.abs(moveY) < 0.5) break;
    }
    turnRows(fx);
    const { re, im, power } = sumColumn(fy);
    // The window stands on whole pixels, the place between them.
    const offset = fx * (x - Math.round(x)) + fy * (y - Math.round(y));
    // Half a pixel: pixel 0 covers 0 to 1, so that its value stands at 0.5.
    const half = -(fx + fy) / 2;
    return {
      frequency: { x: fx, y: fy },
      cycles: Math.atan2(im, re) / (2 * Math.PI) + offset + half,
      strength: power / strewn,
    };
  };
}

/** Where a parabola through values at -1, 0 and 1 has its top, at most one and a half steps away. */
function vertex(left: number, middle: number, right: number): number {
  const bend = left - 2 * middle + right;
  const at = bend < 0 ? (left - right) / (2 * bend) : left > right ? -1 : 1;
  return Math.max(-1.5, Math.min(1.5, at));
}

function length(frequency: Frequency): number {
  return Math.hypot(frequency.x, frequency.y);
}
