import type { DisplayFrame } from '../../../../../shared/dicom/pixels/display-frame.ts';
import { cross, dot, moved, unit, type Vector } from './vector.ts';

/** A stack of parallel, evenly spaced slices as one block of voxels. */
export interface VolumeGeometry {
  columns: number;
  rows: number;
  slices: number;
  columnMm: number;
  rowMm: number;
  sliceMm: number;
  /** Middle of the first voxel of the first slice. */
  origin: Vector;
  /** Directions of length 1 from column to column, from row to row, from slice to slice. */
  alongRow: Vector;
  alongColumn: Vector;
  normal: Vector;
  /** Which of the given slices is the first, the second, ... of the block. */
  order: number[];
}

/** Why slices do not make a block; the words stand in `imaging.viewer.reformat.refused.*`. */
export type VolumeRefusal =
  | 'too-few'
  | 'localizer'
  | 'colour'
  | 'no-place'
  | 'mixed-size'
  | 'mixed-scale'
  | 'mixed-orientation'
  | 'tilted'
  | 'overlapping'
  | 'gaps'
  | 'too-large'
  | 'unreadable';

/** What must be known of a slice. */
export type SliceFrame = Pick<DisplayFrame, 'rows' | 'columns' | 'pixels' | 'description'>;

/** Fewer slices show nothing in another plane. */
export const LEAST_SLICES = 4;
/** Differences between direction cosines that come from rounding: a third of a millimetre at the edge of a body. */
const SAME_DIRECTION = 1e-3;
const SAME_SPACING = 1e-3;
/** Part of the usual distance by which a distance may differ from it. */
const EVEN_WITHIN = 0.1;
/** Slices nearer to each other than this part of the usual distance stand twice at one place. */
const OVERLAPPING_BELOW = 0.1;

/** Why a slice can be in no block with another one (itself among them), whatever comes yet. */
export function refusalBeside(first: SliceFrame, slice: SliceFrame): VolumeRefusal | undefined {
  const { description, pixels } = slice;
  const { description: wanted, pixels: like } = first;
  if (description.isLocalizer) return 'localizer';
  if (pixels.kind === 'colour' || like.kind === 'colour') return 'colour';
  if (!description.position || !description.orientation || description.spacing?.plane !== 'patient') return 'no-place';
  if (!wanted.position || !wanted.orientation || !wanted.spacing) return 'no-place';
  const sameSpacing =
    Math.abs(description.spacing.columnMm - wanted.spacing.columnMm) <= SAME_SPACING * wanted.spacing.columnMm &&
    Math.abs(description.spacing.rowMm - wanted.spacing.rowMm) <= SAME_SPACING * wanted.spacing.rowMm;
  if (slice.rows !== first.rows || slice.columns !== first.columns || !sameSpacing) return 'mixed-size';
  const sameScale =
    pixels.slope === like.slope &&
    pixels.intercept === like.intercept &&
    pixels.lowIsBright === like.lowIsBright &&
    pixels.values.constructor === like.values.constructor;
  if (!sameScale) return 'mixed-scale';
  const turned = description.orientation.some(
    (cosine, index) => Math.abs(cosine - wanted.orientation![index]!) > SAME_DIRECTION,
  );
  if (turned || description.frameOfReferenceUid !== wanted.frameOfReferenceUid) return 'mixed-orientation';
  return undefined;
}

/**
 * The block that slices make, in whatever order they come.
 * @param slices in the order of the series; `order` of the result counts in it.
 */
export function volumeOf(slices: readonly SliceFrame[]): VolumeGeometry | VolumeRefusal {
  const [first] = slices;
  if (!first) return 'too-few';
  for (const slice of slices) {
    const refusal = refusalBeside(first, slice);
    if (refusal) return refusal;
  }
  if (slices.length < LEAST_SLICES || first.rows < 2 || first.columns < 2) return 'too-few';
  const { spacing, orientation, position } = first.description;
  const { columnMm, rowMm } = spacing!;
  const [rx, ry, rz, cx, cy, cz] = orientation as [number, number, number, number, number, number];
  const alongRow = unit([rx, ry, rz]);
  const normal = unit(cross(alongRow, [cx, cy, cz]));
  // At right angles, whatever the cosines were rounded to.
  const alongColumn = cross(normal, alongRow);

  const places = slices
    .map(({ description }, index) => ({
      index,
      position: description.position!,
      off: dot(description.position!, normal),
    }))
    .sort((one, other) => one.off - other.off);
  const steps = places.slice(1).map(({ off }, index) => off - places[index]!.off);
  const usual = [...steps].sort((one, other) => one - other)[Math.floor(steps.length / 2)]!;
  if (steps.some((step) => step < Math.max(1e-3, usual * OVERLAPPING_BELOW))) return 'overlapping';
  const aside = places.some(({ position: place, off }) => {
    const straight = moved(place, normal, dot(position!, normal) - off);
    return Math.hypot(...moved(straight, position!, -1)) > Math.min(columnMm, rowMm);
  });
  if (aside) return 'tilted';
  if (steps.some((step) => Math.abs(step - usual) > usual * EVEN_WITHIN)) return 'gaps';
  return {
    columns: first.columns,
    rows: first.rows,
    slices: slices.length,
    columnMm,
    rowMm,
    sliceMm: (places.at(-1)!.off - places[0]!.off) / (slices.length - 1),
    origin: places[0]!.position,
    alongRow,
    alongColumn,
    normal,
    order: places.map(({ index }) => index),
  };
}

/** Place of a point of the patient among the voxels: column, row and slice, 0 being the middle of the first. */
export function voxelAt({ origin, alongRow, alongColumn, normal, ...size }: VolumeGeometry, point: Vector): Vector {
  const off = moved(point, origin, -1);
  return [dot(off, alongRow) / size.columnMm, dot(off, alongColumn) / size.rowMm, dot(off, normal) / size.sliceMm];
}

/** The point of the patient that a voxel's middle lies at. */
export function pointOfVoxel(geometry: VolumeGeometry, [column, row, slice]: Vector): Vector {
  const { origin, alongRow, alongColumn, normal, columnMm, rowMm, sliceMm } = geometry;
  return moved(moved(moved(origin, alongRow, column * columnMm), alongColumn, row * rowMm), normal, slice * sliceMm);
}
