/**
 * Where image pixels stand on the screen. Image coordinates are continuous: pixel (column 0, row 0) covers the square
 * from (0, 0) to (1, 1), so the image's middle is (columns / 2, rows / 2). Screen coordinates are CSS pixels from the
 * viewport's upper left corner.
 */
export interface ImageSize {
  columns: number;
  rows: number;
  /** Height of a pixel over its width. */
  pixelAspect: number;
}

export interface ScreenSize {
  width: number;
  height: number;
}

export interface Placement {
  /** 1: the whole image fits. */
  zoom: number;
  /** Image point that stands in the middle of the viewport. */
  centerColumn: number;
  centerRow: number;
  rotationDegrees: 0 | 90 | 180 | 270;
  /** Mirrored left to right before it is turned. */
  mirrored: boolean;
}

export interface Point {
  x: number;
  y: number;
}

/** Screen = (a, b, c, d) * image + (e, f), as in an SVG matrix. */
export interface ImageMatrix {
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  f: number;
}

export const MINIMUM_ZOOM = 0.1;
export const MAXIMUM_ZOOM = 32;

/** The unequal sides of a pixel, the shorter one being 1. */
function pixelSides({ pixelAspect }: ImageSize): { width: number; height: number } {
  return pixelAspect >= 1 ? { width: 1, height: pixelAspect } : { width: 1 / pixelAspect, height: 1 };
}

/** CSS pixels for each side of length 1, at zoom 1. */
export function fitScale(image: ImageSize, screen: ScreenSize, rotationDegrees: number): number {
  const sides = pixelSides(image);
  const width = image.columns * sides.width;
  const height = image.rows * sides.height;
  const turned = rotationDegrees % 180 !== 0;
  return Math.min(screen.width / (turned ? height : width), screen.height / (turned ? width : height));
}

export function imageMatrix(image: ImageSize, screen: ScreenSize, placement: Placement): ImageMatrix {
  const scale = fitScale(image, screen, placement.rotationDegrees) * placement.zoom;
  const sides = pixelSides(image);
  const [cosine, sine] = quarterTurn(placement.rotationDegrees);
  const along = placement.mirrored ? -1 : 1;
  const a = along * cosine * scale * sides.width;
  const b = along * sine * scale * sides.width;
  const c = -sine * scale * sides.height;
  const d = cosine * scale * sides.height;
  return {
    a,
    b,
    c,
    d,
    e: screen.width / 2 - a * placement.centerColumn - c * placement.centerRow,
    f: screen.height / 2 - b * placement.centerColumn - d * placement.centerRow,
  };
}

/** Cosine and sine, exact for quarter turns. */
function quarterTurn(degrees: number): [number, number] {
  const turns: [number, number][] = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ];
  return turns[(((degrees / 90) % 4) + 4) % 4]!;
}

export function toScreen({ a, b, c, d, e, f }: ImageMatrix, column: number, row: number): Point {
  return { x: a * column + c * row + e, y: b * column + d * row + f };
}

export function toImage({ a, b, c, d, e, f }: ImageMatrix, x: number, y: number): { column: number; row: number } {
  const determinant = a * d - b * c;
  return {
    column: (d * (x - e) - c * (y - f)) / determinant,
    row: (a * (y - f) - b * (x - e)) / determinant,
  };
}

/** Moves the image by CSS pixels. */
export function panBy<P extends Placement>(
  image: ImageSize,
  screen: ScreenSize,
  placement: P,
  dx: number,
  dy: number,
): P {
  const matrix = imageMatrix(image, screen, placement);
  const { column, row } = toImage(matrix, screen.width / 2 - dx, screen.height / 2 - dy);
  // At least a corner of the image stays in view, so that nobody loses it.
  return {
    ...placement,
    centerColumn: Math.min(image.columns, Math.max(0, column)),
    centerRow: Math.min(image.rows, Math.max(0, row)),
  };
}

/** Zooms by a factor; the image point under `anchor` stays where it is. */
export function zoomBy<P extends Placement>(
  image: ImageSize,
  screen: ScreenSize,
  placement: P,
  factor: number,
  anchor: Point = { x: screen.width / 2, y: screen.height / 2 },
): P {
  const zoom = Math.min(MAXIMUM_ZOOM, Math.max(MINIMUM_ZOOM, placement.zoom * factor));
  const before = toImage(imageMatrix(image, screen, placement), anchor.x, anchor.y);
  const zoomed = { ...placement, zoom };
  const after = toScreen(imageMatrix(image, screen, zoomed), before.column, before.row);
  return panBy(image, screen, zoomed, anchor.x - after.x, anchor.y - after.y);
}
