import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';

/** Where slices lie in the patient (PS3.3 C.7.6.2.1.1). Millimetres; directions are of length 1. */
type Vector = readonly [number, number, number];
type Plane = Pick<DisplayFrame, 'rows' | 'columns' | 'description'>;

interface Slice {
  /** Middle of the first pixel. */
  position: Vector;
  alongRow: Vector;
  alongColumn: Vector;
  normal: Vector;
  columnMm: number;
  rowMm: number;
  frameOfReferenceUid: string;
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const moved = (from: Vector, along: Vector, by: number): Vector => [
  from[0] + along[0] * by,
  from[1] + along[1] * by,
  from[2] + along[2] * by,
];

function sliceOf({ description }: Plane): Slice | undefined {
  const { position, orientation, spacing, frameOfReferenceUid } = description;
  if (!position || !orientation || !spacing || !frameOfReferenceUid) return undefined;
  const [rx, ry, rz, cx, cy, cz] = orientation as [number, number, number, number, number, number];
  return {
    position,
    alongRow: [rx, ry, rz],
    alongColumn: [cx, cy, cz],
    normal: [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx],
    columnMm: spacing.columnMm,
    rowMm: spacing.rowMm,
    frameOfReferenceUid,
  };
}

/** Slices that are turned against each other by less than this (18 degrees) are leafed through together. */
const PARALLEL_FROM = 0.95;

/** A frame of a stack whose place is known. */
export interface KnownSlice {
  index: number;
  frame: Plane;
}

/**
 * The slice of another stack that lies nearest to a slice of the same frame of reference and about the same direction;
 * undefined where there is no such thing. Not every slice of the stack need be known: between and beyond those that
 * are, slices are taken as evenly spaced.
 * @param total slices of the other stack.
 */
export function nearestSlice(from: Plane, known: readonly KnownSlice[], total: number): number | undefined {
  const slice = sliceOf(from);
  const first = known[0] && sliceOf(known[0].frame);
  if (!slice || !first || slice.frameOfReferenceUid !== first.frameOfReferenceUid) return undefined;
  if (Math.abs(dot(slice.normal, first.normal)) < PARALLEL_FROM) return undefined;
  const middle = moved(
    moved(slice.position, slice.alongRow, ((from.columns - 1) / 2) * slice.columnMm),
    slice.alongColumn,
    ((from.rows - 1) / 2) * slice.rowMm,
  );
  const wanted = dot(middle, first.normal);
  const places = known
    .flatMap(({ index, frame }) => {
      const other = sliceOf(frame);
      return other ? [{ index, off: dot(other.position, first.normal) - wanted }] : [];
    })
    .sort((one, other) => one.index - other.index);
  if (places.length < 2) return places[0]?.index;
  // The two known slices around the wanted place, or the two at the end that it lies beyond.
  let at = places.findIndex((place, index) => index > 0 && places[index - 1]!.off * place.off <= 0);
  if (at < 0) at = Math.abs(places[0]!.off) < Math.abs(places.at(-1)!.off) ? 1 : places.length - 1;
  const [before, after] = [places[at - 1]!, places[at]!];
  const perSlice = (after.off - before.off) / (after.index - before.index);
  const index = perSlice === 0 ? before.index : Math.round(before.index - before.off / perSlice);
  return Math.min(total - 1, Math.max(0, index));
}

/**
 * Where one slice cuts another picture: both ends of the line in that picture's image pixels. Undefined when they have
 * no common frame of reference, are about parallel, or do not meet.
 */
export function referenceLine(
  cutting: Plane,
  picture: Plane,
): [{ column: number; row: number }, { column: number; row: number }] | undefined {
  const [slice, target] = [sliceOf(cutting), sliceOf(picture)];
  if (!slice || !target || slice.frameOfReferenceUid !== target.frameOfReferenceUid) return undefined;
  if (Math.abs(dot(slice.normal, target.normal)) > PARALLEL_FROM) return undefined;
  const corner = (column: number, row: number): Vector =>
    moved(
      moved(slice.position, slice.alongRow, (column - 0.5) * slice.columnMm),
      slice.alongColumn,
      (row - 0.5) * slice.rowMm,
    );
  const corners = [
    corner(0, 0),
    corner(cutting.columns, 0),
    corner(cutting.columns, cutting.rows),
    corner(0, cutting.rows),
  ];
  const height = (point: Vector): number => dot(minus(point, target.position), target.normal);
  const ends = corners.flatMap((from, index) => {
    const to = corners[(index + 1) % 4]!;
    const [above, below] = [height(from), height(to)];
    if (above * below > 0 || above === below) return [];
    return [moved(from, minus(to, from), above / (above - below))];
  });
  const places = ends.map((end) => {
    const off = minus(end, target.position);
    return {
      column: dot(off, target.alongRow) / target.columnMm + 0.5,
      row: dot(off, target.alongColumn) / target.rowMm + 0.5,
    };
  });
  const [first] = places;
  // Through a corner the same end is found twice.
  const second = places.find((one) => Math.hypot(one.column - first!.column, one.row - first!.row) > 0.5);
  return first && second && [first, second];
}
