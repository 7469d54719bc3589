import type { DisplayFrame, GreyPixels } from './display-frame.ts';
import type { LookupTable } from './image-description.ts';

export interface WindowLevel {
  windowCenter: number;
  windowWidth: number;
}

/** The window an image opens with: its own, else nearly all of its values. */
export function defaultWindow(frame: Pick<DisplayFrame, 'pixels' | 'description'>): WindowLevel {
  const { pixels, description } = frame;
  if (pixels.kind === 'colour') return { windowCenter: 128, windowWidth: 256 };
  const lut = lutWindow(description.voiLut);
  if (lut) return lut;
  const [first] = description.windows;
  if (first) return { windowCenter: first.center, windowWidth: first.width };
  return { windowCenter: pixels.autoWindow.center, windowWidth: Math.max(pixels.autoWindow.width, Number.EPSILON) };
}

/** The window that stands for a VOI LUT: the range it maps. While it is set, the table itself is applied. */
export function lutWindow(lut: LookupTable | undefined): WindowLevel | undefined {
  return lut && { windowCenter: lut.firstMapped + lut.entries.length / 2, windowWidth: lut.entries.length };
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
