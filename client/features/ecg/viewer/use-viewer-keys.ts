import type { KeyboardEvent, RefObject } from 'react';
import { commandOfKey } from './view-commands.ts';
import type { ViewCommand } from './view-commands.ts';

interface ViewerKeys {
  root: RefObject<HTMLElement | null>;
  viewport: RefObject<HTMLElement | null>;
  durationSeconds: number;
  canLead: boolean;
  hasTool: boolean;
  onCommand: (command: ViewCommand) => void;
  onToggleTool: () => void;
  onDelete: () => void;
  onPlaceCaliper: () => void;
  onMarch: () => void;
  onPrint: () => void;
  /** Lets go of what is held or selected; true when there was something. */
  onEscape: () => boolean;
}

const scrollBy: Record<string, [number, number]> = {
  ArrowLeft: [-80, 0],
  ArrowRight: [80, 0],
  ArrowUp: [0, -80],
  ArrowDown: [0, 80],
};

/** Everything that the viewer does by keyboard. Keys in fields, sliders and dialogs stay theirs. */
export function useViewerKeys(keys: ViewerKeys): (event: KeyboardEvent<HTMLElement>) => void {
  return (event) => {
    const { root, viewport, canLead } = keys;
    const target = event.target as HTMLElement;
    // React also delivers keys from dialogs that this component opened elsewhere in the page.
    if (!root.current?.contains(target)) return;
    const taken = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'p') {
      taken();
      keys.onPrint();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest('textarea, [contenteditable], input:not([type=radio])')) return;
    const isArrow = event.key.startsWith('Arrow');
    if (isArrow && target.closest('input, [role=slider]')) return;
    if (event.key === 'Escape') {
      if (keys.onEscape()) event.preventDefault();
      return;
    }
    if (!canLead) return;
    const isOnRoot = target === root.current;
    const what = commandOfKey(event.key, event.shiftKey, keys.durationSeconds);
    const key = event.key.toLowerCase();
    if (what) {
      taken();
      keys.onCommand(what);
    } else if (key === 'c') {
      taken();
      keys.onToggleTool();
    } else if (key === 'm') {
      taken();
      keys.onMarch();
    } else if (key === 'delete' || key === 'backspace') {
      taken();
      keys.onDelete();
      root.current.focus();
    } else if (key === 'enter' && keys.hasTool && isOnRoot) {
      taken();
      keys.onPlaceCaliper();
    } else if (isArrow && isOnRoot) {
      taken();
      const [left, top] = scrollBy[event.key] ?? [0, 0];
      viewport.current?.scrollBy(left, top);
    }
  };
}
