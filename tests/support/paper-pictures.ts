import { layOutPaper, xMmOfSeconds, yMmOfMicrovolts } from '../../shared/ecg/paper-geometry.ts';
import { gaussianSource, randomSource } from '../../shared/ecg/random-source.ts';
import { baselineMicrovolts, selectLeads } from '../../shared/ecg/lead-selection.ts';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { decimateTrace } from '../../shared/ecg/trace-decimation.ts';
import type { Raster } from '../../server/ecg/paper/raster.ts';

type Colour = readonly [number, number, number];

export interface PaperLook {
  /** Millimetres of grid; the sheet has a white margin of 10 mm around it. */
  widthMm: number;
  heightMm: number;
  paper: Colour;
  /** Of the millimetre lines and of each fifth; null where there are none. */
  fine: Colour | null;
  strong: Colour | null;
  hasTrace: boolean;
  seed: number;
}

export const paperLooks = {
  pink: { paper: [255, 250, 248], fine: [250, 205, 205], strong: [238, 150, 150] },
  orange: { paper: [255, 252, 240], fine: [255, 214, 170], strong: [240, 160, 90] },
  grey: { paper: [250, 250, 250], fine: [216, 216, 216], strong: [170, 170, 170] },
  blue: { paper: [250, 252, 255], fine: [200, 216, 245], strong: [140, 170, 230] },
} as const;

export const sheetMarginMm = 10;

/** A drawn sheet, `pxPerMm` pixels to the millimetre: synthetic leads of nobody on a millimetre grid. */
export function drawSheet(look: Partial<PaperLook> = {}, pxPerMm = 10): Raster {
  const { widthMm, heightMm, paper, fine, strong, hasTrace, seed }: PaperLook = {
    ...{ widthMm: 260, heightMm: 150, hasTrace: true, seed: 1 },
    ...paperLooks.pink,
    ...look,
  };
  const width = Math.round((widthMm + 2 * sheetMarginMm) * pxPerMm);
  const height = Math.round((heightMm + 2 * sheetMarginMm) * pxPerMm);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < rgb.length; i += 3) rgb.set(paper, i);
  const raster = { width, height, rgb };
  const line = (mm: number, isStrong: boolean, isUpright: boolean) => {
    const colour = isStrong ? (strong ?? fine) : fine;
    if (colour === null) return;
    const thickness = isStrong && strong !== null ? 0.2 : 0.12;
    const from = (sheetMarginMm + mm - thickness / 2) * pxPerMm;
    const to = (sheetMarginMm + mm + thickness / 2) * pxPerMm;
    const start = sheetMarginMm * pxPerMm;
    for (let across = Math.floor(from); across < to; across += 1) {
      const share = Math.min(across + 1, to) - Math.max(across, from);
      const length = (isUpright ? heightMm : widthMm) * pxPerMm;
      for (let along = 0; along < length; along += 1) {
        const x = isUpright ? across : Math.round(start + along);
        const y = isUpright ? Math.round(start + along) : across;
        blend(raster, x, y, colour, share);
      }
    }
  };
  for (const isStrong of [false, true]) {
    for (let mm = 0; mm <= widthMm; mm += 1) if ((mm % 5 === 0) === isStrong) line(mm, isStrong, true);
    for (let mm = 0; mm <= heightMm; mm += 1) if ((mm % 5 === 0) === isStrong) line(mm, isStrong, false);
  }
  if (hasTrace) drawLeads(raster, pxPerMm, seed);
  return raster;
}

function blend({ width, height, rgb }: Raster, x: number, y: number, colour: Colour, share: number): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const at = (y * width + x) * 3;
  for (let c = 0; c < 3; c += 1) rgb[at + c] = rgb[at + c]! * (1 - share) + colour[c]! * share;
}

function drawLeads(raster: Raster, pxPerMm: number, seed: number): void {
  const { document } = synthesizeEcg({ seed, noiseMicrovolts: 5 });
  const leads = selectLeads(document);
  const paper = layOutPaper({
    ...{ layout: '3x4+1R', speedMmPerSecond: 25, gainMmPerMillivolt: 10, startSeconds: 0 },
    rhythmLead: leads.rhythmLead,
    extraLeads: [],
    hasStandardLeads: true,
    baselines: new Map([...leads.byName].map(([name, lead]) => [name, baselineMicrovolts(lead)])),
  });
  const ink: Colour = [25, 25, 30];
  const radius = Math.max(0.6, 0.16 * pxPerMm);
  const stroke = (x0: number, y0: number, x1: number, y1: number) => {
    const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / 0.7));
    for (let step = 0; step <= steps; step += 1) {
      const x = x0 + ((x1 - x0) * step) / steps;
      const y = y0 + ((y1 - y0) * step) / steps;
      for (let py = Math.floor(y - radius); py <= y + radius; py += 1)
        for (let px = Math.floor(x - radius); px <= x + radius; px += 1)
          if (Math.hypot(px + 0.5 - x, py + 0.5 - y) <= radius) blend(raster, px, py, ink, 0.85);
    }
  };
  const toPixel = (mm: number) => (sheetMarginMm + mm) * pxPerMm;
  for (const slot of paper.slots) {
    const lead = leads.byName.get(slot.lead);
    if (lead === undefined) continue;
    for (const run of decimateTrace(lead, slot.fromSeconds, slot.toSeconds, 250)) {
      for (let i = 2; i < run.length; i += 2) {
        stroke(
          toPixel(xMmOfSeconds(paper, slot, run[i - 2]!)),
          toPixel(yMmOfMicrovolts(paper, slot, run[i - 1]!)),
          toPixel(xMmOfSeconds(paper, slot, run[i]!)),
          toPixel(yMmOfMicrovolts(paper, slot, run[i + 1]!)),
        );
      }
    }
  }
}

export interface Shot {
  width: number;
  height: number;
  /** Pixels of the photograph to a millimetre of paper in its middle. */
  pxPerMm: number;
  /** Clockwise. */
  rotationDegrees?: number;
  /** How much smaller the far edge is, as a share: 0.3 makes its millimetres 30 % smaller. */
  perspective?: number;
  /** Light at the dark end over light at the bright end. */
  shadow?: number;
  noise?: number;
  /** Standard deviation of a Gaussian, in millimetres. */
  blurMm?: number;
  /** How far the paper's middle bulges towards the camera, in millimetres of sideways shift. */
  bendMm?: number;
  background?: Colour;
}

/** Photographs a sheet: for each pixel, what lies there on the paper, seen by a pinhole camera. */
export function photograph(sheet: Raster, sheetPxPerMm: number, shot: Shot): Raster {
  const { width, height, pxPerMm } = shot;
  const turn = ((shot.rotationDegrees ?? 0) * Math.PI) / 180;
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const tilt = (shot.perspective ?? 0) / height;
  const { background = [96, 84, 70], shadow = 1, noise = 0, bendMm = 0 } = shot;
  const rgb = new Uint8Array(width * height * 3);
  const gaussian = gaussianSource(randomSource(7));
  const sheetWidthMm = sheet.width / sheetPxPerMm;
  const sheetHeightMm = sheet.height / sheetPxPerMm;
  const blurPx = (shot.blurMm ?? 0) * sheetPxPerMm;
  const source = blurPx > 0 ? blurred(sheet, blurPx) : sheet;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const cx = x + 0.5 - width / 2;
      const cy = y + 0.5 - height / 2;
      const depth = 1 + tilt * cy;
      const px = (cx * cos + cy * sin) / pxPerMm / depth;
      const py = (-cx * sin + cy * cos) / pxPerMm / depth;
      const mmX = px + sheetWidthMm / 2 + bendMm * Math.sin(py / 40);
      const mmY = py + sheetHeightMm / 2 + bendMm * Math.cos(px / 60);
      const light = 1 - (1 - shadow) * (x / width);
      const to = (y * width + x) * 3;
      const sx = mmX * sheetPxPerMm - 0.5;
      const sy = mmY * sheetPxPerMm - 0.5;
      const x0 = Math.floor(sx);
      const y0 = Math.floor(sy);
      const isPaper = x0 >= 0 && y0 >= 0 && x0 + 1 < sheet.width && y0 + 1 < sheet.height;
      const dx = sx - x0;
      const dy = sy - y0;
      const at = (y0 * sheet.width + x0) * 3;
      const below = at + sheet.width * 3;
      for (let c = 0; c < 3; c += 1) {
        const value = isPaper
          ? (source.rgb[at + c]! * (1 - dx) + source.rgb[at + 3 + c]! * dx) * (1 - dy) +
            (source.rgb[below + c]! * (1 - dx) + source.rgb[below + 3 + c]! * dx) * dy
          : background[c]!;
        rgb[to + c] = Math.max(0, Math.min(255, value * light + (noise > 0 ? noise * gaussian() : 0) + 0.5));
      }
    }
  }
  return { width, height, rgb };
}

/** Three box filters make nearly a Gaussian. */
function blurred(raster: Raster, deviationPx: number): Raster {
  const radius = Math.max(1, Math.round((Math.sqrt(4 * deviationPx ** 2 + 1) - 1) / 2));
  let rgb = Float32Array.from(raster.rgb);
  for (let round = 0; round < 3; round += 1) {
    rgb = boxFilter(rgb, raster.width, raster.height, 3, raster.width * 3, radius);
    rgb = boxFilter(rgb, raster.height, raster.width, raster.width * 3, 3, radius);
  }
  return { ...raster, rgb: Uint8Array.from(rgb) };
}

function boxFilter(
  values: Float32Array<ArrayBuffer>,
  length: number,
  lines: number,
  step: number,
  lineStep: number,
  radius: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  for (let line = 0; line < lines; line += 1) {
    for (let c = 0; c < 3; c += 1) {
      const start = line * lineStep + c;
      const at = (i: number) => values[start + Math.max(0, Math.min(length - 1, i)) * step]!;
      let sum = 0;
      for (let i = -radius; i <= radius; i += 1) sum += at(i);
      for (let i = 0; i < length; i += 1) {
        out[start + i * step] = sum / (2 * radius + 1);
        sum += at(i + radius + 1) - at(i - radius);
      }
    }
  }
  return out;
}

/** A page of lines of words: black, no grid. */
export function drawTextPage(width: number, height: number): Raster {
  const rgb = new Uint8Array(width * height * 3).fill(252);
  const random = randomSource(3);
  const raster = { width, height, rgb };
  for (let top = 60; top < height - 60; top += 28) {
    for (let x = 80; x < width - 80;) {
      const letter = 5 + Math.floor(random() * 8);
      if (random() > 0.16) {
        for (let stroke = 0; stroke < 3; stroke += 1) {
          const isUpright = random() > 0.5;
          const offset = Math.floor(random() * letter);
          for (let i = 0; i < (isUpright ? 14 : letter); i += 1)
            for (let thick = 0; thick < 2; thick += 1)
              blend(
                raster,
                x + (isUpright ? offset + thick : i),
                top + (isUpright ? i : offset + thick),
                [20, 20, 20],
                1,
              );
        }
      }
      x += letter + 3;
    }
  }
  return raster;
}

/** A picture of things: smooth light, soft shapes, grain. */
export function drawScene(width: number, height: number): Raster {
  const rgb = new Uint8Array(width * height * 3);
  const random = randomSource(11);
  const gaussian = gaussianSource(random);
  const shapes = Array.from({ length: 40 }, () => ({
    x: random() * width,
    y: random() * height,
    r: 30 + random() * 200,
    colour: [random() * 255, random() * 255, random() * 255] as const,
  }));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const shape = shapes.find((one) => Math.hypot(x - one.x, y - one.y) < one.r);
      for (let c = 0; c < 3; c += 1) {
        const value = (shape?.colour[c] ?? 120 + 60 * Math.sin(x / 300)) + 6 * gaussian();
        rgb[(y * width + x) * 3 + c] = Math.max(0, Math.min(255, value));
      }
    }
  }
  return { width, height, rgb };
}
