import { useEffect, useLayoutEffect, useRef } from 'react';
import type { PointerEvent, RefObject } from 'react';
import type { EcgViewState, ViewPointer } from '../../../../shared/contracts/viewing.ts';
import { caliperAt, caliperUnder, dragCaliper } from './caliper-geometry.ts';
import type { Caliper, CaliperPart, CaliperPlace } from './caliper-geometry.ts';
import type { Paper, PaperSlot } from '../../../../shared/ecg/paper-geometry.ts';
import { pointerAt, roundPointer, slotAt } from './pointer-mapping.ts';
import type { PaperPoint } from './pointer-mapping.ts';
import { useSharedPointer } from './use-shared-pointer.ts';

/** The contract's bound on calipers of one view. */
export const mostCalipers = 50;

const mouseReachPx = 11;
const touchReachPx = 24;
/** Below this a press is a click, not a drag. */
const clickSlackPx = 3;

interface Hold {
  pointerId: number;
  kind: 'caliper' | 'scroll';
  part: CaliperPart;
  slot: PaperSlot | null;
  /** The caliper as it was when taken; null while scrolling. */
  original: Caliper | null;
  isNew: boolean;
  hasMoved: boolean;
  start: PaperPoint;
  startClient: { x: number; y: number };
  startScroll: { left: number; top: number };
}

interface GestureOptions {
  paper: Paper;
  state: EcgViewState;
  places: readonly CaliperPlace[];
  pixelsPerMm: number;
  selectedId: string | null;
  canLead: boolean;
  /** With the caliper tool a drag on a lead measures; without it a mouse drag scrolls the sheet. */
  hasCaliperTool: boolean;
  isLeadPresent: (name: string) => boolean;
  viewport: RefObject<HTMLElement | null>;
  overlay: RefObject<SVGSVGElement | null>;
  /** The edit is applied to the newest calipers, which can be newer than `state`. */
  onCalipers: (edit: (calipers: Caliper[]) => Caliper[]) => void;
  onSelect: (id: string | null) => void;
  onPointerMove: (pointer: ViewPointer) => void;
}

/** Turns presses and moves on the sheet into calipers, scrolling and the shared pointer. */
export function usePaperGestures(options: GestureOptions) {
  const latest = useRef(options);
  const hold = useRef<Hold | null>(null);
  const frame = useRef(0);
  const pending = useRef<Caliper | null>(null);
  useLayoutEffect(() => {
    latest.current = options;
  });

  const place = (caliper: Caliper | null, id: string) =>
    latest.current.onCalipers((calipers) => {
      const others = calipers.filter((other) => other.id !== id);
      if (caliper === null) return others;
      if (others.length === calipers.length) return [...calipers, caliper];
      return calipers.map((other) => (other.id === id ? caliper : other));
    });
  const flush = () => {
    cancelAnimationFrame(frame.current);
    frame.current = 0;
    const caliper = pending.current;
    pending.current = null;
    if (caliper) place(roundCaliper(caliper), caliper.id);
  };
  const letGo = () => {
    hold.current = null;
    pending.current = null;
    cancelAnimationFrame(frame.current);
    frame.current = 0;
  };
  /** Puts a held caliper back as it was. True when something was held. */
  const cancel = (): boolean => {
    const held = hold.current;
    if (!held) return false;
    letGo();
    if (held.original && held.hasMoved) place(held.isNew ? null : held.original, held.original.id);
    return true;
  };

  const tellPointer = useSharedPointer((pointer) => options.onPointerMove(roundPointer(pointer)));

  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  useEffect(() => {
    // Whoever loses the lead in the middle of a drag lets go of it.
    if (!options.canLead) {
      hold.current = null;
      pending.current = null;
    }
  }, [options.canLead]);

  const { overlay } = options;
  useEffect(() => {
    // A finger on a caliper must not scroll the paper away under it. Browsers differ in heeding touch-action inside SVG,
    // and React's own touch handlers are passive: so this one is the DOM's.
    const element = overlay.current;
    if (!element) return;
    const onTouchStart = (event: TouchEvent) => {
      const touch = event.touches[0];
      const now = latest.current;
      if (!now.canLead || !touch || event.touches.length > 1) return;
      const point = pointIn(element, touch, now.pixelsPerMm);
      if (caliperUnder(now.places, point, touchReachPx / now.pixelsPerMm, now.selectedId)) event.preventDefault();
    };
    element.addEventListener('touchstart', onTouchStart, { passive: false });
    return () => element.removeEventListener('touchstart', onTouchStart);
  }, [overlay]);

  const pointOf = (event: PointerEvent<SVGSVGElement>): PaperPoint =>
    pointIn(event.currentTarget, event, latest.current.pixelsPerMm);

  const onPointerDown = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0 || hold.current) return;
    const now = latest.current;
    const start = pointOf(event);
    const base = {
      pointerId: event.pointerId,
      hasMoved: false,
      start,
      startClient: { x: event.clientX, y: event.clientY },
      startScroll: { left: now.viewport.current?.scrollLeft ?? 0, top: now.viewport.current?.scrollTop ?? 0 },
    };
    const isMouse = event.pointerType === 'mouse';
    if (now.canLead) {
      const reachMm = (isMouse ? mouseReachPx : touchReachPx) / now.pixelsPerMm;
      const under = caliperUnder(now.places, start, reachMm, now.selectedId);
      if (under) {
        const { caliper, slot } = under.place;
        hold.current = { ...base, kind: 'caliper', part: under.part, slot, original: caliper, isNew: false };
        now.onSelect(caliper.id);
      } else {
        now.onSelect(null);
        const slot = slotAt(now.paper, start);
        if (now.hasCaliperTool && slot && now.isLeadPresent(slot.lead) && now.state.calipers.length < mostCalipers) {
          const original = caliperAt(now.paper, slot, start, newCaliperId());
          hold.current = { ...base, kind: 'caliper', part: 'to', slot, original, isNew: true };
        }
      }
    }
    if (!hold.current && isMouse) {
      hold.current = { ...base, kind: 'scroll', part: 'whole', slot: null, original: null, isNew: false };
    }
    if (hold.current) event.currentTarget.setPointerCapture?.(event.pointerId);
  };

  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const now = latest.current;
    const point = pointOf(event);
    tellPointer(pointerAt(now.paper, now.state.ecgId, point));
    const held = hold.current;
    if (!held || held.pointerId !== event.pointerId) return;
    const dx = event.clientX - held.startClient.x;
    const dy = event.clientY - held.startClient.y;
    if (!held.hasMoved && Math.hypot(dx, dy) < clickSlackPx) return;
    if (held.kind === 'scroll') {
      held.hasMoved = true;
      const view = now.viewport.current;
      if (view) {
        view.scrollLeft = held.startScroll.left - dx;
        view.scrollTop = held.startScroll.top - dy;
      }
    } else if (held.original && held.slot) {
      if (!held.hasMoved && held.isNew) now.onSelect(held.original.id);
      held.hasMoved = true;
      pending.current = dragCaliper(now.paper, held.slot, held.original, held.part, held.start, point);
      // One change a frame, however fast the mouse reports.
      if (frame.current === 0) frame.current = requestAnimationFrame(flush);
    }
  };

  const onPointerUp = (event: PointerEvent<SVGSVGElement>) => {
    if (hold.current?.pointerId !== event.pointerId) return;
    if (pending.current) flush();
    letGo();
  };

  return {
    cancel,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      // The browser took the touch over for scrolling: what it had begun to change goes back.
      onPointerCancel: () => void cancel(),
      onPointerLeave: () => tellPointer({ kind: 'none' }),
    },
  };
}

function pointIn(element: Element, at: { clientX: number; clientY: number }, pixelsPerMm: number): PaperPoint {
  const box = element.getBoundingClientRect();
  return { xMm: (at.clientX - box.left) / pixelsPerMm, yMm: (at.clientY - box.top) / pixelsPerMm };
}

export function newCaliperId(): string {
  // randomUUID exists only in secure contexts; a clinic's plain http address is not one.
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A tenth of a millisecond and a microvolt: finer is only length on the wire. */
export function roundCaliper(caliper: Caliper): Caliper {
  const seconds = (value: number) => Math.round(value * 1e4) / 1e4;
  return {
    ...caliper,
    fromSeconds: seconds(caliper.fromSeconds),
    toSeconds: seconds(caliper.toSeconds),
    fromMicrovolts: Math.round(caliper.fromMicrovolts),
    toMicrovolts: Math.round(caliper.toMicrovolts),
  };
}
