import type { DisplayFrame, GreyPixels } from './loader/display-frame.ts';
import type { LookupTable } from './loader/image-description.ts';

export interface WindowLevel {
  windowCenter: number;
  windowWidth: number;
}

export interface WindowPreset extends WindowLevel {
  /** Key under `imaging.viewer.preset.*`, or the file's own words in `label`. */
  name: string;
  label?: string;
}

/** What radiologists in China keep on their number keys; Hounsfield units. */
const CT_PRESETS: readonly WindowPreset[] = [
  { name: 'lung', windowCenter: -600, windowWidth: 1500 },
  { name: 'mediastinum', windowCenter: 40, windowWidth: 400 },
  { name: 'bone', windowCenter: 400, windowWidth: 1800 },
  { name: 'brain', windowCenter: 40, windowWidth: 80 },
  { name: 'abdomen', windowCenter: 50, windowWidth: 350 },
];

/** Key 1 to 9 in order: for CT the tissues first, then the file's own windows and the whole range. */
export function windowPresets(frame: DisplayFrame): WindowPreset[] {
  const { pixels, description } = frame;
  if (pixels.kind === 'colour') return [{ name: 'default', windowCenter: 128, windowWidth: 256 }];
  const auto = {
    name: 'auto',
    windowCenter: pixels.autoWindow.center,
    windowWidth: Math.max(pixels.autoWindow.width, Number.EPSILON),
  };
  const own: WindowPreset[] = description.windows.map(({ center, width, explanation }) => ({
    name: 'file',
    windowCenter: center,
    windowWidth: width,
    ...(explanation ? { label: explanation } : {}),
  }));
  const lut = lutWindow(description.voiLut);
  if (lut) own.unshift({ name: 'file', ...lut });
  const presets =
    description.modality === 'CT' && description.unit === 'HU' ? [...CT_PRESETS, ...own, auto] : [auto, ...own];
  const first = (preset: WindowPreset) =>
    presets.find((one) => one.windowCenter === preset.windowCenter && one.windowWidth === preset.windowWidth);
  return presets.filter((preset) => first(preset) === preset).slice(0, 9);
}

/** The window an image opens with: its own, else nearly all of its values. */
export function defaultWindow(frame: DisplayFrame): WindowLevel {
  const { pixels, description } = frame;
  if (pixels.kind === 'colour') return { windowCenter: 128, windowWidth: 256 };
  const lut = lutWindow(description.voiLut);
  if (lut) return lut;
  const [first] = description.windows;
  if (first) return { windowCenter: first.center, windowWidth: first.width };
  return { windowCenter: pixels.autoWindow.center, windowWidth: Math.max(pixels.autoWindow.width, Number.EPSILON) };
}

/** The window that stands for a VOI LUT: the range it maps. While it is set, the table itself is applied. */
function lutWindow(lut: LookupTable | undefined): WindowLevel | undefined {
  return lut && { windowCenter: lut.firstMapped + lut.entries.length / 2, windowWidth: lut.entries.length };
}

/**
 * Window and level after a drag: to the right widens, downward raises the centre. A wide window moves faster, so
 * that both brain and bone are within a hand's width.
 */
export function dragWindow(start: WindowLevel, dx: number, dy: number, smallest: number): WindowLevel {
  const perPixel = Math.max(smallest, start.windowWidth / 400);
  return {
    windowCenter: start.windowCenter + dy * perPixel,
    windowWidth: Math.max(smallest, start.windowWidth + dx * perPixel),
  };
}

/** The smallest step of a window that still changes something. */
export function smallestWindowStep(frame: DisplayFrame): number {
  if (frame.pixels.kind === 'colour') return 1;
  const range = (frame.pixels.maximum - frame.pixels.minimum) * Math.abs(frame.pixels.slope);
  return range > 32 ? 1 : Math.max(range / 1000, Number.EPSILON);
}

/** Grey value 0 to 255, not rounded, of a modality value (PS3.3 C.11.2.1.2 and C.11.2.1.3). */
export function windowedGrey(
  value: number,
  { windowCenter, windowWidth }: WindowLevel,
  voiFunction: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID',
): number {
  if (voiFunction === 'SIGMOID') return 255 / (1 + Math.exp((-4 * (value - windowCenter)) / windowWidth));
  const exact = voiFunction === 'LINEAR_EXACT' || windowWidth <= 1;
  const share = exact
    ? (value - windowCenter) / windowWidth + 0.5
    : (value - (windowCenter - 0.5)) / (windowWidth - 1) + 0.5;
  return Math.min(255, Math.max(0, share * 255));
}

/**
 * Table from stored value to grey, from `min(minimum, 0)` on, as cornerstone-core indexes it.
 * @param inverted the reader's wish; MONOCHROME1 is turned over here as well.
 */
export function greyTable(
  pixels: GreyPixels,
  description: DisplayFrame['description'],
  window: WindowLevel,
  inverted: boolean,
): Uint8ClampedArray {
  const offset = Math.min(pixels.minimum, 0);
  const table = new Uint8ClampedArray(pixels.maximum - offset + 1);
  const turned = inverted !== pixels.lowIsBright;
  const { voiLut, voiFunction } = description;
  const own = lutWindow(voiLut);
  const lut =
    voiLut && own?.windowCenter === window.windowCenter && own.windowWidth === window.windowWidth ? voiLut : undefined;
  const greatest = lut ? lut.entries.reduce((most, entry) => Math.max(most, entry), 1) : 1;
  for (let stored = pixels.minimum; stored <= pixels.maximum; stored++) {
    const value = stored * pixels.slope + pixels.intercept;
    const grey = lut ? (lutEntry(lut, value) / greatest) * 255 : windowedGrey(value, window, voiFunction);
    table[stored - offset] = turned ? 255 - grey : grey;
  }
  return table;
}

function lutEntry({ firstMapped, entries }: LookupTable, value: number): number {
  return entries[Math.min(entries.length - 1, Math.max(0, Math.round(value) - firstMapped))]!;
}

/** Table for the colour channels of an image, 0 to 255. */
export function colourTable(window: WindowLevel, inverted: boolean): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256);
  for (let value = 0; value < 256; value++) {
    const grey = windowedGrey(value, window, 'LINEAR');
    table[value] = inverted ? 255 - grey : grey;
  }
  return table;
}
