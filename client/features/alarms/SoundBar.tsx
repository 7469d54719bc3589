import { useTranslation } from 'react-i18next';
import { Shape } from '../../ui/shapes.tsx';
import { useRing, useSoundState } from './sound-context.tsx';

/** Across the whole width whenever an alarm would not be heard here, with the one press that mends it. */
export function SoundBar() {
  const { t } = useTranslation();
  const ring = useRing();
  const state = useSoundState();
  if (state === 'ready') return null;
  const canMend = state === 'needs-gesture' || state === 'muted';
  return (
    <div className="sound-bar" role="alert" data-testid="sound-warning" data-reason={state}>
      <Shape name="silent" size={28} />
      <strong>{t(`sound.warning.${state}`)}</strong>
      {canMend && (
        <button
          type="button"
          data-testid="enable-sound"
          onClick={() => {
            ring.setMuted(false);
            void ring.enable();
          }}
        >
          {t(state === 'muted' ? 'sound.unmute' : 'sound.enable')}
        </button>
      )}
    </div>
  );
}
