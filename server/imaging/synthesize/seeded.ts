/** Numbers that look random and are the same for the same seed (mulberry32), so that a phantom can be made again. */
export interface SeededRandom {
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** Normal with mean 0 and the given standard deviation. */
  normal(deviation: number): number;
}

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    between: (from, to) => from + (to - from) * uniform(),
    // Sum of four uniforms: near enough to a Gaussian for image noise, and four times faster than Box-Muller.
    normal: (deviation) => (uniform() + uniform() + uniform() + uniform() - 2) * 1.7320508 * deviation,
  };
}
