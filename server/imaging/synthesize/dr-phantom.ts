import { seededRandom } from './seeded.ts';

/**
 * A frontal chest radiograph of nobody: the path of the beam through ellipsoids of tissue, in closed form.
 * x grows to the patient's left, y to the feet, both millimetres from the middle of the detector.
 */

/** Attenuation of a path, arbitrary units: about 1 through the abdomen, 0 through air. Row by row. */
export function projectChest(rows: number, columns: number, spacingMm: number, seed: number): Float32Array {
  const image = new Float32Array(rows * columns);
  const layer = new Float32Array(rows * columns);
  const random = seededRandom(seed);
  const middleColumn = (columns - 1) / 2;
  const middleRow = (rows - 1) / 2;

  for (let row = 0; row < rows; row++) {
    const y = (row - middleRow) * spacingMm;
    for (let column = 0; column < columns; column++) {
      const x = (column - middleColumn) * spacingMm;
      let path = bodyPath(x, y);
      path -= 0.7 * lungPath(x, y, path);
      path += 0.36 * ellipsoid(x, y, 24, 58, 66, 62);
      path += 0.2 * ellipsoid(x, y, 4, 10, 32, 160);
      path += 0.2 * ellipsoid(x, y, 26, -34, 22, 24);
      path += 0.14 * ellipsoid(x, y, -34, 10, 20, 42) + 0.14 * ellipsoid(x, y, 40, 6, 18, 40);
      path += spinePath(x, y) - 0.16 * bar(x, 0, 9) * smooth(-175, -150, y) * (1 - smooth(-62, -40, y));
      image[row * columns + column] = path;
    }
  }

  const stroke: Stroke = (points, radiusMm, weight) => {
    layer.fill(0);
    for (const [x, y, local] of points) {
      stamp(layer, rows, columns, middleColumn + x / spacingMm, middleRow + y / spacingMm, radiusMm / spacingMm, local);
    }
    for (let index = 0; index < image.length; index++) image[index]! += weight * layer[index]!;
  };
  drawRibs(stroke);
  drawClavicles(stroke);
  drawVessels(stroke, random);
  for (let index = 0; index < image.length; index++) image[index]! += random.normal(0.006);
  return image;
}

type Stroke = (points: readonly (readonly [number, number, number])[], radiusMm: number, weight: number) => void;

/** 0 below `from`, 1 above `to`, smooth between. */
function smooth(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** Relative thickness, 0 to 1, of an ellipsoid with the given half axes at a place of the detector. */
function ellipsoid(x: number, y: number, centreX: number, centreY: number, a: number, b: number): number {
  const inside = 1 - ((x - centreX) / a) ** 2 - ((y - centreY) / b) ** 2;
  return inside > 0 ? Math.sqrt(inside) : 0;
}

function bar(x: number, centre: number, half: number): number {
  const inside = 1 - ((x - centre) / half) ** 2;
  return inside > 0 ? Math.sqrt(inside) : 0;
}

function bodyPath(x: number, y: number): number {
  const neck = ellipsoid(x, y, 0, -190, 58, 110) * 0.6;
  const shoulderHeight = -146 + 0.0016 * x * x;
  const trunkHalf = 172 + 26 * smooth(40, -150, y);
  const trunk = bar(x, 0, trunkHalf) * smooth(shoulderHeight - 10, shoulderHeight + 26, y);
  const abdomen = 0.22 * smooth(70, 190, y) * bar(x, 0, 168);
  return Math.max(neck, trunk * 0.78) + abdomen;
}

/** Height of the diaphragm under a place: the right dome stands a little higher. */
function diaphragm(x: number): number {
  return x < 0 ? 88 + 0.0065 * (x + 78) ** 2 : 100 + 0.0062 * (x - 82) ** 2;
}

function lungPath(x: number, y: number, bodyHere: number): number {
  const side = x < 0 ? -1 : 1;
  const centre = side * 75;
  const taper = 37 + 33 * smooth(-165, 10, y);
  const inside = bar(x, centre - side * 10 * (1 - smooth(-160, -40, y)), taper);
  const apex = smooth(-160, -128, y + 0.004 * (x - side * 62) ** 2);
  return bodyHere * Math.min(1, inside * 1.18) * apex * (1 - smooth(diaphragm(x) - 5, diaphragm(x) + 5, y));
}

function spinePath(x: number, y: number): number {
  const inVertebra = (((y + 200) % 27) + 27) % 27;
  const disc = inVertebra > 22 ? 0.5 : 1;
  const processes = bar(x, 0, 27) * (inVertebra > 7 && inVertebra < 14 ? 0.1 : 0);
  return 0.16 * bar(x, 0, 17) * disc + processes + 0.06 * bar(x, 0, 4);
}

function drawRibs(stroke: Stroke): void {
  for (let rib = 0; rib < 9; rib++) {
    const level = -118 + rib * 24;
    const reach = 58 + 80 * Math.sin(Math.min(1, (rib + 1.2) / 6) * (Math.PI / 2));
    for (const side of [-1, 1]) {
      const behind: [number, number, number][] = [];
      const before: [number, number, number][] = [];
      for (let step = 0; step <= 400; step++) {
        const along = step / 400;
        const angle = along * (Math.PI / 2);
        behind.push([
          side * (18 + (reach - 18) * Math.sin(angle)),
          level - 8 * Math.sin(along * 3) + 34 * along ** 2.4,
          1,
        ]);
        const x = reach * Math.cos(angle * 0.8);
        before.push([side * x, level + 26 + 52 * along ** 1.25, 0.55 * (1 - 0.5 * along)]);
      }
      stroke(behind, 5.6, 0.11);
      if (rib < 7) stroke(before, 6.2, 0.1);
    }
  }
}

function drawClavicles(stroke: Stroke): void {
  for (const side of [-1, 1]) {
    const points: [number, number, number][] = [];
    for (let step = 0; step <= 300; step++) {
      const along = step / 300;
      points.push([side * (18 + 132 * along), -104 - 16 * along - 6 * Math.sin(along * Math.PI * 1.6), 1]);
    }
    stroke(points, 6, 0.16);
  }
}

function drawVessels(stroke: Stroke, random: { between(from: number, to: number): number }): void {
  for (let count = 0; count < 44; count++) {
    const side = count % 2 === 0 ? -1 : 1;
    const down = random.between(-1, 1);
    const reach = random.between(35, 82);
    const startX = random.between(30, 48);
    const startY = random.between(-16, 30);
    const points: [number, number, number][] = [];
    for (let step = 0; step <= 120; step++) {
      const along = step / 120;
      points.push([
        side * (startX + reach * along * (1 - 0.3 * Math.abs(down))),
        startY + down * reach * along * 1.15 + 8 * Math.sin(along * 3),
        1 - 0.85 * along,
      ]);
    }
    stroke(points, random.between(1.4, 3.4), 0.05);
  }
}

/** Keeps the greater of what is there and a round bump: a stroke does not add up where its stamps overlap. */
function stamp(
  layer: Float32Array,
  rows: number,
  columns: number,
  column: number,
  row: number,
  radius: number,
  weight: number,
): void {
  const top = Math.max(0, Math.ceil(row - radius));
  const bottom = Math.min(rows - 1, Math.floor(row + radius));
  const left = Math.max(0, Math.ceil(column - radius));
  const right = Math.min(columns - 1, Math.floor(column + radius));
  for (let r = top; r <= bottom; r++) {
    for (let c = left; c <= right; c++) {
      const distance = ((r - row) ** 2 + (c - column) ** 2) / (radius * radius);
      if (distance >= 1) continue;
      const value = weight * Math.sqrt(1 - distance);
      const index = r * columns + c;
      if (value > layer[index]!) layer[index] = value;
    }
  }
}
