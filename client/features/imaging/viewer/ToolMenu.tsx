import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

/** Three lines and a half: that there are more is seen. */
const LEAST_HEIGHT_PX = 160;

/**
 * A button that opens a column of tools. It closes with a choice, Escape, or a press elsewhere; the arrow keys go from
 * one tool to the next.
 */
export function ToolMenu({
  label,
  button,
  pressed,
  disabled,
  testId,
  children,
}: {
  label: string;
  button: ReactNode;
  /** One of its tools is the chosen one. */
  pressed: boolean;
  disabled: boolean;
  testId: string;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return undefined;
    const column = panel.current;
    // A long column ends with the viewer and is scrolled.
    const viewer = column?.closest('.iv-root')?.getBoundingClientRect();
    if (column && viewer) {
      const { top, right } = column.getBoundingClientRect();
      const room = Math.min(viewer.bottom, globalThis.innerHeight) - top;
      column.style.maxHeight = `${Math.max(LEAST_HEIGHT_PX, room - 8)}px`;
      if (right > viewer.right) Object.assign(column.style, { left: 'auto', right: '0' });
    }
    column?.querySelector('button')?.focus();
    const outside = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    root.current?.closest<HTMLElement>('.iv-root')?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!open) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
      return;
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const items = [...panel.current!.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    items[(at + step + items.length) % items.length]?.focus();
  };
  return (
    <div className="iv-menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        className="iv-tool"
        title={label}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        aria-pressed={pressed}
        disabled={disabled}
        data-testid={testId}
        onClick={() => setOpen(!open)}
      >
        {button}
        <span className="iv-caret" aria-hidden="true" />
      </button>
      {open && !disabled && (
        <div className="iv-menu-panel" id={id} role="menu" aria-label={label} ref={panel} onClick={close}>
          {children}
        </div>
      )}
    </div>
  );
}

/** One line of a {@link ToolMenu}: picture, name, key. */
export function ToolMenuItem({
  icon,
  label,
  keys,
  chosen,
  disabled = false,
  onClick,
}: {
  icon: ReactNode;
  label: string;
  keys?: string;
  chosen?: boolean;
  disabled?: boolean;
  onClick(): void;
}) {
  return (
    <button
      type="button"
      className="iv-menu-item"
      {...(chosen === undefined ? { role: 'menuitem' } : { role: 'menuitemradio', 'aria-checked': chosen })}
      {...(keys === undefined ? {} : { 'aria-keyshortcuts': keys })}
      disabled={disabled}
      onClick={onClick}
    >
      {icon}
      <span>{label}</span>
      {keys !== undefined && <kbd>{keys}</kbd>}
    </button>
  );
}
