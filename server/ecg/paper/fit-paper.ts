import type { GridPoint } from './follow-grid.ts';

/** A point in millimetres on the grid, or in pixels of the picture. */
export type Point = readonly [number, number];

/** Where every pixel lies on the paper's grid, and back. */
export interface PaperMap {
  toMm(x: number, y: number): Point;
  toPixel(u: number, v: number): Point;
  /** Within this many millimetres lie 95 of 100 measured grid points; the mean lies lower. */
  residualMm: number;
}

type Nine = readonly number[];

/**
 * A flat paper seen by a camera maps by a homography (Hartley and Zisserman, Multiple View Geometry, 2.3); it is fitted
 * to all points, those that do not fit counting less and less (Tukey's weights). Paper that is bent besides gets a
 * correction by a polynomial of third degree, if that explains much of what is left.
 */
export function fitPaper(points: readonly GridPoint[]): PaperMap | null {
  if (points.length < 6) return null;
  const centreX = mean(points.map(({ x }) => x));
  const centreY = mean(points.map(({ y }) => y));
  const spread = Math.max(1, ...points.map(({ x, y }) => Math.max(Math.abs(x - centreX), Math.abs(y - centreY))));
  const centreU = mean(points.map(({ u }) => u));
  const centreV = mean(points.map(({ v }) => v));
  const near = points.map(({ x, y, u, v }) => ({
    x: (x - centreX) / spread,
    y: (y - centreY) / spread,
    u: u - centreU,
    v: v - centreV,
  }));

  let weights: Float64Array = new Float64Array(points.length).fill(1);
  let flat: Nine | null = null;
  for (let round = 0; round < 6; round += 1) {
    flat = fitHomography(near, weights, flat);
    if (flat === null) return null;
    const fitted = flat;
    weights = tukey(
      near.map(({ x, y, u, v }) => {
        const [atU, atV] = project(fitted, x, y);
        return Math.hypot(atU - u, atV - v);
      }),
    );
  }
  const homography = flat!;
  const back = invert(homography);
  if (back === null) return null;
  const errorsOf = (bend: Bend | null) =>
    near.map(({ x, y, u, v }) => {
      const [atU, atV] = project(homography, x, y);
      const [du, dv] = bend?.(x, y) ?? [0, 0];
      return Math.hypot(atU + du - u, atV + dv - v);
    });
  const flatErrors = errorsOf(null);
  let bend: Bend | null = null;
  if (points.length >= 40 && percentile(flatErrors, 0.9) > 0.08) {
    bend = fitBend(near, homography);
    if (bend !== null && percentile(errorsOf(bend), 0.9) > 0.75 * percentile(flatErrors, 0.9)) bend = null;
  }
  const errors = bend === null ? flatErrors : errorsOf(bend);

  return {
    residualMm: percentile(errors, 0.95),
    toMm(pixelX, pixelY) {
      const x = (pixelX - centreX) / spread;
      const y = (pixelY - centreY) / spread;
      const [u, v] = project(homography, x, y);
      const [du, dv] = bend?.(x, y) ?? [0, 0];
      return [u + du + centreU, v + dv + centreV];
    },
    toPixel(mmU, mmV) {
      const u = mmU - centreU;
      const v = mmV - centreV;
      let [x, y] = project(back, u, v);
      for (let round = 0; bend !== null && round < 4; round += 1) {
        const [du, dv] = bend(x, y);
        [x, y] = project(back, u - du, v - dv);
      }
      return [x * spread + centreX, y * spread + centreY];
    },
  };
}

interface Pair {
  x: number;
  y: number;
  u: number;
  v: number;
}

export function project(h: Nine, x: number, y: number): Point {
  const scale = h[6]! * x + h[7]! * y + h[8]!;
  return [(h[0]! * x + h[1]! * y + h[2]!) / scale, (h[3]! * x + h[4]! * y + h[5]!) / scale];
}

/** Least squares of the linear equations, each divided by the depth that the fit before gave: then errors are mm. */
function fitHomography(pairs: readonly Pair[], weights: Float64Array, before: Nine | null): Nine | null {
  const sums = normalEquations(8);
  pairs.forEach(({ x, y, u, v }, i) => {
    const depth = before === null ? 1 : before[6]! * x + before[7]! * y + 1;
    const weight = weights[i]! / (depth * depth);
    sums.add([x, y, 1, 0, 0, 0, -u * x, -u * y], u, weight);
    sums.add([0, 0, 0, x, y, 1, -v * x, -v * y], v, weight);
  });
  const h = sums.solve();
  return h === null ? null : [...h, 1];
}

type Bend = (x: number, y: number) => Point;

function fitBend(pairs: readonly Pair[], homography: Nine): Bend | null {
  const terms = (x: number, y: number) => [1, x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y];
  const left = pairs.map(({ x, y, u, v }) => {
    const [atU, atV] = project(homography, x, y);
    return [u - atU, v - atV] as const;
  });
  let weights: Float64Array = new Float64Array(pairs.length).fill(1);
  let forU: number[] | null = null;
  let forV: number[] | null = null;
  const apply = (coefficients: readonly number[], values: readonly number[]) =>
    values.reduce((sum, value, i) => sum + value * coefficients[i]!, 0);
  for (let round = 0; round < 4; round += 1) {
    const sumsU = normalEquations(10);
    const sumsV = normalEquations(10);
    pairs.forEach(({ x, y }, i) => {
      sumsU.add(terms(x, y), left[i]![0], weights[i]!);
      sumsV.add(terms(x, y), left[i]![1], weights[i]!);
    });
    forU = sumsU.solve();
    forV = sumsV.solve();
    if (forU === null || forV === null) return null;
    const [u, v] = [forU, forV];
    weights = tukey(
      pairs.map(({ x, y }, i) => Math.hypot(left[i]![0] - apply(u, terms(x, y)), left[i]![1] - apply(v, terms(x, y)))),
    );
  }
  const [u, v] = [forU!, forV!];
  const xs = pairs.map(({ x }) => x);
  const ys = pairs.map(({ y }) => y);
  const range = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  return (x, y) => {
    // Beyond the measured points a polynomial runs away; the margin keeps the edge's correction.
    const values = terms(
      Math.max(range.left, Math.min(range.right, x)),
      Math.max(range.top, Math.min(range.bottom, y)),
    );
    return [apply(u, values), apply(v, values)];
  };
}

/** Tukey's biweight with the spread taken from the median error, never narrower than a twentieth of a millimetre. */
function tukey(errors: readonly number[]): Float64Array {
  const limit = 4.685 * Math.max(0.05, 1.48 * percentile(errors, 0.5));
  return Float64Array.from(errors, (error) => (error >= limit ? 0 : (1 - (error / limit) ** 2) ** 2));
}

function normalEquations(size: number) {
  const matrix = new Float64Array(size * (size + 1));
  const width = size + 1;
  return {
    add(row: readonly number[], value: number, weight: number): void {
      for (let i = 0; i < size; i += 1) {
        const share = row[i]! * weight;
        if (share === 0) continue;
        for (let j = 0; j < size; j += 1) matrix[i * width + j] = matrix[i * width + j]! + share * row[j]!;
        matrix[i * width + size] = matrix[i * width + size]! + share * value;
      }
    },
    /** Gauss with pivots; null where the equations say too little. */
    solve(): number[] | null {
      for (let column = 0; column < size; column += 1) {
        let pivot = column;
        for (let row = column + 1; row < size; row += 1)
          if (Math.abs(matrix[row * width + column]!) > Math.abs(matrix[pivot * width + column]!)) pivot = row;
        const head = matrix[pivot * width + column]!;
        if (!(Math.abs(head) > 1e-10)) return null;
        for (let j = 0; j < width; j += 1) {
          const held = matrix[column * width + j]!;
          matrix[column * width + j] = matrix[pivot * width + j]! / head;
          if (pivot !== column) matrix[pivot * width + j] = held;
        }
        for (let row = 0; row < size; row += 1) {
          const share = matrix[row * width + column]!;
          if (row === column || share === 0) continue;
          for (let j = column; j < width; j += 1)
            matrix[row * width + j] = matrix[row * width + j]! - share * matrix[column * width + j]!;
        }
      }
      return Array.from({ length: size }, (_, i) => matrix[i * width + size]!);
    },
  };
}

export function invert(h: Nine): Nine | null {
  const [a, b, c, d, e, f, g, k, l] = h as [number, number, number, number, number, number, number, number, number];
  const inverse = [
    ...[e * l - f * k, c * k - b * l, b * f - c * e],
    ...[f * g - d * l, a * l - c * g, c * d - a * f],
    ...[d * k - e * g, b * g - a * k, a * e - b * d],
  ];
  const determinant = a * inverse[0]! + b * inverse[3]! + c * inverse[6]!;
  return Math.abs(determinant) < 1e-12 ? null : inverse.map((value) => value / determinant);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The value that `share` of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
