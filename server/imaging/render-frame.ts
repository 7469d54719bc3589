import type { Codecs } from '../../shared/dicom/pixels/codecs.ts';
import type { ParsedInstance } from '../../shared/dicom/pixels/data-set.ts';
import type { DisplayFrame } from '../../shared/dicom/pixels/display-frame.ts';
import { loadFrame } from '../../shared/dicom/pixels/load-frame.ts';
import type { EightBitPicture } from '../platform/pictures/eight-bit-picture.ts';
import { colourTable, defaultWindow, greyTable, type WindowLevel } from '../../shared/dicom/pixels/window-level.ts';

/** What a picture is to look like (PS3.18, 8.3.5). */
export interface Rendering {
  window: { center: number; width: number; voiFunction: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID' } | null;
  /** The largest picture that is wanted, and the part of the image it is to show; null for the image as it is. */
  viewport: {
    columns: number;
    rows: number;
    region: { left: number; top: number; columns: number; rows: number } | null;
  } | null;
}

type Frame = Pick<DisplayFrame, 'rows' | 'columns' | 'pixels' | 'description'>;

/**
 * Draws one frame in its window, reduced or enlarged into the viewport with its own proportions (PS3.18, 8.3.5.1.3).
 * @param frameNumber 1-based
 * @throws ImagingError
 */
export async function renderFrame(
  instance: ParsedInstance,
  frameNumber: number,
  rendering: Rendering,
  codecs: Codecs,
): Promise<EightBitPicture> {
  const frame = await loadFrame(instance, frameNumber, codecs);
  const grey = frame.pixels.kind === 'grey' ? paintGrey(frame, rendering.window) : paintColour(frame, rendering.window);
  return fit(grey, frame.description.pixelAspect, rendering.viewport);
}

const windowOf = (frame: Frame, asked: Rendering['window']): WindowLevel =>
  asked === null ? defaultWindow(frame) : { windowCenter: asked.center, windowWidth: asked.width };

function paintGrey({ rows, columns, pixels, description }: Frame, asked: Rendering['window']): EightBitPicture {
  if (pixels.kind !== 'grey') throw new TypeError('grey pixels expected');
  const shown = asked === null ? description : { ...description, voiFunction: asked.voiFunction };
  const table = greyTable(pixels, shown, windowOf({ rows, columns, pixels, description }, asked), false);
  const offset = Math.min(pixels.minimum, 0);
  const samples = new Uint8Array(rows * columns);
  const { values } = pixels;
  for (let at = 0; at < samples.length; at += 1) samples[at] = table[values[at]! - offset]!;
  return { rows, columns, channels: 1, samples };
}

function paintColour({ rows, columns, pixels }: Frame, asked: Rendering['window']): EightBitPicture {
  if (pixels.kind !== 'colour') throw new TypeError('colour pixels expected');
  const { rgba } = pixels;
  const table = asked === null ? null : colourTable({ windowCenter: asked.center, windowWidth: asked.width }, false);
  const samples = new Uint8Array(rows * columns * 3);
  for (let pixel = 0; pixel < rows * columns; pixel += 1)
    for (let channel = 0; channel < 3; channel += 1) {
      const value = rgba[pixel * 4 + channel]!;
      samples[pixel * 3 + channel] = table === null ? value : table[value]!;
    }
  return { rows, columns, channels: 3, samples };
}

function fit(picture: EightBitPicture, pixelAspect: number, viewport: Rendering['viewport']): EightBitPicture {
  const whole = { left: 0, top: 0, columns: picture.columns, rows: picture.rows };
  const region = cutRegion(viewport?.region ?? whole, picture);
  if (viewport === null && pixelAspect === 1) return picture;
  // Rows that are farther apart than columns make a taller picture of square pixels.
  const height = region.rows * pixelAspect;
  const box = viewport ?? { columns: region.columns, rows: Math.ceil(height) };
  const scale = Math.min(box.columns / region.columns, box.rows / height);
  const columns = Math.max(1, Math.min(box.columns, Math.round(region.columns * scale)));
  const rows = Math.max(1, Math.min(box.rows, Math.round(height * scale)));
  if (columns === picture.columns && rows === picture.rows && region.columns === columns && region.rows === rows)
    return picture;
  return resample(picture, region, columns, rows);
}

type Region = NonNullable<NonNullable<Rendering['viewport']>['region']>;

/** The part of a wanted region that the image has; the whole image where it has none of it. */
function cutRegion(wanted: Region, { columns, rows }: EightBitPicture): Region {
  const left = Math.min(Math.max(0, wanted.left), columns);
  const top = Math.min(Math.max(0, wanted.top), rows);
  const width = Math.min(columns, wanted.left + wanted.columns) - left;
  const height = Math.min(rows, wanted.top + wanted.rows) - top;
  if (width < 1 || height < 1) return { left: 0, top: 0, columns, rows };
  return { left, top, columns: width, rows: height };
}

/** Each pixel is the mean of what it covers, so that fine lines do not turn to moire; enlarged, the nearest. */
function resample(picture: EightBitPicture, region: Region, columns: number, rows: number): EightBitPicture {
  const { channels, samples } = picture;
  const made = new Uint8Array(columns * rows * channels);
  const edges = (count: number, from: number, length: number) =>
    Array.from({ length: count + 1 }, (_, index) => from + (index * length) / count);
  const across = edges(columns, region.left, region.columns);
  const down = edges(rows, region.top, region.rows);
  for (let row = 0; row < rows; row += 1) {
    const top = Math.floor(down[row]!);
    const bottom = Math.min(picture.rows, Math.max(top + 1, Math.floor(down[row + 1]!)));
    for (let column = 0; column < columns; column += 1) {
      const left = Math.floor(across[column]!);
      const right = Math.min(picture.columns, Math.max(left + 1, Math.floor(across[column + 1]!)));
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = 0;
        for (let y = top; y < bottom; y += 1)
          for (let x = left; x < right; x += 1) sum += samples[(y * picture.columns + x) * channels + channel]!;
        made[(row * columns + column) * channels + channel] = Math.round(sum / ((bottom - top) * (right - left)));
      }
    }
  }
  return { columns, rows, channels, samples: made };
}
