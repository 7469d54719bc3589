import { seededRandom, type SeededRandom } from './seeded.ts';

/**
 * A chest that nobody has: ellipses of tissue in Hounsfield units, painted back to front, with ribs that wander
 * from slice to slice, tapering lung vessels and one round nodule. x grows to the patient's left, y to the back
 * (both millimetres from the middle of the table's bore), depth runs from 0 (apex) to 1 (diaphragm).
 */
export interface CtPhantom {
  /** Millimetres from the first slice to the last. */
  heightMm: number;
  /** Fills `target` (rows x columns, Hounsfield units) with the slice at `depth`. */
  paintSlice(depth: number, target: Float32Array): void;
}

export interface CtGrid {
  rows: number;
  columns: number;
  /** Millimetres between pixels, the same in both directions. */
  spacingMm: number;
}

const AIR = -1000;
const LUNG = -860;
const FAT = -95;
const MUSCLE = 52;
const BLOOD = 42;
const LIVER = 60;
const NOISE_HU = 14;

interface Vessel {
  from: [number, number, number];
  to: [number, number, number];
  bend: [number, number];
  radiusMm: number;
}

/** Makes the phantom; the seed moves the vessels and the noise, not the anatomy. */
export function createCtPhantom(grid: CtGrid, seed: number): CtPhantom {
  const heightMm = 270;
  const random = seededRandom(seed);
  const vessels = growVessels(random, heightMm);
  const scratch = new Float32Array(grid.rows * grid.columns);
  return {
    heightMm,
    paintSlice(depth, target) {
      const paint = painter(grid, target);
      target.fill(AIR);
      paintTable(paint);
      paintChestWall(paint, depth, heightMm);
      paintLungs(paint, depth);
      paintVessels(paint, vessels, depth * heightMm);
      paintMediastinum(paint, depth);
      paintSpine(paint, depth * heightMm);
      paintUpperAbdomen(paint, depth);
      soften(target, scratch, grid);
      for (let index = 0; index < target.length; index++) target[index]! += random.normal(NOISE_HU);
    },
  };
}

type Where = (current: number) => boolean;
const anywhere: Where = () => true;
const inLung: Where = (current) => current < -500;

interface Painter {
  ellipse(x: number, y: number, a: number, b: number, hu: number, where?: Where): void;
  /** Calls back for each pixel of a box around (0, 0) with its place in millimetres. */
  each(a: number, b: number, visit: (x: number, y: number, current: number) => number): void;
}

function painter({ rows, columns, spacingMm }: CtGrid, target: Float32Array): Painter {
  const middleColumn = (columns - 1) / 2;
  const middleRow = (rows - 1) / 2;
  const box = (x: number, y: number, a: number, b: number) => ({
    left: Math.max(0, Math.floor(middleColumn + (x - a) / spacingMm)),
    right: Math.min(columns - 1, Math.ceil(middleColumn + (x + a) / spacingMm)),
    top: Math.max(0, Math.floor(middleRow + (y - b) / spacingMm)),
    bottom: Math.min(rows - 1, Math.ceil(middleRow + (y + b) / spacingMm)),
  });
  return {
    ellipse(x, y, a, b, hu, where = anywhere) {
      if (a <= 0 || b <= 0) return;
      const { left, right, top, bottom } = box(x, y, a, b);
      for (let row = top; row <= bottom; row++) {
        const v = ((row - middleRow) * spacingMm - y) / b;
        for (let column = left; column <= right; column++) {
          const u = ((column - middleColumn) * spacingMm - x) / a;
          const index = row * columns + column;
          if (u * u + v * v <= 1 && where(target[index]!)) target[index] = hu;
        }
      }
    },
    each(a, b, visit) {
      const { left, right, top, bottom } = box(0, 0, a, b);
      for (let row = top; row <= bottom; row++) {
        for (let column = left; column <= right; column++) {
          const index = row * columns + column;
          target[index] = visit((column - middleColumn) * spacingMm, (row - middleRow) * spacingMm, target[index]!);
        }
      }
    },
  };
}

function paintTable(paint: Painter): void {
  paint.ellipse(0, 20, 210, 142, -200, anywhere);
  paint.ellipse(0, 20, 208, 140, -780, anywhere);
  // Only the lower arc of the shell is table: everything above it is air again.
  paint.each(215, 190, (_x, y, current) => (y < 122 ? AIR : current));
}

/** Half axes of the inner chest wall at a depth: narrow at the apex, widest at two thirds. */
function thorax(depth: number): { a: number; b: number } {
  const swell = Math.sin(Math.min(1, 0.28 + depth * 0.75) * (Math.PI / 2));
  return { a: 78 + 54 * swell, b: 58 + 32 * swell };
}

function paintChestWall(paint: Painter, depth: number, heightMm: number): void {
  const { a, b } = thorax(depth);
  const shoulders = Math.max(0, 1 - depth * 4);
  const bodyA = a + 34 + 34 * shoulders;
  const bodyB = b + 30 - 4 * shoulders;
  paint.ellipse(0, 2, bodyA, bodyB, 20);
  paint.ellipse(0, 2, bodyA - 2, bodyB - 2, FAT);
  paint.ellipse(0, 2, bodyA - 12, bodyB - 12, MUSCLE);
  // Shoulder blades behind the upper ribs.
  if (depth < 0.45) {
    for (const side of [-1, 1]) {
      paint.ellipse(side * (a + 2 - 30 * depth), b * 0.62 + 22, 26, 5, 620);
      paint.ellipse(side * (a + 2 - 30 * depth), b * 0.62 + 22, 24, 3, 260);
    }
  }
  // Ribs fall from the spine (angle 0) to the sternum (angle pi), so a slice cuts each of them obliquely.
  const z = depth * heightMm;
  const ribGapMm = 27;
  const dropMm = 120;
  const thicknessMm = 8;
  paint.each(a + thicknessMm + 1, b + thicknessMm + 1, (x, y, current) => {
    const radius = Math.sqrt((x / a) ** 2 + (y / b) ** 2);
    const outwardMm = (radius - 1) * Math.sqrt(a * b);
    if (outwardMm < 0 || outwardMm > thicknessMm) return current;
    const angle = Math.atan2(Math.abs(x) / a, y / b) / Math.PI;
    if (angle > 0.86) return current;
    const phase = (((z - dropMm * angle) % ribGapMm) + ribGapMm) % ribGapMm;
    const across = Math.abs(phase - ribGapMm / 2);
    if (across > 6.5) return -40;
    const rim = across > 4.6 || outwardMm < 1.6 || outwardMm > thicknessMm - 1.6;
    return rim ? 780 : 230;
  });
  if (depth > 0.12 && depth < 0.8) {
    paint.ellipse(0, -b - 6, 19, 7, 520);
    paint.ellipse(0, -b - 6, 16.5, 4.6, 170);
  }
}

function lungShape(depth: number, side: -1 | 1): { x: number; a: number; b: number } {
  const { a, b } = thorax(depth);
  const rise = Math.min(1, Math.sqrt(Math.max(0, depth - 0.02) * 3.2));
  const half = a * 0.47 * rise;
  return { x: side * (a - half - 3 + (side < 0 ? 0 : 1)), a: half, b: (b - 4) * (0.5 + 0.5 * rise) };
}

function paintLungs(paint: Painter, depth: number): void {
  for (const side of [-1, 1] as const) {
    const lung = lungShape(depth, side);
    paint.ellipse(lung.x, 4, lung.a, lung.b, LUNG);
  }
  // Blood sinks: the back of a lying patient's lung is denser.
  paint.each(140, 100, (_x, y, current) => (current === LUNG ? LUNG + 0.45 * (y + 20) : current));
}

function growVessels(random: SeededRandom, heightMm: number): Vessel[] {
  const vessels: Vessel[] = [];
  for (let count = 0; count < 150; count++) {
    const side = count % 2 === 0 ? -1 : 1;
    const angle = random.between(-2.6, 2.6);
    const reach = random.between(40, 95);
    vessels.push({
      from: [side * 30, 8 + random.between(-8, 8), heightMm * 0.46 + random.between(-25, 25)],
      to: [
        side * (36 + reach * Math.abs(Math.cos(angle / 2))),
        Math.sin(angle) * reach * 0.85,
        heightMm * 0.46 + random.between(-115, 110),
      ],
      bend: [random.between(-16, 16), random.between(-16, 16)],
      radiusMm: random.between(1.6, 4.4),
    });
  }
  return vessels;
}

function paintVessels(paint: Painter, vessels: readonly Vessel[], z: number): void {
  const steps = 90;
  for (const { from, to, bend, radiusMm } of vessels) {
    for (let step = 0; step <= steps; step++) {
      const along = step / steps;
      const dz = from[2] + (to[2] - from[2]) * along - z;
      const radius = radiusMm * (1.15 - along);
      if (Math.abs(dz) >= radius) continue;
      const cut = Math.sqrt(radius * radius - dz * dz);
      const bow = Math.sin(along * Math.PI);
      const x = from[0] + (to[0] - from[0]) * along + bend[0] * bow;
      const y = from[1] + (to[1] - from[1]) * along + bend[1] * bow;
      paint.ellipse(x, y, cut, cut, BLOOD - 60 * along, inLung);
    }
  }
  // The nodule: a ball of 9 mm in the right upper lobe, so that there is something to find and to measure.
  const nodule = Math.sqrt(Math.max(0, 4.5 ** 2 - (z - 84) ** 2));
  paint.ellipse(-82, -22, nodule, nodule, 45, inLung);
}

function paintMediastinum(paint: Painter, depth: number): void {
  const { b } = thorax(depth);
  paint.ellipse(0, 4, 24 + 18 * Math.max(0, 0.4 - Math.abs(depth - 0.45)), b - 6, FAT + 10);
  paint.ellipse(0, b - 16, 34, 24, MUSCLE, (current) => current < 0);
  if (depth > 0.4) {
    const heart = Math.sin(Math.min(1, (depth - 0.4) / 0.55) * Math.PI * 0.8);
    paint.ellipse(20, -b * 0.38, 60 * heart, 46 * heart, FAT);
    paint.ellipse(20, -b * 0.38, 56 * heart, 42 * heart, BLOOD + 6);
    paint.ellipse(28, -b * 0.3, 30 * heart, 24 * heart, BLOOD - 4);
  }
  // Arch at 0.3, ascending aorta in front, descending beside the spine.
  if (depth > 0.27 && depth < 0.34) paint.ellipse(12, 4, 15, 38, BLOOD);
  if (depth >= 0.34 && depth < 0.52) paint.ellipse(-6, -30, 16, 16, BLOOD);
  if (depth >= 0.3) paint.ellipse(24, 38, 12.5, 12.5, BLOOD);
  if (depth >= 0.38 && depth < 0.48) {
    paint.ellipse(16, -18, 15, 13, BLOOD + 2);
    paint.ellipse(-4, -4, 28, 8, BLOOD + 2);
  }
  if (depth < 0.3) {
    for (const [x, y, r] of [
      [-18, -24, 7],
      [-8, -14, 5.5],
      [12, -12, 5],
      [20, -2, 5],
    ] as const) {
      paint.ellipse(x, y, r, r, BLOOD);
    }
  }
  if (depth >= 0.26 && depth < 0.5) paint.ellipse(-27, -18, 8, 9, BLOOD);
  paint.ellipse(2, 30, 7, 5, 35);
  paint.ellipse(2, 30, 2, 1.4, -600);
  // Trachea, parting into the main bronchi at the carina.
  if (depth < 0.4) {
    paint.ellipse(0, 12, 10.5, 9.5, 30);
    paint.ellipse(0, 12, 9, 8, AIR + 10);
  } else if (depth < 0.52) {
    const apart = 12 + (depth - 0.4) * 260;
    for (const side of [-1, 1]) {
      paint.ellipse(side * apart, 14, 9, 7, 30);
      paint.ellipse(side * apart, 14, 7.4, 5.6, AIR + 20);
    }
  }
}

function paintSpine(paint: Painter, z: number): void {
  const y = 66;
  const inVertebra = z % 26;
  const disc = inVertebra > 20.5;
  if (disc) {
    paint.ellipse(0, y, 18, 14.5, 95);
  } else {
    paint.ellipse(0, y, 19, 15, 640);
    paint.ellipse(0, y, 17, 13, 190);
    for (const side of [-1, 1]) paint.ellipse(side * 12.5, y + 17, 4.5, 7, 560);
    if (inVertebra > 6 && inVertebra < 15) {
      for (const side of [-1, 1]) {
        paint.ellipse(side * 27, y + 24, 13, 4.6, 480);
        paint.ellipse(side * 27, y + 24, 10.5, 2.6, 210);
      }
    }
  }
  paint.ellipse(0, y + 30, 12, 6, 560);
  paint.ellipse(0, y + 41, 3.4, 10, 480);
  paint.ellipse(0, y + 20, 9.5, 8.5, 12);
  paint.ellipse(0, y + 20, 5.2, 4.6, 38);
}

function paintUpperAbdomen(paint: Painter, depth: number): void {
  const right = Math.max(0, depth - 0.72) / 0.28;
  if (right > 0) {
    const { a, b } = thorax(depth);
    const grow = Math.sqrt(right);
    paint.ellipse(-a * 0.5, -2, a * 0.44 * grow, b * 0.86 * grow, LIVER, (current) => current < 100);
    paint.ellipse(-a * 0.42, 6, 5 * grow, 3, LIVER - 22);
  }
  const left = Math.max(0, depth - 0.8) / 0.2;
  if (left > 0) {
    const { a, b } = thorax(depth);
    const grow = Math.sqrt(left);
    paint.ellipse(a * 0.52, b * 0.32, a * 0.34 * grow, b * 0.5 * grow, 50, inLung);
    paint.ellipse(a * 0.4, -b * 0.3, a * 0.32 * grow, b * 0.4 * grow, 20, inLung);
    paint.ellipse(a * 0.4, -b * 0.45, a * 0.2 * grow, b * 0.18 * grow, -900);
  }
}

/** Two passes of [1 2 1] / 4: the partial volume that a real reconstruction has at every edge. */
function soften(image: Float32Array, scratch: Float32Array, { rows, columns }: CtGrid): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      const before = image[column > 0 ? at - 1 : at]!;
      const after = image[column < columns - 1 ? at + 1 : at]!;
      scratch[at] = (before + 2 * image[at]! + after) / 4;
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      const above = scratch[row > 0 ? at - columns : at]!;
      const below = scratch[row < rows - 1 ? at + columns : at]!;
      image[at] = (above + 2 * scratch[at]! + below) / 4;
    }
  }
}
