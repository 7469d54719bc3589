import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import {
  reformatPlanes,
  slabProjections,
  type ImagingReformat,
  type ImagingViewState,
} from '../../../../../shared/contracts/viewing.ts';
import type { FrameStore } from '../frame-store.ts';
import type { FrameAddress } from '../series-frames.ts';
import type { ViewedPane, ViewStateOutput } from '../use-view-state.ts';
import { askAgain, retryLost } from './ask-again.ts';
import { movedToSlice, sliceAt } from './plane-geometry.ts';
import { beginReformat, framesOfPlane, nextPlane, stateOfPlane, withPlaneState, withPosition } from './plane-state.ts';
import { ReformatEngine, type Grids, type VolumeStatus } from './reformat-engine.ts';
import type { Vector } from './vector.ts';
import { voxelAt } from './volume-geometry.ts';

const ASK_AGAIN_MS = 2000;

type Reformatted = ImagingViewState & { reformat: ImagingReformat };

export interface Reformat {
  /** What the active series is cut by; null while it is shown as it was taken. */
  reformat: ImagingReformat | null;
  /** How far the block is; null while it is shown as it was taken. */
  status: VolumeStatus | null;
  grids: Grids | undefined;
  /** The planes in the place of the view's panes, once they can be shown. */
  view: ViewStateOutput | null;
  toggle(): void;
  change(next: (reformat: ImagingReformat) => ImagingReformat): void;
  nextProjection(): void;
  /** Lets the planes cross at another point of the patient. */
  moveTo(position: Vector): void;
}

/** The active series cut anew in three planes, while the view asks for that. */
export function useReformat(base: ViewStateOutput, store: FrameStore): Reformat {
  const { state, frames, change: changeBase } = base;
  const reformat = state?.reformat ?? null;
  const isOpen = reformat !== null;
  const seriesUid = isOpen ? state?.seriesInstanceUid : undefined;
  const engine = useEngine(seriesUid, frames, store);
  const status = engine?.status ?? null;
  const grids = status?.kind === 'ready' ? status.grids : undefined;
  const left = useRef(new Map<string, ImagingReformat>());

  const change = useCallback(
    (next: (reformat: ImagingReformat) => ImagingReformat) =>
      changeBase((now) => (now.reformat ? { ...now, reformat: next(now.reformat) } : now)),
    [changeBase],
  );
  const changeActive = useCallback(
    (next: (state: ImagingViewState) => ImagingViewState) =>
      changeBase((now) => {
        if (!isReformatted(now) || !grids) return now;
        const { plane } = now.reformat;
        return withPlaneState(now, grids, plane, next(stateOfPlane(now, grids, plane)));
      }),
    [changeBase, grids],
  );
  const toggle = (): void => {
    if (!state) return;
    const before = left.current.get(state.seriesInstanceUid);
    if (reformat) left.current.set(state.seriesInstanceUid, reformat);
    if (!reformat) retryLost(store, frames);
    const shown = base.wantedState.state === 'ready' ? base.wantedState.frame : undefined;
    const place = status?.kind === 'ready' && reformat ? sliceOfPosition(status, reformat, frames) : undefined;
    changeBase((now) =>
      now.reformat
        ? { ...now, ...place, reformat: null, magnifier: null }
        : { ...now, reformat: before ?? beginReformat(shown), magnifier: null, cineFramesPerSecond: null },
    );
  };

  const panes = useMemo(
    () => (state && isReformatted(state) && grids ? panesOfPlanes(state, grids, base.activeSeries) : null),
    [state, grids, base.activeSeries],
  );
  useEffect(() => {
    if (!engine || !reformat || !grids) return;
    const { slabMm, projection, position } = reformat;
    const others = reformatPlanes.filter((plane) => plane !== reformat.plane);
    for (const plane of [reformat.plane, ...others]) {
      engine.want(plane, { slice: sliceAt(grids[plane], position), slabMm, projection });
    }
  }, [engine, reformat, grids]);

  // Until each plane has its first picture, the keys go on to act upon the slice that stands on the screen.
  const pictures = reformatPlanes.flatMap((plane) => engine?.pictureOf(plane) ?? []);
  const shownPanes =
    pictures.length === reformatPlanes.length
      ? panes?.map((pane, index): ViewedPane => ({
          ...pane,
          wantedState: { state: 'ready', frame: pictures[index]! },
        }))
      : null;
  const active = reformat ? reformatPlanes.indexOf(reformat.plane) : 0;
  const shown = shownPanes?.[active];
  const view: ViewStateOutput | null =
    shownPanes && shown
      ? {
          ...base,
          panes: shownPanes,
          active,
          state: shown.state,
          wanted: shown.wanted,
          frames: shown.frames,
          wantedState: shown.wantedState,
          change: changeActive,
          openSeries: (series) => (series === base.activeSeries ? toggle() : base.openSeries(series)),
          openFrame: (frame) => {
            const index = shownPanes.findIndex(({ wanted }) => wanted?.seriesInstanceUid === frame.seriesInstanceUid);
            const plane = reformatPlanes[index];
            if (!plane || !grids) return;
            change((now) => ({
              ...withPosition(now, movedToSlice(grids[plane], now.position, frame.frameNumber - 1)),
              plane,
            }));
          },
          activate: (index) => change((now) => ({ ...now, plane: reformatPlanes[index] ?? nextPlane(now).plane })),
        }
      : null;
  return {
    reformat,
    status,
    grids,
    view,
    toggle,
    change,
    nextProjection: () =>
      change((now) => {
        const next = slabProjections[(slabProjections.indexOf(now.projection) + 1) % slabProjections.length]!;
        return { ...now, projection: next };
      }),
    moveTo: (position) => change((now) => withPosition(now, position)),
  };
}

/** The engine of the series that is cut; it is fed as its slices come, and ends with the reformat. */
function useEngine(
  seriesUid: string | undefined,
  frames: readonly FrameAddress[],
  store: FrameStore,
): ReformatEngine | undefined {
  // A list that was read anew and says the same must not throw the block away.
  const [slices, setSlices] = useState(frames);
  const isSame = slices.length === frames.length && slices.every((one, index) => isSameFrame(one, frames[index]!));
  if (!isSame) setSlices(frames);
  const engine = useMemo(
    () =>
      seriesUid === undefined
        ? undefined
        : new ReformatEngine(
            slices,
            store.capacityBytes,
            () => new Worker(new URL('./reformat-worker.ts', import.meta.url), { type: 'module' }),
          ),
    [seriesUid, slices, store],
  );
  useEffect(() => () => engine?.close(), [engine]);
  const subscribe = useCallback((listener: () => void) => engine?.subscribe(listener) ?? (() => undefined), [engine]);
  const version = useSyncExternalStore(subscribe, () => engine?.version ?? 0);
  useEffect(() => {
    engine?.feed((address) => store.stateOf(address));
  }, [engine, store, store.version, version]);
  const isLoading = engine?.status.kind === 'loading';
  useEffect(() => {
    if (!isLoading) return undefined;
    const timer = setInterval(() => askAgain(store, slices), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isLoading, store, slices]);
  return engine;
}

function isSameFrame(one: FrameAddress, other: FrameAddress): boolean {
  return one === other || (one.sopInstanceUid === other.sopInstanceUid && one.frameNumber === other.frameNumber);
}

function isReformatted(state: ImagingViewState): state is Reformatted {
  return state.reformat !== null;
}

function panesOfPlanes(state: Reformatted, grids: Grids, series: ViewedPane['series']): ViewedPane[] {
  return reformatPlanes.map((plane) => {
    const own = stateOfPlane(state, grids, plane);
    const frames = framesOfPlane(state, grids[plane]);
    return {
      state: own,
      series,
      frames,
      wanted: frames[own.frameNumber - 1],
      wantedState: { state: 'absent', receivedBytes: 0, totalBytes: null },
      ready: frames.length,
    };
  });
}

/** The slice of the series that lies nearest to where the planes cross. */
function sliceOfPosition(
  { geometry }: Extract<VolumeStatus, { kind: 'ready' }>,
  { position }: ImagingReformat,
  frames: readonly FrameAddress[],
): Pick<ImagingViewState, 'sopInstanceUid' | 'frameNumber'> | undefined {
  const slice = Math.round(voxelAt(geometry, position)[2]);
  const frame = frames[geometry.order[Math.min(geometry.slices - 1, Math.max(0, slice))]!];
  return frame && { sopInstanceUid: frame.sopInstanceUid, frameNumber: frame.frameNumber };
}
