import type { GridPoint } from './follow-grid.ts';
import type { PaperSignal } from './paper-signal.ts';

/** Which lines the paper has: both, or only one spacing, which says less surely what a millimetre is. */
export type LineKind = 'millimetres-and-fives' | 'fives' | 'millimetres';

export interface GridLines {
  kind: LineKind;
  /** Which of five lines is the strong one, as a remainder of the count. */
  strongU: number;
  strongV: number;
}

const binsPerLine = 10;
const bins = 5 * binsPerLine;
/** Less than this is no printing, but what a JPEG's blocks or a screen leave. */
const leastInk = 0.008;
/** A line that is weaker than this share of the strongest is none. */
const leastShare = 0.08;

/**
 * Adds the ink of the whole grid up by its place within five lines: what repeats stands out, trace and text do not.
 * @returns null where nothing is printed that repeats
 */
export function classifyLines(signal: PaperSignal, points: readonly GridPoint[], stepPixels: number): GridLines | null {
  const u = lineStrengths(profile(signal, points, stepPixels, 'u'));
  const v = lineStrengths(profile(signal, points, stepPixels, 'v'));
  if (u === null || v === null) return null;
  const rank = (one: LineKind) => ['fives', 'millimetres', 'millimetres-and-fives'].indexOf(one);
  return { kind: rank(u.kind) < rank(v.kind) ? u.kind : v.kind, strongU: u.strong, strongV: v.strong };
}

function profile(signal: PaperSignal, points: readonly GridPoint[], stepPixels: number, axis: 'u' | 'v'): Float64Array {
  const sums = new Float64Array(bins);
  const counts = new Float64Array(bins);
  const half = Math.floor(stepPixels / 2);
  for (const point of points) {
    const frequency = axis === 'u' ? point.uFrequency : point.vFrequency;
    const centreX = Math.round(point.x);
    const centreY = Math.round(point.y);
    for (let y = Math.max(0, centreY - half); y < Math.min(signal.height, centreY + half); y += 1) {
      for (let x = Math.max(0, centreX - half); x < Math.min(signal.width, centreX + half); x += 1) {
        const lines = point[axis] + frequency.x * (x + 0.5 - point.x) + frequency.y * (y + 0.5 - point.y);
        const fifth = lines / 5 - Math.floor(lines / 5);
        const bin = Math.round(fifth * bins) % bins;
        sums[bin]! += signal.ink[y * signal.width + x]!;
        counts[bin]! += 1;
      }
    }
  }
  return sums.map((sum, bin) => sum / Math.max(1, counts[bin]!));
}

function lineStrengths(ink: Float64Array): { kind: LineKind; strong: number } | null {
  const at = (bin: number) => ink[(bin + bins) % bins]!;
  const strengths = Array.from({ length: 5 }, (_, line) => {
    const centre = line * binsPerLine;
    const peak = Math.max(at(centre - 1), at(centre), at(centre + 1));
    const beside = [-5, -4, 4, 5].map((offset) => at(centre + offset));
    return peak - Math.min(...beside);
  });
  const strong = strengths.indexOf(Math.max(...strengths));
  const others = strengths.filter((_, line) => line !== strong).sort((a, b) => a - b);
  const most = strengths[strong]!;
  if (most < leastInk) return null;
  if (others[1]! < leastShare * most) return { kind: 'fives', strong };
  return { kind: most > 1.15 * others[3]! ? 'millimetres-and-fives' : 'millimetres', strong };
}
