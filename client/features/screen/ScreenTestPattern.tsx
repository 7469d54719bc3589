import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import './screen-test-pattern.css';
import { testPattern } from './test-pattern.ts';

const LOOK_FOR = ['dark', 'bright', 'steps', 'lines', 'ramp'] as const;

/** A pattern over the whole window, drawn device pixel by device pixel, with what should be seen of it. */
export function ScreenTestPattern({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const draw = (): void => {
      const ratio = globalThis.devicePixelRatio || 1;
      element.width = Math.round(element.clientWidth * ratio);
      element.height = Math.round(element.clientHeight * ratio);
      const context = element.getContext('2d');
      if (!context) return;
      for (const { x, y, width, height, grey } of testPattern(element.width, element.height)) {
        const level = Math.round(grey * 255);
        context.fillStyle = `rgb(${level} ${level} ${level})`;
        context.fillRect(x, y, width, height);
      }
    };
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    close.current?.focus({ preventScroll: true });
    return () => observer.disconnect();
  }, []);
  return createPortal(
    <div
      className="screen-pattern"
      role="dialog"
      aria-modal="true"
      aria-label={t('screen.check.title')}
      data-testid="screen-test-pattern"
      onKeyDown={(event) => {
        // No key of what lies underneath works meanwhile.
        event.stopPropagation();
        if (event.key === 'Escape') onClose();
      }}
    >
      <canvas ref={canvas} />
      <div className="screen-pattern__words">
        <ol>
          {LOOK_FOR.map((name) => (
            <li key={name}>{t(`screen.check.${name}`)}</li>
          ))}
        </ol>
        <p>{t('screen.check.otherwise')}</p>
        <p>{t('screen.check.limits')}</p>
        <button type="button" ref={close} onClick={onClose}>
          {t('screen.check.close')}
        </button>
      </div>
    </div>,
    document.body,
  );
}
