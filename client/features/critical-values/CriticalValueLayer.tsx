import { useTranslation } from 'react-i18next';
import type { CriticalValueView } from '../../../shared/contracts/critical-values.ts';
import { useRequest, useSession } from '../../connection/wiring.tsx';
import { SoundBar } from '../alarms/SoundBar.tsx';
import { useAlarmTitle } from '../alarms/use-alarm-signals.ts';
import { CriticalValueCard } from './CriticalValueCard.tsx';
import { useCriticalValueSound } from './use-critical-value-sound.ts';
import './critical-values.css';

const none: readonly CriticalValueView[] = [];

/** Over every screen of a clinic: what it has been told and has yet to read back, heard and seen until it has. */
export function CriticalValueLayer() {
  const { t } = useTranslation();
  const { organisation } = useSession();
  const listed = useRequest('critical-value:list', {}).data?.values ?? none;
  const values = listed.filter(({ fromOrganisationId }) => fromOrganisationId === organisation.id);
  useCriticalValueSound(listed);
  useAlarmTitle(values[0] === undefined ? null : t('criticalValue.titleWords', { patient: values[0].patientName }));
  if (values.length === 0) return null;
  return (
    <div className="critical-values" role="alert" data-testid="critical-values">
      <SoundBar />
      {values.map((value) => (
        <CriticalValueCard key={value.id} value={value} />
      ))}
    </div>
  );
}
