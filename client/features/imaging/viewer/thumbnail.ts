import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { defaultWindow, greyTable } from '../../../../shared/dicom/pixels/window-level.ts';

/** Draws a frame, small and in its own window, into the middle of a square canvas. */
export function drawThumbnail(canvas: HTMLCanvasElement, frame: DisplayFrame): void {
  const side = canvas.width;
  const context = canvas.getContext('2d');
  if (!context) return;
  const { rows, columns, pixels, description } = frame;
  const sideScale = side / Math.max(columns, rows * description.pixelAspect);
  const width = Math.max(1, Math.round(columns * sideScale));
  const height = Math.max(1, Math.round(rows * description.pixelAspect * sideScale));
  const data = context.createImageData(width, height);
  const table = pixels.kind === 'grey' ? greyTable(pixels, description, defaultWindow(frame), false) : undefined;
  const offset = pixels.kind === 'grey' ? Math.min(pixels.minimum, 0) : 0;
  for (let y = 0; y < height; y++) {
    const row = Math.min(rows - 1, Math.floor(((y + 0.5) * rows) / height));
    for (let x = 0; x < width; x++) {
      const source = row * columns + Math.min(columns - 1, Math.floor(((x + 0.5) * columns) / width));
      const target = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        data.data[target + channel] =
          pixels.kind === 'grey' ? table![pixels.values[source]! - offset]! : pixels.rgba[source * 4 + channel]!;
      }
      data.data[target + 3] = 255;
    }
  }
  context.clearRect(0, 0, side, side);
  context.putImageData(data, Math.floor((side - width) / 2), Math.floor((side - height) / 2));
}
