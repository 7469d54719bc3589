import type { Codecs } from './codecs.ts';
import { decodeFrame } from './decode-frame.ts';
import { toDisplayPixels, type DisplayFrame } from './display-frame.ts';
import { framesPresent } from './frame-bytes.ts';
import { describeFrame, readPixelLayout } from './image-description.ts';
import type { ParsedInstance } from './data-set.ts';

/**
 * From a parsed instance to a frame that can be drawn.
 * @param frameNumber 1-based.
 * @throws ImagingError
 */
export async function loadFrame(
  instance: ParsedInstance,
  frameNumber: number,
  codecs: Codecs,
): Promise<Omit<DisplayFrame, 'sopInstanceUid'>> {
  const layout = readPixelLayout(instance.dataSet);
  const { modalityLut, slope, intercept, ...description } = describeFrame(instance.dataSet, frameNumber - 1, layout);
  const decoded = await decodeFrame(instance, frameNumber - 1, codecs);
  const pixels = toDisplayPixels(decoded, layout, { ...description, modalityLut, slope, intercept }, instance.dataSet);
  const { rows, columns } = layout;
  return { frameNumber, rows, columns, frames: framesPresent(instance.dataSet, layout), pixels, description };
}
