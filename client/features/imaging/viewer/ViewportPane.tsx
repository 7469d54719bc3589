import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type Dispatch,
  type ReactNode,
  type SetStateAction,
} from 'react';
import type { ImagingViewState, ViewPointer } from '../../../../shared/contracts/viewing.ts';
import { openCornerstoneViewport } from './cornerstone-viewport.ts';
import { imageMatrix, toImage, toScreen, type ImageMatrix, type ScreenSize } from './geometry.ts';
import { ImageOverlay } from './ImageOverlay.tsx';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { liesOn, type Measurement } from './measurement.ts';
import { MeasurementText } from './MeasurementText.tsx';
import { wordValue } from './measurement-words.ts';
import { MeasurementLayer, type RemotePointer } from './MeasurementLayer.tsx';
import { Magnifier } from './Magnifier.tsx';
import type { FrameAddress } from './series-frames.ts';
import { frameIndex } from './series-frames.ts';
import { referenceLine } from './slice-geometry.ts';
import type { Tool } from './tools.ts';
import { useViewportGestures } from './use-viewport-gestures.ts';
import { imageSizeOf, viewOf } from './viewer-state.ts';
import type { Viewport } from './viewport.ts';

export interface ViewportPaneProps {
  state: ImagingViewState | null;
  /** What is to be drawn; undefined leaves the last picture, null takes it away. */
  frame: DisplayFrame | undefined | null;
  frames: readonly FrameAddress[];
  tool: Tool;
  locked: boolean;
  /** The measurement whose words are being written. */
  editingId: string | null;
  finish(measurement: Measurement): void;
  onText(id: string, text: string): void;
  draft: Measurement | null;
  setDraft: Dispatch<SetStateAction<Measurement | null>>;
  crosshair: { column: number; row: number } | null;
  selectedId: string | null;
  remotePointers: readonly RemotePointer[];
  patientLabel: ReactNode;
  seriesLabel: string;
  /** How many of `frames` are in memory. */
  ready: number;
  change(next: (state: ImagingViewState) => ImagingViewState): void;
  select(id: string | null): void;
  onPointer(pointer: ViewPointer): void;
  /** Where the own pointer is over the picture. */
  onHover(place: { column: number; row: number } | null): void;
  /** Place among the panes; undefined while it is the only one. */
  index: number | undefined;
  active: boolean;
  /** What the keys act upon from now on. */
  onActivate(): void;
  /** The slice whose cut through this picture is drawn. */
  cutting: DisplayFrame | undefined;
  /** Called with what really stands on the screen. */
  onDrawn(frame: DisplayFrame, state: ImagingViewState): void;
  onScreen(screen: ScreenSize): void;
  /** Whatever else lies on the picture. */
  over?: (matrix: ImageMatrix) => ReactNode;
  onDoubleClick?: (place: { column: number; row: number }) => void;
  children?: ReactNode;
}

/** The picture with everything that lies on it. */
export function ViewportPane(props: ViewportPaneProps) {
  const { state, frame, frames, tool, locked, crosshair, selectedId, remotePointers, patientLabel, seriesLabel } =
    props;
  const host = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const viewport = useRef<Viewport | null>(null);
  const [screen, setScreen] = useState<ScreenSize>({ width: 1, height: 1 });
  const [drawn, setDrawn] = useState<DisplayFrame>();
  const [probe, setProbe] = useState<{ column: number; row: number } | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const element = host.current!;
    const opened = openCornerstoneViewport(element, (shownFrame) => {
      setDrawn(shownFrame);
      const { state: now, onDrawn } = latest.current;
      if (now) onDrawn(shownFrame, now);
    });
    viewport.current = opened;
    const observer = new ResizeObserver(() => {
      const size = { width: Math.max(1, element.clientWidth), height: Math.max(1, element.clientHeight) };
      setScreen(size);
      latest.current.onScreen(size);
      opened.resize();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      viewport.current = null;
      opened.dispose();
    };
  }, []);

  const stale = drawn !== undefined && frame === undefined && frameIndex(frames, drawn) < 0;
  const showing = frame === null || stale ? undefined : (frame ?? drawn);
  useEffect(() => {
    if (!viewport.current) return;
    if (showing && state) viewport.current.show(showing, viewOf(state));
    else viewport.current.clear();
  }, [showing, state]);

  const onScreenFrame = frame === null || stale ? undefined : drawn;
  useViewportGestures(pane, {
    frame: onScreenFrame,
    state,
    frames,
    screen,
    tool,
    locked,
    change: props.change,
    onPointer: props.onPointer,
    onHover: useCallback((place) => {
      setProbe(place);
      latest.current.onHover(place);
    }, []),
    select: props.select,
    draft: props.draft,
    setDraft: props.setDraft,
    finish: props.finish,
  });
  const matrix = useMemo(
    () => (onScreenFrame && state ? imageMatrix(imageSizeOf(onScreenFrame), screen, state) : null),
    [onScreenFrame, state, screen],
  );
  const editing = state?.measurements.find(({ id }) => id === props.editingId);
  const [column, row] = editing?.points.slice(-2) ?? [];
  return (
    <div
      className="iv-pane"
      ref={pane}
      data-tool={locked ? 'locked' : tool}
      data-pane={props.index}
      data-active={props.active}
      data-shown={onScreenFrame?.sopInstanceUid}
      onPointerDownCapture={() => props.active || props.onActivate()}
      onDoubleClick={({ clientX, clientY, currentTarget }) => {
        const { left, top } = currentTarget.getBoundingClientRect();
        if (matrix && !locked) props.onDoubleClick?.(toImage(matrix, clientX - left, clientY - top));
      }}
    >
      <div className="iv-canvas" ref={host} />
      {onScreenFrame && state && matrix && (
        <>
          <MeasurementLayer
            frame={onScreenFrame}
            matrix={matrix}
            screen={screen}
            measurements={state.measurements}
            draft={props.draft}
            selectedId={selectedId}
            crosshair={crosshair}
            remotePointers={remotePointers}
            cut={props.cutting && referenceLine(props.cutting, onScreenFrame)}
          />
          {props.over?.(matrix)}
          {state.magnifier && (
            <Magnifier frame={onScreenFrame} state={{ ...state, magnifier: state.magnifier }} screen={screen} />
          )}
          <ImageOverlay
            frame={onScreenFrame}
            state={state}
            screen={screen}
            patientLabel={patientLabel}
            seriesLabel={seriesLabel}
            position={frameIndex(frames, onScreenFrame) + 1}
            total={frames.length}
            ready={props.ready}
            probe={probe && wordValue(onScreenFrame, probe.column, probe.row)}
          />
        </>
      )}
      {editing && onScreenFrame && matrix && !locked && liesOn(editing, onScreenFrame) && (
        <MeasurementText
          key={editing.id}
          at={toScreen(matrix, column!, row!)}
          screen={screen}
          initial={editing.text ?? ''}
          onDone={(text) => props.onText(editing.id, text)}
        />
      )}
      {props.children}
    </div>
  );
}
