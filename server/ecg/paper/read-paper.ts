import { findLattice, type Lattice } from './find-lattice.ts';
import { fitPaper, percentile, type PaperMap } from './fit-paper.ts';
import { followGrid, type GridPoint } from './follow-grid.ts';
import { classifyLines, type LineKind } from './grid-lines.ts';
import { PaperRefusal } from './paper-refusal.ts';
import { paperSignal, type PaperSignal } from './paper-signal.ts';
import { applyOrientation, type Raster } from './raster.ts';
import { rectifyPaper, type PaperArea } from './rectify-paper.ts';
import { quarterTurnsOfTrace } from './trace-direction.ts';

export interface StraightPaper {
  picture: Raster;
  /** The same in both directions. */
  pxPerMm: number;
  /** How far 95 of 100 measured places lie from where the straightened grid has them, at most. */
  residualMm: number;
  /** Share of the paper (the rectangle around all that was found) where the grid was found, 0 to 1. */
  gridShare: number;
  /** Clockwise, how far the paper lay turned in the picture, -45 to 45. */
  angleDegrees: number;
  /** Clockwise quarter turns that it was turned besides, so that the leads lie. */
  quarterTurns: 0 | 1 | 3;
  lines: LineKind;
  /** Of the picture as it came, in the middle of its sizes. */
  sourcePxPerMm: number;
}

const workingSides = [1800, 4000, 1000];
const mostWalks = 3;
const leastShare = 0.45;
/** Where light burns the paper out, a trace may be lost in every hole. */
const leastShareUnderLight = 0.85;
const mostGlare = 0.08;
const leastSidePixels = 480;
const leastPxPerMm = 3;
const mostPxPerMm = 10;
const mostPerspective = 2.2;
/** More lines than this of one spacing are millimetres: no sheet has so many squares of five. */
const mostFives = 80;
const mostStrayMm = 0.6;
/** Fewer squares of five, without millimetres, may be anything. */
const leastFivesMm = 80;
/**
 * Out of focus the lines of five millimetres, or every half of them, look like sharp millimetres of a smaller sheet: the
 * scale would be five times, or two and a half times, wrong, in one direction or in both. Only a sheet that would then be
 * too large can be believed, and only where its squares are squares.
 */
const leastBlurredMm = 160;
const mostOblong = 1.2;
const mostResidualMm = 0.5;
const marginMm = 25;
const mostPixels = 16_000_000;

interface FoundGrid {
  signal: PaperSignal;
  points: GridPoint[];
  stepPixels: number;
}

/**
 * Straightens a photograph or scan of ECG paper on its own millimetre grid.
 * @throws PaperRefusal too-small, no-grid, too-blurred, glare or too-skewed: what to do better at the next photograph
 */
export function readPaper(photo: Raster): StraightPaper {
  if (Math.max(photo.width, photo.height) < leastSidePixels)
    throw new PaperRefusal('paper-too-small', `${photo.width} x ${photo.height} pixels are too few`);
  let refusal: PaperRefusal | null = null;
  const tried = new Set<number>();
  for (const side of workingSides) {
    const signal = paperSignal(photo, side);
    if (tried.has(signal.factor)) continue;
    tried.add(signal.factor);
    const found = searchGrid(signal);
    if (found === null) continue;
    try {
      return straighten(photo, found);
    } catch (thrown) {
      // Another scale may show what this one does not; the first that saw a grid at all knows best why not.
      if (!(thrown instanceof PaperRefusal)) throw thrown;
      refusal ??= thrown;
    }
  }
  throw refusal ?? refusalWithoutGrid(photo);
}

function straighten(photo: Raster, found: FoundGrid): StraightPaper {
  const { signal } = found;
  const lines = classifyLines(signal, found.points, found.stepPixels);
  if (lines === null) throw new PaperRefusal('paper-no-grid', 'Nothing is printed that repeats');
  if (lines.kind === 'millimetres' && isCompression(found))
    throw new PaperRefusal('paper-no-grid', 'What repeats are the blocks of the JPEG');
  const { scale, kind } = scaleOfLines(found, lines.kind, photo);
  const counted = found.points.map((point) => ({ ...point, u: point.u * scale, v: point.v * scale }));
  const rough = fitPaper(counted);
  // Windows that lie elsewhere than the sheet as a whole has them did not see its grid.
  const points = counted.filter(({ x, y, u, v }) => {
    const [atU, atV] = rough?.toMm(x, y) ?? [Infinity, Infinity];
    return Math.hypot(atU - u, atV - v) < mostStrayMm;
  });
  const map = points.length < 0.7 * counted.length ? null : fitPaper(points);
  if (map === null) throw new PaperRefusal('paper-no-grid', 'The lines do not make one grid');

  const sizes = points.flatMap(({ uFrequency, vFrequency }) =>
    [uFrequency, vFrequency].map(({ x, y }) => signal.factor / (Math.hypot(x, y) * scale)),
  );
  const sourcePxPerMm = percentile(sizes, 0.5);
  const perspective = percentile(sizes, 0.95) / percentile(sizes, 0.05);
  if (perspective > mostPerspective)
    throw new PaperRefusal(
      'paper-too-skewed',
      `A millimetre is ${perspective.toFixed(1)} times as large here as there`,
    );
  if (map.residualMm > mostResidualMm)
    throw new PaperRefusal(
      perspective > 1.6 ? 'paper-too-skewed' : 'paper-no-grid',
      `The lines lie ${map.residualMm.toFixed(1)} mm from a grid`,
    );
  if (sourcePxPerMm < leastPxPerMm)
    throw new PaperRefusal(
      'paper-too-small',
      `A millimetre has ${sourcePxPerMm.toFixed(1)} pixels; ${leastPxPerMm} are needed`,
    );

  const windowMm = (found.stepPixels * signal.factor) / sourcePxPerMm;
  const grid = boundsOf(
    points.map(({ u, v }) => [u, v] as const),
    windowMm / 2,
  );
  const longSideMm = Math.max(grid.right - grid.left, grid.bottom - grid.top);
  if (longSideMm < 40) throw new PaperRefusal('paper-no-grid', 'Less than four centimetres of grid');
  if ((longSideMm < leastBlurredMm || !isSquare(points)) && isBlurred(photo))
    throw new PaperRefusal('paper-too-blurred', `${Math.round(longSideMm)} mm of paper without a sharp edge`);
  const gridShare = Math.min(1, (points.length * windowMm * windowMm) / areaOf(grid));
  if (gridShare < leastShare || (gridShare < leastShareUnderLight && glareShare(photo) > mostGlare))
    throw refusalOfHoles(photo, gridShare);

  const turns = quarterTurnsOfTrace(photo, map, signal.factor, points);
  const middle = map.toMm(signal.width / 2, signal.height / 2);
  const toRight = map.toPixel(middle[0] + 20, middle[1]);
  const centre = map.toPixel(...middle);
  const area = paperArea(grid, map, signal, { u: lines.strongU * scale, v: lines.strongV * scale });
  const pxPerMm = Math.min(
    mostPxPerMm,
    Math.max(4, Math.round(sourcePxPerMm * 2) / 2),
    Math.floor(Math.sqrt(mostPixels / areaOf(area))),
  );
  const straight = rectifyPaper(
    photo,
    (u, v) => {
      const [x, y] = map.toPixel(u, v);
      return [x * signal.factor, y * signal.factor];
    },
    area,
    pxPerMm,
    sourcePxPerMm,
  );
  return {
    picture: applyOrientation(straight, turns === 0 ? 1 : turns === 1 ? 6 : 8),
    pxPerMm,
    residualMm: map.residualMm,
    gridShare,
    angleDegrees: (Math.atan2(toRight[1] - centre[1], toRight[0] - centre[0]) * 180) / Math.PI,
    quarterTurns: turns,
    lines: kind,
    sourcePxPerMm,
  };
}

/** Looks for the grid from the middle outward until two places agree, and follows it from there. */
function searchGrid(signal: PaperSignal): FoundGrid | null {
  let best: FoundGrid | null = null;
  const seeds: Lattice[] = [];
  let walks = 0;
  for (const [fx, fy] of seedPlaces) {
    const seed = findLattice(signal, fx * signal.width, fy * signal.height);
    if (seed === null) continue;
    const twin = seeds.find((other) => isSameGrid(seed, other));
    seeds.push(seed);
    if (twin === undefined) continue;
    const points = followGrid(signal, seed);
    if (points.length > (best?.points.length ?? 5)) best = { signal, points, stepPixels: stepOf(points) };
    walks += 1;
    if ((points.length >= 24 && seed.hasFives) || walks >= mostWalks) break;
  }
  return best;
}

/** Shares of width and height. */
const seedPlaces = [
  [0.5, 0.5],
  [0.35, 0.4],
  [0.65, 0.6],
  [0.35, 0.65],
  [0.65, 0.35],
  [0.5, 0.75],
  [0.5, 0.25],
  [0.2, 0.5],
  [0.8, 0.5],
  [0.2, 0.25],
  [0.8, 0.75],
  [0.2, 0.75],
  [0.8, 0.25],
] as const;

function isSameGrid(a: Lattice, b: Lattice): boolean {
  return (['u', 'v'] as const).every((axis) => {
    const ratio = Math.hypot(a[axis].x, a[axis].y) / Math.hypot(b[axis].x, b[axis].y);
    const turn = Math.atan2(a[axis].y, a[axis].x) - Math.atan2(b[axis].y, b[axis].x);
    return ratio > 0.72 && ratio < 1.4 && Math.abs(Math.sin(turn)) < 0.25;
  });
}

/** The distance of neighbouring windows. */
function stepOf(points: readonly GridPoint[]): number {
  const first = points[0]!;
  return Math.min(...points.slice(1).map(({ x, y }) => Math.max(Math.abs(x - first.x), Math.abs(y - first.y))), 256);
}

/** How many millimetres one counted line is. */
function scaleOfLines(found: FoundGrid, kind: LineKind, photo: Raster): { scale: number; kind: LineKind } {
  const { points, signal } = found;
  const counted = boundsOf(
    points.map(({ u, v }) => [u, v] as const),
    0,
  );
  const longest = Math.max(counted.right - counted.left, counted.bottom - counted.top);
  if (kind === 'millimetres-and-fives') return { scale: 1, kind };
  if (kind === 'fives' && longest / 5 > mostFives) return { scale: 0.2, kind: 'millimetres' };
  if (kind === 'fives' && longest >= leastFivesMm) return { scale: 1, kind };
  if (kind === 'fives') throw new PaperRefusal('paper-no-grid', `${Math.round(longest / 5)} squares are no ECG paper`);
  if (longest > mostFives) return { scale: 1, kind };
  const spacing = percentile(
    points.map(({ uFrequency }) => signal.factor / Math.hypot(uFrequency.x, uFrequency.y)),
    0.5,
  );
  // Lines of five alone, and so near each other that those between have no room.
  if (spacing < 5 * leastPxPerMm)
    throw new PaperRefusal('paper-too-small', `A square of five millimetres has ${spacing.toFixed(1)} pixels`);
  throw isBlurred(photo)
    ? new PaperRefusal('paper-too-blurred', 'Only coarse lines can be told apart')
    : new PaperRefusal('paper-no-grid', `${Math.round(longest)} lines of one spacing are no ECG paper`);
}

/** JPEG codes blocks of 8 pixels (ITU-T T.81, A.3.1): on blank paper their edges look like a faint, straight grid. */
function isCompression({ points, signal }: FoundGrid): boolean {
  return (['uFrequency', 'vFrequency'] as const).every((axis) => {
    const spacing = percentile(
      points.map((point) => signal.factor / Math.hypot(point[axis].x, point[axis].y)),
      0.5,
    );
    return [8, 16].some((block) => Math.abs(spacing / block - 1) < 0.005);
  });
}

function boundsOf(points: readonly (readonly [number, number])[], margin: number): PaperArea {
  const us = points.map(([u]) => u);
  const vs = points.map(([, v]) => v);
  return {
    left: Math.min(...us) - margin,
    right: Math.max(...us) + margin,
    top: Math.min(...vs) - margin,
    bottom: Math.max(...vs) + margin,
  };
}

const areaOf = (area: PaperArea) => (area.right - area.left) * (area.bottom - area.top);

/** The grid and what is printed beside it, begun on a strong line. */
function paperArea(grid: PaperArea, map: PaperMap, signal: PaperSignal, strong: { u: number; v: number }): PaperArea {
  const edges = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    map.toMm(share * signal.width, 0),
    map.toMm(share * signal.width, signal.height),
    map.toMm(0, share * signal.height),
    map.toMm(signal.width, share * signal.height),
  ]);
  const photo = boundsOf(edges, 0);
  const onStrong = (mm: number, line: number) => Math.floor((mm - line) / 5) * 5 + line;
  return {
    left: onStrong(Math.max(photo.left, grid.left - marginMm), strong.u),
    top: onStrong(Math.max(photo.top, grid.top - marginMm), strong.v),
    right: Math.min(photo.right, grid.right + marginMm),
    bottom: Math.min(photo.bottom, grid.bottom + marginMm),
  };
}

function refusalWithoutGrid(photo: Raster): PaperRefusal {
  if (glareShare(photo) > 0.12) return new PaperRefusal('paper-glare', 'Light is reflected over much of the picture');
  if (isBlurred(photo)) return new PaperRefusal('paper-too-blurred', 'No edge in the picture is sharp');
  return new PaperRefusal('paper-no-grid', 'No millimetre grid was found');
}

function refusalOfHoles(photo: Raster, share: number): PaperRefusal {
  const line = `The grid was found on ${Math.round(share * 100)} % of the paper only`;
  return new PaperRefusal(glareShare(photo) > mostGlare ? 'paper-glare' : 'paper-no-grid', line);
}

/** Share of burnt-out pixels in a picture whose paper is not itself white. */
function glareShare({ rgb }: Raster): number {
  const counts = new Uint32Array(256);
  let total = 0;
  for (let i = 0; i + 2 < rgb.length; i += 3 * 7, total += 1) counts[Math.min(rgb[i]!, rgb[i + 1]!, rgb[i + 2]!)]! += 1;
  const burnt = counts.subarray(252).reduce((sum, count) => sum + count, 0) / total;
  const nearlyWhite = counts.subarray(236, 252).reduce((sum, count) => sum + count, 0) / total;
  return burnt > 0.6 || nearlyWhite > burnt ? 0 : burnt;
}

/** Whether a millimetre is as long one way as the other, in the middle of all places. */
function isSquare(points: readonly GridPoint[]): boolean {
  const ratios = points.map(
    ({ uFrequency, vFrequency }) => Math.hypot(uFrequency.x, uFrequency.y) / Math.hypot(vFrequency.x, vFrequency.y),
  );
  const ratio = percentile(ratios, 0.5);
  return Math.max(ratio, 1 / ratio) < mostOblong;
}

/** True where there is contrast, but even the steepest edges rise over many pixels. */
function isBlurred(photo: Raster): boolean {
  const { width, height, ink } = paperSignal(photo, 1600);
  const reach = 6;
  const steps: number[] = [];
  const rises: number[] = [];
  for (let y = reach; y < height - reach; y += 2) {
    for (let x = reach; x < width - reach; x += 3) {
      const at = y * width + x;
      steps.push(Math.abs(ink[at + 1]! - ink[at]!));
      rises.push(Math.abs(ink[at + reach]! - ink[at - reach]!));
    }
  }
  const rise = percentile(rises, 0.995);
  return rise > 0.05 && percentile(steps, 0.995) < 0.22 * rise;
}
