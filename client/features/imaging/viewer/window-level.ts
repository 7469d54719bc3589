import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { lutWindow, type WindowLevel } from '../../../../shared/dicom/pixels/window-level.ts';

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
