/** A filled rectangle of the pattern in device pixels; grey from 0 (black) to 1 (white). */
export interface PatternPatch {
  name: 'ground' | 'step' | 'dark' | 'dark-5' | 'bright' | 'bright-95' | 'lines' | 'ramp';
  x: number;
  y: number;
  width: number;
  height: number;
  grey: number;
}

/** Grey steps; neighbours differ by a seventeenth of the whole range. */
export const PATTERN_STEPS = 18;
const GROUND = 0.2;

/**
 * What is drawn on a screen of so many device pixels, from back to front: on a grey ground 18 steps in a row, a black
 * square with one of 5 % in it, a white one with one of 95 %, a ramp, and lines of one pixel, upright and level, in the
 * middle and near each corner. After the test pattern of SMPTE RP 133; greys are parts of the display's whole range.
 */
export function testPattern(width: number, height: number): PatternPatch[] {
  const patches: PatternPatch[] = [];
  const add = (name: PatternPatch['name'], grey: number, x: number, y: number, wide: number, high: number): void => {
    patches.push({ name, grey, x: Math.round(x), y: Math.round(y), width: Math.round(wide), height: Math.round(high) });
  };
  add('ground', GROUND, 0, 0, width, height);

  const stepWidth = Math.floor((width * 0.9) / PATTERN_STEPS);
  const left = Math.floor((width - stepWidth * PATTERN_STEPS) / 2);
  for (let step = 0; step < PATTERN_STEPS; step++) {
    add('step', step / (PATTERN_STEPS - 1), left + step * stepWidth, height * 0.12, stepWidth, height * 0.22);
  }

  const side = Math.floor(Math.min(width * 0.26, height * 0.34));
  const top = height * 0.42;
  const inset = (side - side / 2) / 2;
  add('dark', 0, left, top, side, side);
  add('dark-5', 0.05, left + inset, top + inset, side / 2, side / 2);
  const right = left + stepWidth * PATTERN_STEPS - side;
  add('bright', 1, right, top, side, side);
  add('bright-95', 0.95, right + inset, top + inset, side / 2, side / 2);

  const columns = stepWidth * PATTERN_STEPS;
  for (let column = 0; column < columns; column++) {
    add('ramp', column / (columns - 1), left + column, height * 0.82, 1, height * 0.1);
  }

  const fine = Math.max(16, 2 * Math.floor(Math.min(width, height) * 0.03));
  for (const [x, y] of [
    [(width - 2 * fine) / 2, top + (side - fine) / 2],
    [8, 8],
    [width - 2 * fine - 8, 8],
    [8, height - fine - 8],
    [width - 2 * fine - 8, height - fine - 8],
  ] as const) {
    for (let line = 0; line < fine; line++) {
      add('lines', line % 2, Math.round(x) + line, y, 1, fine);
      add('lines', line % 2, Math.round(x) + fine, Math.round(y) + line, fine, 1);
    }
  }
  return patches;
}
