import { useEffect, useRef } from 'react';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import type { ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import { openCornerstoneViewport } from './cornerstone-viewport.ts';
import { fitScale, imageMatrix, MAXIMUM_ZOOM, toScreen, type ScreenSize } from './geometry.ts';
import { imageSizeOf, viewOf } from './viewer-state.ts';
import type { Viewport } from './viewport.ts';

const LARGEST_LENS_PX = 220;
const MAGNIFIED = 2.5;
/** Above the finger, which would cover it. */
const ABOVE_FINGER_PX = 130;

/** Never more than half of the picture. */
function lensSide({ width, height }: ScreenSize): number {
  return Math.round(Math.min(LARGEST_LENS_PX, width / 2, height / 2));
}

/** The magnifying glass: what lies under it, larger, in the same window and turn. */
export function Magnifier({
  frame,
  state,
  screen,
}: {
  frame: DisplayFrame;
  state: ImagingViewState & { magnifier: { column: number; row: number } };
  screen: ScreenSize;
}) {
  const host = useRef<HTMLDivElement>(null);
  const viewport = useRef<Viewport | null>(null);
  useEffect(() => {
    const opened = openCornerstoneViewport(host.current!, () => undefined);
    viewport.current = opened;
    return () => {
      viewport.current = null;
      opened.dispose();
    };
  }, []);
  useEffect(() => {
    const image = imageSizeOf(frame);
    const side = lensSide(screen);
    const lens = { width: side, height: side };
    const scale = fitScale(image, screen, state.rotationDegrees) * state.zoom * MAGNIFIED;
    viewport.current?.show(frame, {
      ...viewOf(state),
      // The lens is small, so the same scale is a greater zoom there than the picture itself may have.
      zoom: Math.min(MAXIMUM_ZOOM * 8, scale / fitScale(image, lens, state.rotationDegrees)),
      centerColumn: state.magnifier.column,
      centerRow: state.magnifier.row,
    });
  }, [frame, state, screen]);
  const { x, y } = toScreen(
    imageMatrix(imageSizeOf(frame), screen, state),
    state.magnifier.column,
    state.magnifier.row,
  );
  const side = lensSide(screen);
  const above = globalThis.matchMedia('(pointer: coarse)').matches ? ABOVE_FINGER_PX : 0;
  return (
    <div
      className="iv-lens"
      data-testid="magnifier"
      style={{ left: x - side / 2, top: y - side / 2 - above, width: side, height: side }}
    >
      <div className="iv-canvas" ref={host} />
    </div>
  );
}
