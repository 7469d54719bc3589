import { useTranslation } from 'react-i18next';
import { useRequest } from '../../connection/wiring.tsx';
import { State } from '../../ui/shapes.tsx';
import { TelephoneLink } from './TelephoneLink.tsx';

/** For a clinic, before it needs it: whether the desk that would ring is manned, and its telephone. */
export function DeskHint() {
  const { t } = useTranslation();
  const desk = useRequest('duty:read', {}).data?.desk;
  if (!desk) return null;
  const windows = desk.onDuty.reduce((sum, person) => sum + person.windows, 0);
  const sounding = desk.onDuty.reduce((sum, person) => sum + person.soundingWindows, 0);
  return (
    <div className="row" data-testid="desk-hint">
      <span>{t('alarm.desk', { desk: desk.organisationName })}</span>
      {desk.onDuty.length === 0 ? (
        <State tone="caution" shape="triangle">
          {t('duty.nobody')}
        </State>
      ) : sounding === 0 ? (
        <State tone="caution" shape="silent">
          {t(windows === 0 ? 'duty.mannedAway' : 'duty.mannedSilent')}
        </State>
      ) : (
        <State tone="good" shape="check">
          {t('duty.manned', { count: desk.onDuty.length })}
        </State>
      )}
      <TelephoneLink telephone={desk.telephone} />
    </div>
  );
}
