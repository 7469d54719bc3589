import { useCallback, useEffect, useRef, useState } from 'react';
import { imagingDisplayDefaults, type ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import type { FrameState, FrameStore } from './frame-store.ts';
import { frameIndex, framesOf, outwardFrom, type FrameAddress, type ViewerSeries } from './series-frames.ts';
import { useThrottled } from './use-latest.ts';
import { nextOfLoop } from './cine.ts';
import { useCine } from './use-cine.ts';
import { openingState } from './viewer-state.ts';

/** Latest wins, some 25 times a second: what the other side can draw. */
const SEND_EVERY_MS = 40;
/** Each side runs cine by its own clock; so often they are brought together. */
const SEND_CINE_EVERY_MS = 1000;
/** A series' picture in the strip is fetched once this many of the open one are there. */
const BEFORE_OTHER_SERIES = 8;

export interface ViewStateInput {
  store: FrameStore;
  series: readonly ViewerSeries[];
  given: ImagingViewState | null;
  following: boolean;
  onStateChange(next: ImagingViewState): void;
}

export interface ViewStateOutput {
  /** What is to be shown; null until the first picture is there. */
  state: ImagingViewState | null;
  /** The frame that is to be shown; undefined when its series is not in the list. */
  wanted: FrameAddress | undefined;
  /** All frames of its series. */
  frames: readonly FrameAddress[];
  wantedState: FrameState;
  activeSeries: ViewerSeries | undefined;
  framesOfSeries(series: ViewerSeries): readonly FrameAddress[];
  change(next: (state: ImagingViewState) => ImagingViewState): void;
  openSeries(series: ViewerSeries): void;
  /** To one frame, of whatever series. */
  openFrame(frame: FrameAddress): void;
}

const NOTHING: FrameState = { state: 'absent', receivedBytes: 0, totalBytes: null };

/**
 * The view state: the given one while following, an own one otherwise, which starts where following ended. Every
 * own change is told.
 */
export function useViewState({ store, series, given, following, onStateChange }: ViewStateInput): ViewStateOutput {
  const [state, setState] = useState<ImagingViewState | null>(given);
  const [adopted, setAdopted] = useState<ImagingViewState | null>(given);
  const [opening, setOpening] = useState<FrameAddress | null>(null);
  /** Instances whose file holds more frames than the list says. */
  const [moreFrames, setMoreFrames] = useState<Record<string, number>>({});
  const left = useRef(new Map<string, ImagingViewState>());

  const [followed, setFollowed] = useState(following);
  if (followed !== following) setFollowed(following);
  // Also when following begins anew: the other side may have stood still meanwhile.
  if (following && given && (given !== adopted || !followed)) {
    setAdopted(given);
    setState(given);
    setOpening(null);
  }
  const framesOfSeries = useCallback(
    (one: ViewerSeries) =>
      framesOf({
        ...one,
        instances: one.instances.map((instance) => {
          const known = moreFrames[instance.sopInstanceUid];
          return known === undefined ? instance : { ...instance, numberOfFrames: known };
        }),
      }),
    [moreFrames],
  );
  if (!state && !opening && series[0]) setOpening(middleOf(framesOfSeries(series[0])) ?? null);

  const activeUid = opening?.seriesInstanceUid ?? state?.seriesInstanceUid;
  const activeSeries = series.find(({ seriesInstanceUid }) => seriesInstanceUid === activeUid);
  const frames = activeSeries ? framesOfSeries(activeSeries) : [];
  const wanted = opening ?? (state && activeSeries ? addressOf(state, activeSeries) : undefined);
  const wantedState = wanted ? store.stateOf(wanted) : NOTHING;

  if (wantedState.state === 'ready' && wanted) {
    const { frame } = wantedState;
    const listed = activeSeries?.instances.find(({ sopInstanceUid }) => sopInstanceUid === frame.sopInstanceUid);
    if (listed && frame.frames > (listed.numberOfFrames ?? 1) && moreFrames[frame.sopInstanceUid] !== frame.frames) {
      setMoreFrames({ ...moreFrames, [frame.sopInstanceUid]: frame.frames });
    }
    if (opening) {
      setState({ ...openingState(opening, frame), measurements: state?.measurements ?? [] });
      setOpening(null);
    }
  }

  useLoading(store, series, wanted, frames, framesOfSeries);

  const send = useThrottled(onStateChange, SEND_EVERY_MS);
  const stepped = useRef<ImagingViewState | null>(null);
  const sentAt = useRef(0);
  useEffect(() => {
    if (!state || following || state === adopted) return;
    const now = performance.now();
    if (state === stepped.current && now - sentAt.current < SEND_CINE_EVERY_MS) return;
    sentAt.current = now;
    send(state);
  }, [state, following, adopted, send]);
  useCine(state && !opening ? state.cineFramesPerSecond : null, () => {
    // A frame that is not there yet is waited for, not skipped.
    if (!state || wantedState.state === 'loading' || wantedState.state === 'absent') return;
    stepped.current = nextOfLoop(state, frames);
    setState(stepped.current);
  });

  const change = useCallback(
    (next: (current: ImagingViewState) => ImagingViewState) => {
      if (following) return;
      if (opening) setOpening(scrolled(opening, next));
      else setState((current) => current && stoppedByLeafing(current, next(current)));
    },
    [following, opening],
  );
  const openSeries = (one: ViewerSeries): void => {
    if (following || one.seriesInstanceUid === activeUid) return;
    if (state) left.current.set(state.seriesInstanceUid, state);
    const before = left.current.get(one.seriesInstanceUid);
    if (before) {
      setOpening(null);
      setState({ ...before, measurements: state?.measurements ?? before.measurements });
    } else {
      setOpening(middleOf(framesOfSeries(one)) ?? null);
    }
  };
  const openFrame = (frame: FrameAddress): void => {
    const place = { sopInstanceUid: frame.sopInstanceUid, frameNumber: frame.frameNumber };
    if (frame.seriesInstanceUid === activeUid) {
      change((current) => ({ ...current, ...place }));
      return;
    }
    if (following) return;
    if (state) left.current.set(state.seriesInstanceUid, state);
    const before = left.current.get(frame.seriesInstanceUid);
    if (before) setState({ ...before, ...place, measurements: state?.measurements ?? before.measurements });
    setOpening(before ? null : frame);
  };
  return { state, wanted, frames, wantedState, activeSeries, framesOfSeries, change, openSeries, openFrame };
}

/** Who leafs through by hand wants the cine to stand still. */
function stoppedByLeafing(before: ImagingViewState, after: ImagingViewState): ImagingViewState {
  const same = before.sopInstanceUid === after.sopInstanceUid && before.frameNumber === after.frameNumber;
  return same || after.cineFramesPerSecond === null ? after : { ...after, cineFramesPerSecond: null };
}

/** Tells the store what is waited for and what comes next. */
function useLoading(
  store: FrameStore,
  series: readonly ViewerSeries[],
  wanted: FrameAddress | undefined,
  frames: readonly FrameAddress[],
  framesOfSeries: (series: ViewerSeries) => readonly FrameAddress[],
): void {
  const latest = useRef({ wanted, frames, series, framesOfSeries });
  useEffect(() => {
    latest.current = { wanted, frames, series, framesOfSeries };
  });
  const wantedKey = wanted && `${wanted.seriesInstanceUid}/${wanted.sopInstanceUid}/${wanted.frameNumber}`;
  useEffect(() => {
    const { wanted: address, frames: stack, series: all, framesOfSeries: framesIn } = latest.current;
    if (!address) return;
    store.demand(address);
    const order = outwardFrom(stack, Math.max(0, frameIndex(stack, address)));
    const others = all
      .filter(({ seriesInstanceUid }) => seriesInstanceUid !== address.seriesInstanceUid)
      .flatMap((one) => middleOf(framesIn(one)) ?? []);
    store.prefetch([...order.slice(0, BEFORE_OTHER_SERIES), ...others, ...order.slice(BEFORE_OTHER_SERIES)]);
  }, [store, wantedKey, frames.length, series.length]);
}

/** Before the first picture there is no view yet, but one may go past a picture that cannot be shown. */
function scrolled(opening: FrameAddress, next: (state: ImagingViewState) => ImagingViewState): FrameAddress {
  const { seriesInstanceUid, sopInstanceUid, frameNumber } = opening;
  const moved = next({
    kind: 'imaging',
    seriesInstanceUid,
    sopInstanceUid,
    frameNumber,
    windowCenter: 0,
    windowWidth: 1,
    zoom: 1,
    centerColumn: 0,
    centerRow: 0,
    invert: false,
    rotationDegrees: 0,
    ...imagingDisplayDefaults,
    measurements: [],
  });
  return { ...opening, sopInstanceUid: moved.sopInstanceUid, frameNumber: moved.frameNumber };
}

export function middleOf(frames: readonly FrameAddress[]): FrameAddress | undefined {
  return frames[Math.floor(frames.length / 2)];
}

function addressOf(state: ImagingViewState, series: ViewerSeries): FrameAddress {
  return {
    studyInstanceUid: series.studyInstanceUid,
    seriesInstanceUid: series.seriesInstanceUid,
    sopInstanceUid: state.sopInstanceUid,
    frameNumber: state.frameNumber,
  };
}
