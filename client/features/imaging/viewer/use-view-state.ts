import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import {
  imagingDisplayDefaults,
  type ImagingLayout,
  type ImagingViewState,
} from '../../../../shared/contracts/viewing.ts';
import type { FrameState, FrameStore } from './frame-store.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { hang, nextToHang } from './hanging.ts';
import { activatePane, activeIndex, changeLayout, panesOf, stateOfPane, withPicture } from './panes.ts';
import { nearestSlice, type KnownSlice } from './slice-geometry.ts';
import { frameIndex, frameKey, framesOf, outwardFrom, type FrameAddress, type ViewerSeries } from './series-frames.ts';
import { useThrottled } from './use-latest.ts';
import { nextOfLoop } from './cine.ts';
import { useCine } from './use-cine.ts';
import { openingState } from './viewer-state.ts';

/** Latest wins, some 25 times a second: what the other side can draw. */
const SEND_EVERY_MS = 40;
/** Each side runs cine by its own clock; so often they are brought together. */
const SEND_CINE_EVERY_MS = 1000;

export interface ViewStateInput {
  store: FrameStore;
  series: readonly ViewerSeries[];
  /** Study Instance UID of what the view opens with; otherwise the newest. */
  readFirst: string | undefined;
  given: ImagingViewState | null;
  following: boolean;
  onStateChange(next: ImagingViewState): void;
}

/** What one pane shows; the active one's is that of the whole view. */
export interface ViewedPane {
  state: ImagingViewState | null;
  series: ViewerSeries | undefined;
  frames: readonly FrameAddress[];
  wanted: FrameAddress | undefined;
  wantedState: FrameState;
  /** How many of `frames` are in memory. */
  ready: number;
}

export interface ViewStateOutput {
  panes: readonly ViewedPane[];
  /** Place of the active pane in `panes`. */
  active: number;
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
  setLayout(layout: ImagingLayout): void;
  activate(index: number): void;
}

const NOTHING: FrameState = { state: 'absent', receivedBytes: 0, totalBytes: null };

/**
 * The view state: the given one while following, an own one otherwise, which starts where following ended. Every
 * own change is told.
 */
export function useViewState(input: ViewStateInput): ViewStateOutput {
  const { store, series, readFirst, given, following, onStateChange } = input;
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
  const framesOfSeries = useMemo(() => rememberFrames(moreFrames), [moreFrames]);
  if (!state && !opening && series[0]) {
    const [first] = hang(series, hasRoomForTwo(), readFirst).series;
    setOpening(first ? (middleOf(framesOfSeries(first)) ?? null) : null);
  }

  const shown = state && panesOf(state);
  const active = state ? activeIndex(state) : 0;
  const panes = (shown ?? [null]).map((pane, index): ViewedPane => {
    const place = index === active ? (opening ?? pane) : pane;
    const owner = series.find(({ seriesInstanceUid }) => seriesInstanceUid === place?.seriesInstanceUid);
    const own = owner ? framesOfSeries(owner) : [];
    const wanted = place && owner ? addressOf(place, owner) : undefined;
    const wantedState = wanted ? store.stateOf(wanted) : NOTHING;
    const frame = wantedState.state === 'ready' ? wantedState.frame : undefined;
    return {
      state: state && stateOfPane(state, index, frame),
      series: owner,
      frames: own,
      wanted,
      wantedState,
      ready: own.filter((one) => store.stateOf(one).state === 'ready').length,
    };
  });
  const { series: activeSeries, frames, wanted, wantedState } = panes[active]!;
  const activeUid = opening?.seriesInstanceUid ?? state?.seriesInstanceUid;

  for (const { wantedState: held, series: owner } of panes) {
    if (held.state !== 'ready') continue;
    const { sopInstanceUid, frames: count } = held.frame;
    const listed = owner?.instances.find((one) => one.sopInstanceUid === sopInstanceUid);
    if (listed && count > (listed.numberOfFrames ?? 1) && moreFrames[sopInstanceUid] !== count) {
      setMoreFrames({ ...moreFrames, [sopInstanceUid]: count });
    }
  }
  if (wantedState.state === 'ready' && opening) {
    const opened = openingState(opening, wantedState.frame);
    setState(state ? withPicture(state, opened) : hung(opened, series, framesOfSeries, readFirst));
    setOpening(null);
  } else if (state && wantedState.state === 'ready' && !following) {
    const aligned = alignPanes(state, wantedState.frame, panes, store);
    if (aligned !== state) setState(aligned);
  }

  // While one series is cut anew, nothing is seen of the panes beside it.
  const seen = state?.reformat ? [panes[active]!] : panes;
  useLoading(store, series, seen, seen.indexOf(panes[active]!), framesOfSeries);

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
      setState(withPicture(state ?? before, before));
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
    if (before) setState(withPicture(state ?? before, { ...before, ...place }));
    setOpening(before ? null : frame);
  };
  const setLayout = (layout: ImagingLayout): void => {
    const candidates = activeSeries
      ? nextToHang(activeSeries, series).flatMap((one) => middleOf(framesOfSeries(one)) ?? [])
      : [];
    change((current) => changeLayout(current, layout, candidates));
  };
  const activate = (index: number): void => {
    const pane = panes[index]?.wantedState;
    change((current) => activatePane(current, index, pane?.state === 'ready' ? pane.frame : undefined));
  };
  return {
    state,
    panes,
    active,
    wanted,
    frames,
    wantedState,
    activeSeries,
    framesOfSeries,
    change,
    openSeries,
    openFrame,
    setLayout,
    activate,
  };
}

/** Who leafs through by hand wants the cine to stand still. */
function stoppedByLeafing(before: ImagingViewState, after: ImagingViewState): ImagingViewState {
  const same = before.sopInstanceUid === after.sopInstanceUid && before.frameNumber === after.frameNumber;
  return same || after.cineFramesPerSecond === null ? after : { ...after, cineFramesPerSecond: null };
}

/** What a view without panes of its own opens with: beside it the earlier study, where there is one and room. */
function hung(
  opened: ImagingViewState,
  series: readonly ViewerSeries[],
  framesOfSeries: (series: ViewerSeries) => readonly FrameAddress[],
  readFirst: string | undefined,
): ImagingViewState {
  const { layout, series: panes } = hang(series, hasRoomForTwo(), readFirst);
  const [first, ...others] = panes;
  if (first?.seriesInstanceUid !== opened.seriesInstanceUid) return opened;
  return changeLayout(
    opened,
    layout,
    others.flatMap((one) => middleOf(framesOfSeries(one)) ?? []),
  );
}

/** CSS pixels of the window: below, two pictures beside each other are too small to read. */
const ROOM_FOR_TWO_PX = 1200;

function hasRoomForTwo(): boolean {
  return globalThis.innerWidth >= ROOM_FOR_TWO_PX;
}

/** Leafs the other panes to where the active one's slice lies, as far as they share its frame of reference. */
function alignPanes(
  state: ImagingViewState,
  frame: DisplayFrame,
  panes: readonly ViewedPane[],
  store: FrameStore,
): ImagingViewState {
  if (!state.linked || panes.length < 2) return state;
  const active = activeIndex(state);
  let isMoved = false;
  const places = panes.map(({ frames, wanted }, index): FrameAddress | undefined => {
    if (index === active || !wanted) return wanted;
    const known = frames.flatMap((address, at): KnownSlice[] => {
      const held = store.stateOf(address);
      return held.state === 'ready' ? [{ index: at, frame: held.frame }] : [];
    });
    const nearest = nearestSlice(frame, known, frames.length);
    const place = nearest === undefined ? undefined : frames[nearest];
    if (!place || (place.sopInstanceUid === wanted.sopInstanceUid && place.frameNumber === wanted.frameNumber)) {
      return wanted;
    }
    isMoved = true;
    return place;
  });
  if (!isMoved) return state;
  places.splice(active, 1);
  return {
    ...state,
    otherPanes: state.otherPanes.map((pane, index) => {
      const place = places[index];
      return place ? { ...pane, sopInstanceUid: place.sopInstanceUid, frameNumber: place.frameNumber } : pane;
    }),
  };
}

/** Stacks of frames by series; `moreFrames`: of instances whose file holds more than the list says. */
function rememberFrames(moreFrames: Record<string, number>): (series: ViewerSeries) => readonly FrameAddress[] {
  const known = new WeakMap<ViewerSeries, readonly FrameAddress[]>();
  return (series) => {
    const before = known.get(series);
    if (before) return before;
    const frames = framesOf({
      ...series,
      instances: series.instances.map((instance) => {
        const count = moreFrames[instance.sopInstanceUid];
        return count === undefined ? instance : { ...instance, numberOfFrames: count };
      }),
    });
    known.set(series, frames);
    return frames;
  };
}

/** Tells the store what is waited for and what comes next. */
function useLoading(
  store: FrameStore,
  series: readonly ViewerSeries[],
  panes: readonly ViewedPane[],
  active: number,
  framesOfSeries: (series: ViewerSeries) => readonly FrameAddress[],
): void {
  const latest = useRef({ panes, active, series, framesOfSeries });
  const leafed = useRef({ seriesUid: '', at: 0 });
  useEffect(() => {
    latest.current = { panes, active, series, framesOfSeries };
  });
  const key = panes.map(({ wanted, frames }) => wanted && `${frameKey(wanted)}/${frames.length}`).join(' ');
  useEffect(() => {
    const { panes: viewed, active: first, series: all, framesOfSeries: framesIn } = latest.current;
    const ordered = [viewed[first]!, ...viewed.filter((_, index) => index !== first)].flatMap(({ wanted, frames }) =>
      wanted ? [{ wanted, frames }] : [],
    );
    if (ordered.length === 0) return;
    store.demand(...ordered.map(({ wanted }) => wanted));
    const orders = ordered.map(({ wanted, frames }, index) => {
      const at = Math.max(0, frameIndex(frames, wanted));
      if (index > 0) return outwardFrom(frames, at);
      const { seriesUid, at: before } = leafed.current;
      const direction = seriesUid === wanted.seriesInstanceUid ? (Math.sign(at - before) as -1 | 0 | 1) : 0;
      leafed.current = { seriesUid: wanted.seriesInstanceUid, at };
      return outwardFrom(frames, at, direction);
    });
    const open = new Set(ordered.map(({ wanted }) => wanted.seriesInstanceUid));
    const others = all
      .filter(({ seriesInstanceUid }) => !open.has(seriesInstanceUid))
      .flatMap((one) => middleOf(framesIn(one)) ?? []);
    // What the other series open with comes last: the strip has the hub's small pictures.
    store.prefetch([...byTurns(orders), ...others]);
  }, [store, key, series.length]);
}

/** First of each, second of each, ... */
function byTurns<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
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
    otherPanes: [],
    measurements: [],
  });
  return { ...opening, sopInstanceUid: moved.sopInstanceUid, frameNumber: moved.frameNumber };
}

export function middleOf(frames: readonly FrameAddress[]): FrameAddress | undefined {
  return frames[Math.floor(frames.length / 2)];
}

function addressOf(state: Pick<FrameAddress, 'sopInstanceUid' | 'frameNumber'>, series: ViewerSeries): FrameAddress {
  return {
    studyInstanceUid: series.studyInstanceUid,
    seriesInstanceUid: series.seriesInstanceUid,
    sopInstanceUid: state.sopInstanceUid,
    frameNumber: state.frameNumber,
  };
}
