import { useState, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { reformatPlanes, type ReformatPlane } from '../../../../../shared/contracts/viewing.ts';
import { toImage, toScreen, type ImageMatrix, type Point } from '../geometry.ts';
import { placeOnPlane, pointOnSlice, sliceAt, type PlaneGrid } from './plane-geometry.ts';
import { dot, moved, type Vector } from './vector.ts';

export interface CrosshairLinesProps {
  plane: ReformatPlane;
  grids: Record<ReformatPlane, PlaneGrid>;
  position: Vector;
  matrix: ImageMatrix;
  locked: boolean;
  onMove(position: Vector): void;
}

/** Gap around the crossing, so that what is looked at is not covered; CSS pixels. */
const GAP_PX = 14;
const GRIP_PX = 16;
/** The letter of the picture's edge stands before it. */
const LABEL_FROM_EDGE_PX = 34;

/**
 * Where the other two planes cut this one. A line is dragged to move its plane, the crossing to move both; the picture
 * itself keeps its own presses.
 */
export function CrosshairLines({ plane, grids, position, matrix, locked, onMove }: CrosshairLinesProps) {
  const { t } = useTranslation();
  const [dragged, setDragged] = useState<readonly ReformatPlane[] | null>(null);
  const grid = grids[plane];
  const center = placeOnPlane(grid, position);
  const at = toScreen(matrix, center.column, center.row);
  const others = reformatPlanes.filter((one) => one !== plane);

  const grip = (planes: readonly ReformatPlane[]) => ({
    'data-grip': planes.join(' '),
    onPointerDown: (event: PointerEvent<SVGElement>) => {
      if (locked || event.button !== 0) return;
      setDragged(planes);
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<SVGElement>) => {
      if (!dragged) return;
      const box = event.currentTarget.ownerSVGElement!.getBoundingClientRect();
      const { column, row } = toImage(matrix, event.clientX - box.left, event.clientY - box.top);
      const point = pointOnSlice(grid, sliceAt(grid, position), column, row);
      onMove(
        dragged.reduce((place: Vector, one) => {
          const { forward } = grids[one];
          return moved(place, forward, dot(point, forward) - dot(place, forward));
        }, position),
      );
    },
    onPointerUp: () => setDragged(null),
    onPointerCancel: () => setDragged(null),
  });
  return (
    <svg className="iv-svg" aria-hidden="true" width="100%" height="100%">
      {others.map((other) => {
        // The cut of another plane runs along what is in both planes.
        const isUpright = Math.abs(dot(grids[other].forward, grid.right)) > 0.5;
        const ends = endsOfLine(grid, center, isUpright).map(({ column, row }) => toScreen(matrix, column, row));
        const [from, to] = ends as [Point, Point];
        return (
          <g key={other} className="iv-plane-line" data-plane={other}>
            {[from, to].map((end, index) => {
              const near = towards(at, end, GAP_PX);
              return (
                near && (
                  <g key={index}>
                    <line x1={near.x} y1={near.y} x2={end.x} y2={end.y} />
                    <line className="iv-grip" x1={near.x} y1={near.y} x2={end.x} y2={end.y} {...grip([other])} />
                  </g>
                )
              );
            })}
            <text {...labelPlace(from, to)}>{t(`imaging.viewer.reformat.plane.${other}`)}</text>
          </g>
        );
      })}
      <circle className="iv-grip-crossing" cx={at.x} cy={at.y} r={GRIP_PX} {...grip(others)} />
    </svg>
  );
}

/** Through a place from edge to edge of the picture. */
function endsOfLine(grid: PlaneGrid, { column, row }: { column: number; row: number }, isUpright: boolean) {
  return isUpright
    ? [
        { column, row: 0 },
        { column, row: grid.rows },
      ]
    : [
        { column: 0, row },
        { column: grid.columns, row },
      ];
}

/** A place `gap` away from another in the direction of a third; undefined when that is nearer. */
function towards(from: Point, to: Point, gap: number): Point | undefined {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length <= gap) return undefined;
  return { x: from.x + ((to.x - from.x) * gap) / length, y: from.y + ((to.y - from.y) * gap) / length };
}

/** The line's name stands just inside its upper or left end. */
function labelPlace(from: Point, to: Point): Point {
  const [first] = [from, to].sort((one, other) => one.x + one.y - other.x - other.y) as [Point, Point];
  const isUpright = Math.abs(from.x - to.x) < Math.abs(from.y - to.y);
  return isUpright
    ? { x: first.x + 6, y: Math.max(56, first.y + 18) }
    : { x: Math.max(LABEL_FROM_EDGE_PX, first.x + 6), y: first.y - 6 };
}
