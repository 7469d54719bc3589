/** A display as the browser knows it: CSS pixels, and device pixels for each of them. */
export interface Display {
  width: number;
  height: number;
  devicePixelRatio: number;
  /** CSS pixels for a millimetre; null while nobody has measured the screen. */
  pixelsPerMm: number | null;
}

export type DisplayShortcoming =
  | {
      kind: 'resolution';
      columns: number;
      rows: number;
      megapixels: number;
      wanted: number;
      images: ImageKind;
    }
  | { kind: 'size'; inches: number; wanted: number };

export type ImageKind = 'mammography' | 'radiography' | 'slices';

/**
 * What displays for primary diagnosis are expected to show, in megapixels: 5 for mammograms, 3 for radiographs, 2 for
 * slices (ACR-AAPM-SIIM technical standard for electronic practice; European guidelines agree). A shade below is taken
 * as enough, 1920 x 1080 for slices.
 */
const WANTED_MEGAPIXELS: Record<ImageKind, number> = { mammography: 5, radiography: 3, slices: 2 };
const SHADE = 0.96;
/** Below, a radiologist cannot see a whole picture and its detail at reading distance. */
const WANTED_INCHES = 17;
const MM_PER_INCH = 25.4;

export function imageKindOf(modality: string): ImageKind {
  if (modality === 'MG') return 'mammography';
  return ['CR', 'DX', 'RG', 'PX', 'IO'].includes(modality) ? 'radiography' : 'slices';
}

/** What a display lacks for a diagnosis on images of this modality; null when nothing is known to be lacking. */
export function shortcomingOf(display: Display, modality: string): DisplayShortcoming | null {
  const columns = Math.round(display.width * display.devicePixelRatio);
  const rows = Math.round(display.height * display.devicePixelRatio);
  const megapixels = (columns * rows) / 1e6;
  const images = imageKindOf(modality);
  const wanted = WANTED_MEGAPIXELS[images];
  if (megapixels < wanted * SHADE) return { kind: 'resolution', columns, rows, megapixels, wanted, images };
  if (display.pixelsPerMm === null) return null;
  const inches = Math.hypot(display.width, display.height) / display.pixelsPerMm / MM_PER_INCH;
  return inches < WANTED_INCHES * SHADE ? { kind: 'size', inches, wanted: WANTED_INCHES } : null;
}
