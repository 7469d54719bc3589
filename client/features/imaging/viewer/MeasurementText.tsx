import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Point, ScreenSize } from './geometry.ts';

const WIDTH_PX = 220;
/** What the contract carries. */
const MAXIMUM_LETTERS = 120;

/** The words of an arrow or a text, written where it stands. Enter or going elsewhere keeps them, Escape does not. */
export function MeasurementText({
  at,
  screen,
  initial,
  onDone,
}: {
  at: Point;
  screen: ScreenSize;
  initial: string;
  onDone(text: string): void;
}) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <input
      ref={input}
      className="iv-text"
      data-testid="measurement-text"
      aria-label={t('imaging.viewer.writeText')}
      placeholder={t('imaging.viewer.writeText')}
      defaultValue={initial}
      maxLength={MAXIMUM_LETTERS}
      style={{
        width: WIDTH_PX,
        left: Math.max(4, Math.min(at.x, screen.width - WIDTH_PX - 4)),
        top: Math.max(4, Math.min(at.y - 22, screen.height - 48)),
      }}
      onPointerDown={(event) => event.stopPropagation()}
      onBlur={({ target }) => onDone(target.value)}
      onKeyDown={(event) => {
        // An input method uses Enter and Escape for itself.
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Escape') event.currentTarget.value = initial;
        if (event.key === 'Escape' || event.key === 'Enter') {
          event.stopPropagation();
          event.currentTarget.closest<HTMLElement>('.iv-root')?.focus({ preventScroll: true });
        }
      }}
    />
  );
}
