import { useEffect, useEffectEvent } from 'react';

const isText = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  target.closest('textarea, input:not([type=radio]):not([type=checkbox]), [contenteditable=true]') !== null;

/** A dialog has the keys to itself, also the one that closes it. */
const isDialogOpen = () =>
  [...document.querySelectorAll('[role="dialog"][aria-modal="true"]')].some((dialog) => dialog.checkVisibility());

/**
 * Keys of a screen, by KeyboardEvent.key in lower case with `ctrl+` or `alt+` before it. Without a modifier a key counts
 * only where no text is being written; Escape leaves the text first. What another part has taken is left alone.
 */
export function useShortcuts(keys: Record<string, (() => void) | undefined>): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const modifier = event.ctrlKey || event.metaKey ? 'ctrl+' : event.altKey ? 'alt+' : '';
    // On some layouts Alt makes another character: the digit is told by its place.
    const key = event.altKey && /^Digit\d$/.test(event.code) ? event.code.slice(5) : event.key.toLowerCase();
    if (isText(event.target) && modifier === '') {
      if (event.key === 'Escape') (event.target as HTMLElement).blur();
      return;
    }
    const act = keys[modifier + key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    // Asked before anybody has acted on the key: by the time it comes here the dialog may be gone.
    let inDialog = false;
    const look = () => {
      inDialog = isDialogOpen();
    };
    const listener = (event: KeyboardEvent) => {
      if (!inDialog) onKey(event);
    };
    window.addEventListener('keydown', look, true);
    window.addEventListener('keydown', listener);
    return () => {
      window.removeEventListener('keydown', look, true);
      window.removeEventListener('keydown', listener);
    };
  }, []);
}
