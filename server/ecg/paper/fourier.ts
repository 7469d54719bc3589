/**
 * Power spectrum of a square of `size` (a power of two) values, rows first, by the radix-2 algorithm of Cooley and
 * Tukey (Math Comp 1965;19:297-301). The square is used up. Index y * size + x, frequencies above half are negative.
 */
export function powerSpectrum(values: Float32Array, size: number): Float32Array {
  const re = values;
  const im = new Float32Array(values.length);
  const plan = planOf(size);
  for (let y = 0; y < size; y += 1) transformLine(re, im, y * size, 1, plan);
  for (let x = 0; x < size; x += 1) transformLine(re, im, x, size, plan);
  for (let i = 0; i < re.length; i += 1) re[i] = re[i]! * re[i]! + im[i]! * im[i]!;
  return re;
}

interface Plan {
  size: number;
  swaps: Uint32Array;
  cos: Float32Array;
  sin: Float32Array;
  lineRe: Float32Array;
  lineIm: Float32Array;
}

function planOf(size: number): Plan {
  const bits = Math.log2(size);
  const swaps = new Uint32Array(size);
  for (let i = 0; i < size; i += 1) swaps[i] = (swaps[i >> 1]! >> 1) | ((i & 1) << (bits - 1));
  const cos = Float32Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sin = Float32Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
  return { size, swaps, cos, sin, lineRe: new Float32Array(size), lineIm: new Float32Array(size) };
}

function transformLine(re: Float32Array, im: Float32Array, start: number, step: number, plan: Plan): void {
  const { size, swaps, cos, sin, lineRe, lineIm } = plan;
  for (let i = 0; i < size; i += 1) {
    const from = start + swaps[i]! * step;
    lineRe[i] = re[from]!;
    lineIm[i] = im[from]!;
  }
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let block = 0; block < size; block += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const a = block + k;
        const b = a + half;
        const c = cos[k * stride]!;
        const s = sin[k * stride]!;
        const tr = lineRe[b]! * c - lineIm[b]! * s;
        const ti = lineRe[b]! * s + lineIm[b]! * c;
        lineRe[b] = lineRe[a]! - tr;
        lineIm[b] = lineIm[a]! - ti;
        lineRe[a] = lineRe[a]! + tr;
        lineIm[a] = lineIm[a]! + ti;
      }
    }
  }
  for (let i = 0, to = start; i < size; i += 1, to += step) {
    re[to] = lineRe[i]!;
    im[to] = lineIm[i]!;
  }
}
