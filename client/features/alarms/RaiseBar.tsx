import { useTranslation } from 'react-i18next';
import { useLineStatus, useRequest } from '../../connection/wiring.tsx';
import { Shape } from '../../ui/shapes.tsx';
import { useServerNow } from '../../ui/time.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import { TelephoneLink } from './TelephoneLink.tsx';
import type { RaiseState } from './use-raise-alarm.ts';

const calmForMs = 2000;

export interface RaiseBarProps {
  state: RaiseState;
  onAnotherPatient: () => void;
  onRetry: () => void;
  onClose: () => void;
}

/** Beside the emergency key: that a press has not gone out yet, was refused, or opened the unnamed case. */
export function RaiseBar({ state, onAnotherPatient, onRetry, onClose }: RaiseBarProps) {
  const { t } = useTranslation();
  if (state.kind === 'idle') return null;
  if (state.kind === 'raising') return <Raising sinceMs={state.sinceMs} />;
  if (state.kind === 'refused') return <Refused state={state} onRetry={onRetry} onClose={onClose} />;
  return (
    <section className="raise-bar" data-tone="info" role="status" data-testid="raise-existing">
      <p>{t('alarm.openedUnnamed', { name: state.patientName })}</p>
      <button type="button" data-testid="another-patient" onClick={onAnotherPatient}>
        {t('alarm.anotherPatient')}
      </button>
      <button type="button" className="raise-bar-close" aria-label={t('action.close')} onClick={onClose}>
        <Shape name="cross" />
      </button>
    </section>
  );
}

function Raising({ sinceMs }: { sinceMs: number }) {
  const { t } = useTranslation();
  const { line } = useLineStatus();
  const telephone = useDeskTelephone();
  const now = useServerNow();
  const late = now - sinceMs > calmForMs;
  if (line === 'connected' && !late) {
    return (
      <section className="raise-bar" data-tone="info" role="status" data-testid="raise-pending">
        <p>{t('alarm.raising')}</p>
      </section>
    );
  }
  return (
    <section className="raise-bar" data-tone="alarm" role="alert" data-testid="raise-not-sent">
      <Shape name="triangle" size={24} />
      <p>
        <strong>{t('alarm.notSentYet')}</strong> {t(line === 'connected' ? 'alarm.notSentSlow' : 'alarm.notSentAway')}
      </p>
      <TelephoneLink telephone={telephone} />
    </section>
  );
}

function Refused({
  state,
  onRetry,
  onClose,
}: {
  state: Extract<RaiseState, { kind: 'refused' }>;
  onRetry: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const telephone = useDeskTelephone();
  return (
    <section className="raise-bar" data-tone="alarm" role="alert" data-testid="raise-refused">
      <Shape name="triangle" size={24} />
      <p>
        <strong>{t('alarm.notSent')}</strong> {errorText(state.refusal)}
      </p>
      <TelephoneLink telephone={telephone} />
      <button type="button" onClick={onRetry}>
        {t('action.tryAgain')}
      </button>
      <button type="button" className="raise-bar-close" aria-label={t('action.close')} onClick={onClose}>
        <Shape name="cross" />
      </button>
    </section>
  );
}

/** Known since before the line went away. */
function useDeskTelephone(): string | null {
  return useRequest('duty:read', {}).data?.desk?.telephone ?? null;
}
