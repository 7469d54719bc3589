import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Shape } from '../../ui/shapes.tsx';
import './clinic-alarms.css';

/** F9 is free in browsers, in Windows and in the Chinese input methods, and a glove finds it. */
const shortcut = 'F9';

/** The emergency key, in the same place on every screen of a clinic. Asks nothing. */
export function ChestPainButton({ raising, onPress }: { raising: boolean; onPress: () => void }) {
  const { t } = useTranslation();
  const press = useEffectEvent(onPress);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== shortcut || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      if (!event.repeat) press();
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, []);
  return (
    <button
      type="button"
      className="chest-pain-button"
      data-testid="chest-pain-button"
      aria-keyshortcuts={shortcut}
      aria-busy={raising}
      onClick={onPress}
    >
      <Shape name="triangle" size={20} />
      <span>{t('alarm.press')}</span>
      <span className="keyboard-key">{shortcut}</span>
    </button>
  );
}
