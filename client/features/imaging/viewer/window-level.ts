import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { lutWindow, type WindowLevel } from '../../../../shared/dicom/pixels/window-level.ts';

export interface WindowPreset extends WindowLevel {
  /** Key under `imaging.viewer.preset.*`, or the file's own words in `label`. */
  name: string;
  label?: string;
}

/** From head to foot, in Hounsfield units; always on the same number keys, so that fingers find them. */
const CT_PRESETS: readonly WindowPreset[] = [
  { name: 'brain', windowCenter: 40, windowWidth: 80 },
  { name: 'stroke', windowCenter: 35, windowWidth: 30 },
  { name: 'subdural', windowCenter: 75, windowWidth: 215 },
  { name: 'lung', windowCenter: -600, windowWidth: 1500 },
  { name: 'mediastinum', windowCenter: 40, windowWidth: 400 },
  { name: 'abdomen', windowCenter: 50, windowWidth: 350 },
  { name: 'liver', windowCenter: 60, windowWidth: 160 },
  { name: 'bone', windowCenter: 400, windowWidth: 1800 },
];
/** Further windows of a file are in the list and have no key. */
const MAXIMUM_PRESETS = 16;

/**
 * The first nine have the keys 1 to 9: for CT the tissues and the automatic window, then the file's own; for anything
 * else the automatic window and the file's own.
 */
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
    description.modality === 'CT' && description.unit === 'HU' ? [...CT_PRESETS, auto, ...own] : [auto, ...own];
  const first = (preset: WindowPreset) =>
    presets.find((one) => one.windowCenter === preset.windowCenter && one.windowWidth === preset.windowWidth);
  return presets.filter((preset) => first(preset) === preset).slice(0, MAXIMUM_PRESETS);
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
