const pressable = 'button, a[href], label, input, summary, [role="button"], [role="tab"], [role="menuitem"]';
/** More than a shaking hand: whoever draws the pointer away before letting go means not to press. */
const drawnAwayPx = 12;

/**
 * A press counts for what was under the finger when it went down. Without this, a page that moves before the finger
 * is lifted (an alarm comes in, a slow answer arrives) swallows the press: browsers give such a click to the nearest
 * element that holds both places (UI Events, 3.5.3 "click"), where nobody listens. Returns how to stop it.
 */
export function keepPressesSteady(page: Window): () => void {
  let pressed: HTMLElement | null = null;
  let down = { x: 0, y: 0 };
  const onDown = (event: PointerEvent) => {
    const target = event.target as Element;
    pressed = event.isPrimary && event.button === 0 ? target.closest<HTMLElement>(pressable) : null;
    down = { x: event.clientX, y: event.clientY };
  };
  const onCancel = () => {
    pressed = null;
  };
  const onClick = (event: MouseEvent) => {
    // From the keyboard, or from the page's own code.
    if (event.detail === 0) return;
    const meant = pressed;
    pressed = null;
    if (!meant?.isConnected || meant.contains(event.target as Node)) return;
    if (Math.hypot(event.clientX - down.x, event.clientY - down.y) > drawnAwayPx) return;
    event.stopPropagation();
    event.preventDefault();
    meant.click();
  };
  page.addEventListener('pointerdown', onDown, true);
  page.addEventListener('pointercancel', onCancel, true);
  page.addEventListener('click', onClick, true);
  return () => {
    page.removeEventListener('pointerdown', onDown, true);
    page.removeEventListener('pointercancel', onCancel, true);
    page.removeEventListener('click', onClick, true);
  };
}
