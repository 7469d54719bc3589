import type { Point } from './fit-paper.ts';
import { pictureLimits, type Raster } from './raster.ts';

/** A rectangle of the paper, in millimetres. */
export interface PaperArea {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const meshPixels = 16;

/**
 * Draws an area of the paper straight: every millimetre of it becomes `pxPerMm` pixels in both directions. Pixels are
 * means of the photograph's; where the photograph shows nothing, the result is light grey.
 * @param toPixel of the photograph, in whole pixels from its corner, for a point in millimetres
 * @param sourcePxPerMm how large a millimetre is in the photograph
 */
export function rectifyPaper(
  photo: Raster,
  toPixel: (u: number, v: number) => Point,
  area: PaperArea,
  pxPerMm: number,
  sourcePxPerMm: number,
): Raster {
  const width = Math.max(1, Math.round((area.right - area.left) * pxPerMm));
  const height = Math.max(1, Math.round((area.bottom - area.top) * pxPerMm));
  if (width * height > pictureLimits.pixels) throw new RangeError(`${width} x ${height} pixels of paper`);
  const rgb = new Uint8Array(width * height * 3).fill(0xee);
  const columns = Math.ceil(width / meshPixels) + 1;
  const rows = Math.ceil(height / meshPixels) + 1;
  const meshX = new Float32Array(columns * rows);
  const meshY = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [x, y] = toPixel(area.left + (column * meshPixels) / pxPerMm, area.top + (row * meshPixels) / pxPerMm);
      meshX[row * columns + column] = x;
      meshY[row * columns + column] = y;
    }
  }
  const taps = Math.max(1, Math.min(4, Math.round(sourcePxPerMm / pxPerMm)));
  for (let row = 0; row + 1 < rows; row += 1) {
    for (let column = 0; column + 1 < columns; column += 1) {
      const at = row * columns + column;
      const corners = [at, at + 1, at + columns, at + columns + 1];
      paintCell(corners, row, column);
    }
  }
  return { width, height, rgb };

  function paintCell(corners: number[], row: number, column: number): void {
    const [a, b, c, d] = corners as [number, number, number, number];
    const toY = Math.min(height, (row + 1) * meshPixels);
    const toX = Math.min(width, (column + 1) * meshPixels);
    for (let y = row * meshPixels; y < toY; y += 1) {
      for (let x = column * meshPixels; x < toX; x += 1) {
        let red = 0;
        let green = 0;
        let blue = 0;
        let count = 0;
        for (let tapY = 0; tapY < taps; tapY += 1) {
          const fy = (y - row * meshPixels + (tapY + 0.5) / taps) / meshPixels;
          for (let tapX = 0; tapX < taps; tapX += 1) {
            const fx = (x - column * meshPixels + (tapX + 0.5) / taps) / meshPixels;
            const left = (1 - fx) * (1 - fy);
            const sourceX =
              meshX[a]! * left + meshX[b]! * fx * (1 - fy) + meshX[c]! * (1 - fx) * fy + meshX[d]! * fx * fy - 0.5;
            const sourceY =
              meshY[a]! * left + meshY[b]! * fx * (1 - fy) + meshY[c]! * (1 - fx) * fy + meshY[d]! * fx * fy - 0.5;
            const x0 = Math.floor(sourceX);
            const y0 = Math.floor(sourceY);
            if (x0 < 0 || y0 < 0 || x0 + 1 >= photo.width || y0 + 1 >= photo.height) continue;
            const dx = sourceX - x0;
            const dy = sourceY - y0;
            const p = (y0 * photo.width + x0) * 3;
            const q = p + photo.width * 3;
            const w00 = (1 - dx) * (1 - dy);
            const w01 = dx * (1 - dy);
            const w10 = (1 - dx) * dy;
            const w11 = dx * dy;
            const from = photo.rgb;
            red += from[p]! * w00 + from[p + 3]! * w01 + from[q]! * w10 + from[q + 3]! * w11;
            green += from[p + 1]! * w00 + from[p + 4]! * w01 + from[q + 1]! * w10 + from[q + 4]! * w11;
            blue += from[p + 2]! * w00 + from[p + 5]! * w01 + from[q + 2]! * w10 + from[q + 5]! * w11;
            count += 1;
          }
        }
        if (count === 0) continue;
        const to = (y * width + x) * 3;
        rgb[to] = red / count + 0.5;
        rgb[to + 1] = green / count + 0.5;
        rgb[to + 2] = blue / count + 0.5;
      }
    }
  }
}
