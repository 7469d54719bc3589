import type { Point } from './geometry.ts';

/** Buttons of one pointer: first, middle, second, as PointerEvent.button counts them. */
export type DragButton = 0 | 1 | 2;

export interface GestureHandlers {
  /** A press that begins a drag. Return false to leave it alone. */
  onDragStart(at: Point, button: DragButton, touch: boolean): boolean;
  onDrag(at: Point, start: Point, button: DragButton): void;
  /** @param moved whether the pointer went further than a click may. */
  onDragEnd(at: Point, moved: boolean, button: DragButton): void;
  /** Two fingers: how far their middle went and by what factor they parted since the last call. */
  onPinch(dx: number, dy: number, factor: number, middle: Point): void;
  onHover(at: Point | null): void;
  onWheel(deltaY: number, at: Point, zoomKey: boolean): void;
}

const CLICK_SLOP_PX = 4;
/** A notch of a common wheel. */
const WHEEL_NOTCH_PX = 100;
const LINE_PX = 33;

/**
 * Turns pointer and wheel events of an element into drags, pinches and hovering, in CSS pixels of that element.
 * @returns takes the listeners away again.
 */
export function listenToGestures(element: HTMLElement, handlers: () => GestureHandlers): () => void {
  const pointers = new Map<number, Point>();
  let drag: { id: number; start: Point; button: DragButton; moved: boolean } | undefined;

  const place = ({ clientX, clientY }: MouseEvent): Point => {
    const box = element.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top };
  };
  const middleAndSpan = (): { middle: Point; span: number } => {
    const [one, other] = [...pointers.values()] as [Point, Point];
    return {
      middle: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 },
      span: Math.hypot(one.x - other.x, one.y - other.y),
    };
  };
  const down = (event: PointerEvent): void => {
    // What lies on the picture to be pressed or written in keeps its own presses.
    if ((event.target as HTMLElement).closest('button, input, [data-grip], .iv-help')) return;
    const at = place(event);
    pointers.set(event.pointerId, at);
    if (pointers.size === 2 && drag) {
      handlers().onDragEnd(drag.start, true, drag.button);
      drag = undefined;
      return;
    }
    if (pointers.size > 1 || event.button > 2) return;
    const button = event.button as DragButton;
    if (!handlers().onDragStart(at, button, event.pointerType === 'touch')) return;
    drag = { id: event.pointerId, start: at, button, moved: false };
    element.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    const at = place(event);
    if (pointers.size === 2 && pointers.has(event.pointerId)) {
      const before = middleAndSpan();
      pointers.set(event.pointerId, at);
      const after = middleAndSpan();
      const factor = before.span > 0 ? after.span / before.span : 1;
      handlers().onPinch(after.middle.x - before.middle.x, after.middle.y - before.middle.y, factor, after.middle);
      return;
    }
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, at);
    handlers().onHover(at);
    if (drag?.id !== event.pointerId) return;
    drag.moved ||= Math.hypot(at.x - drag.start.x, at.y - drag.start.y) > CLICK_SLOP_PX;
    handlers().onDrag(at, drag.start, drag.button);
  };
  const up = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
    if (drag?.id !== event.pointerId) return;
    const ended = drag;
    drag = undefined;
    handlers().onDragEnd(place(event), ended.moved, ended.button);
  };
  const leave = (): void => handlers().onHover(null);
  let wheelRest = 0;
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    // Touchpads send many small steps: they add up to the notches of a wheel.
    wheelRest += event.deltaMode === 1 ? event.deltaY * LINE_PX : event.deltaY;
    const notches = Math.trunc(wheelRest / (WHEEL_NOTCH_PX / 2)) / 2;
    const whole = Math.abs(notches) < 1 ? Math.sign(notches) : Math.trunc(notches);
    if (whole === 0) return;
    wheelRest = 0;
    handlers().onWheel(whole, place(event), event.ctrlKey || event.metaKey);
  };
  const menu = (event: Event): void => event.preventDefault();

  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('pointerleave', leave);
  element.addEventListener('wheel', wheel, { passive: false });
  element.addEventListener('contextmenu', menu);
  return () => {
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
    element.removeEventListener('pointerleave', leave);
    element.removeEventListener('wheel', wheel);
    element.removeEventListener('contextmenu', menu);
  };
}
