import { powerSpectrum } from './fourier.ts';
import type { PaperSignal } from './paper-signal.ts';

/** Cycles per pixel. */
export interface Frequency {
  x: number;
  y: number;
}

/** What a grid of lines looks like in one place: how often its millimetres repeat, across (u) and down (v). */
export interface Lattice {
  /** Pixels, of the place that was looked at. */
  x: number;
  y: number;
  /** Of the millimetre lines that stand upright, so that it points to the right. */
  u: Frequency;
  /** Of the millimetre lines that lie, pointing down. */
  v: Frequency;
  /** Whether every fifth line is stronger, in both directions: the mark of ECG paper. */
  hasFives: boolean;
  /** Strength of the weaker direction. */
  score: number;
}

const size = 256;
/** In the middle of the scale of Rayleigh noise 1.2: what stands this far above it is no accident. */
const clearAmplitude = 4;
const mostAmplitude = 25;

/**
 * Looks at one square of the picture (256 pixels) for a grid: in its spectrum, each set of parallel lines that repeats
 * is a row of points on a ray through the origin, at each whole fifth of the millimetre's frequency.
 * @returns null where there is none, or where the square lies outside.
 */
export function findLattice(signal: PaperSignal, centreX: number, centreY: number): Lattice | null {
  const amplitude = relativeAmplitudes(spectrumAt(signal, centreX, centreY));
  const us = alongRay(amplitude, -45, 45);
  const vs = alongRay(amplitude, 45, 135);
  let best: { u: Spacing; v: Spacing } | null = null;
  for (const u of us) {
    for (const v of vs) {
      // A square seen from the side is no square, but nearly one where the paper can still be read.
      if (u.bins > mostStretch * v.bins || v.bins > mostStretch * u.bins) continue;
      if (best === null || worth({ u, v }) > worth(best)) best = { u, v };
    }
  }
  if (best === null) return null;
  return {
    ...{ x: centreX, y: centreY, u: best.u.frequency, v: best.v.frequency },
    hasFives: best.u.hasFives && best.v.hasFives,
    score: Math.min(best.u.score, best.v.score),
  };
}

const mostStretch = 1.45;

/** One reading of the points on a ray. */
interface Spacing {
  bins: number;
  frequency: Frequency;
  hasFives: boolean;
  score: number;
}

/** Millimetres with fives, in both directions, are believed before anything else. */
function worth({ u, v }: { u: Spacing; v: Spacing }): number {
  return u.score + v.score + (u.hasFives && v.hasFives ? 1000 : 0);
}

function spectrumAt(signal: PaperSignal, centreX: number, centreY: number): Float32Array {
  const tile = new Float32Array(size * size);
  const left = Math.round(centreX - size / 2);
  const top = Math.round(centreY - size / 2);
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, top); y < Math.min(signal.height, top + size); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(signal.width, left + size); x += 1) {
      sum += signal.ink[y * signal.width + x]!;
      count += 1;
    }
  }
  const mean = count === 0 ? 0 : sum / count;
  for (let y = 0; y < size; y += 1) {
    const fromY = top + y;
    if (fromY < 0 || fromY >= signal.height) continue;
    for (let x = 0; x < size; x += 1) {
      const fromX = left + x;
      if (fromX < 0 || fromX >= signal.width) continue;
      tile[y * size + x] = (signal.ink[fromY * signal.width + fromX]! - mean) * hann[x]! * hann[y]!;
    }
  }
  return powerSpectrum(tile, size);
}

const hann = Float32Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size));

/** Amplitudes over the ordinary amplitude at the same distance from the origin, which takes the slope of ink out. */
function relativeAmplitudes(power: Float32Array): Float32Array {
  const rings: number[][] = Array.from({ length: size }, () => []);
  for (let y = 0; y < size / 2; y += 1)
    for (let x = 0; x < size; x += 1) rings[distances[y * size + x]!]!.push(power[y * size + x]!);
  const ordinary = rings.map((ring) => Math.sqrt(Float32Array.from(ring).sort()[ring.length >> 1] ?? 0));
  const floors = ordinary.map((own, r) => Math.max(own, ordinary[r - 1] ?? 0, 1e-6));
  const amplitude = new Float32Array(power.length);
  for (let i = 0; i < power.length; i += 1)
    amplitude[i] = Math.min(mostAmplitude, Math.sqrt(power[i]!) / floors[distances[i]!]!);
  return amplitude;
}

/** Of each point of the spectrum, its distance from the origin. */
const distances = Uint16Array.from({ length: size * size }, (_, i) => {
  const x = i % size;
  const y = (i - x) / size;
  return Math.round(Math.hypot(x < size / 2 ? x : x - size, y < size / 2 ? y : y - size));
});

function sample(amplitude: Float32Array, fx: number, fy: number): number {
  const x0 = Math.floor(fx);
  const y0 = Math.floor(fy);
  const dx = fx - x0;
  const dy = fy - y0;
  const at = (x: number, y: number) => amplitude[((y + size) % size) * size + ((x + size) % size)]!;
  return (
    (at(x0, y0) * (1 - dx) + at(x0 + 1, y0) * dx) * (1 - dy) +
    (at(x0, y0 + 1) * (1 - dx) + at(x0 + 1, y0 + 1) * dx) * dy
  );
}

const firstBin = 4;
const lastBin = size * 0.45;

/** The ray with most points between two angles, and how its points can be read as millimetres and fives. */
function alongRay(amplitude: Float32Array, fromDegrees: number, toDegrees: number): Spacing[] {
  let best = { angle: 0, total: -1 };
  for (let degrees = fromDegrees; degrees < toDegrees; degrees += 0.25) {
    const angle = (degrees * Math.PI) / 180;
    const c = Math.cos(angle);
    const s = Math.sin(angle);
    let total = 0;
    for (let r = firstBin; r < lastBin; r += 1) {
      const value = sample(amplitude, r * c, r * s);
      if (value > 3) total += value - 3;
    }
    if (total > best.total) best = { angle, total };
  }
  const c = Math.cos(best.angle);
  const s = Math.sin(best.angle);
  const step = 0.25;
  const ray = new Float32Array(Math.ceil(lastBin / step) + 8);
  for (let i = 0; i < ray.length; i += 1) {
    const r = i * step;
    let most = 0;
    for (let across = -1; across <= 1; across += 0.5)
      most = Math.max(most, sample(amplitude, r * c - across * s, r * s + across * c));
    ray[i] = r < 2.5 ? 0 : most;
  }
  const at = (r: number) => {
    const i = Math.round(r / step);
    return Math.max(ray[i - 1] ?? 0, ray[i] ?? 0, ray[i + 1] ?? 0);
  };
  const isPeak = (r: number) => at(r) >= clearAmplitude && at(r) > 1.3 * Math.min(at(r - 2.5), at(r + 2.5));

  const readings: Spacing[] = [];
  for (let r = 10; r < lastBin; r += step) {
    if (!isPeak(r) || at(r) > ray[Math.round(r / step)]! * 1.02) continue;
    let score = 0;
    let fives = 0;
    for (let tooth = 1; tooth <= 15 && (tooth * r) / 5 < lastBin; tooth += 1) {
      const place = (tooth * r) / 5;
      score += Math.max(0, ray[Math.round(place / step)]! - 2.5);
      if (tooth % 5 !== 0 && tooth < 10 && isPeak(place)) fives += 1;
      // What stands between the teeth speaks against them.
      score -= 0.5 * Math.max(0, ray[Math.round(((tooth - 0.5) * r) / 5 / step)]! - 2.5);
    }
    // Majors without their own frequency are no majors: half the spacing would have every second tooth empty.
    const hasFives = fives >= 2 && r >= 20 && isPeak(r / 5);
    readings.push({ bins: r, frequency: { x: (r * c) / size, y: (r * s) / size }, hasFives, score });
  }
  return readings;
}
