// Named once: looking them up at each call costs much where globals are slow (Jest's contexts).
const { cos, imul, log, sqrt, PI } = Math;

/** Mulberry32: a small 32-bit generator, uniform in [0, 1), enough for noise that must only be repeatable. */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal values by Box and Muller. */
export function gaussianSource(uniform: () => number): () => number {
  return () => sqrt(-2 * log(1 - uniform())) * cos(2 * PI * uniform());
}
