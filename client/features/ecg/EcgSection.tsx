import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRequest, useWiring } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { formatMoment, useServerNow } from '../../ui/time.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { AskForReading } from '../readings/AskForReading.tsx';
import { EcgPanel } from './EcgPanel.tsx';
import { EcgUpload } from './EcgUpload.tsx';
import { isLongRecording } from './use-waveform.ts';
import { elapsedClock } from './viewer/long-recording.ts';
import './ecg.css';

/** The patient's ECGs: a new one by drop, the newest one on paper, the earlier ones to choose from. */
export function EcgSection({
  patientId,
  consultId,
  canUpload,
}: {
  patientId: string;
  consultId?: string;
  canUpload: boolean;
}) {
  const { t } = useTranslation();
  const { cache } = useWiring();
  const now = useServerNow();
  const [chosenId, setChosenId] = useState<string | null>(null);
  const list = useRequest('ecg:list', { patientId });
  const ecgs = [...(list.data?.ecgs ?? [])].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
  const shownId = chosenId ?? ecgs[0]?.id;
  return (
    <>
      {canUpload && (
        <EcgUpload
          patientId={patientId}
          primary
          {...(consultId === undefined ? {} : { consultId })}
          onUploaded={(ecgId) => {
            setChosenId(ecgId);
            void cache.invalidateQueries({ queryKey: queryKeyOf('ecg:list', { patientId }) });
          }}
        />
      )}
      {list.error && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && ecgs.length === 0 && (
        <div className="panel empty">
          <strong>{t('ecg.none')}</strong>
          {canUpload && t('ecg.noneHint')}
        </div>
      )}
      {ecgs.length > 1 && (
        <nav className="choices" aria-label={t('ecg.earlier')} data-testid="ecg-list">
          {ecgs.map((ecg) => (
            <button key={ecg.id} type="button" aria-pressed={ecg.id === shownId} onClick={() => setChosenId(ecg.id)}>
              <strong className="figure">{formatMoment(ecg.receivedAt, now)}</strong>
              <span>{t(`ecg.format.${ecg.format}`)}</span>
              {isLongRecording(ecg) && (
                <span className="figure">{t('ecg.longFor', { time: elapsedClock(ecg.durationSeconds) })}</span>
              )}
              {ecg.detectedHeartRatePerMinute !== null && !isLongRecording(ecg) && (
                <span className="figure">{t('ecg.rate', { rate: Math.round(ecg.detectedHeartRatePerMinute) })}</span>
              )}
            </button>
          ))}
        </nav>
      )}
      {canUpload && shownId !== undefined && (
        <AskForReading key={`ask-${shownId}`} about={{ ecgId: shownId }} patientId={patientId} />
      )}
      {shownId !== undefined && (
        <EcgPanel key={shownId} ecgId={shownId} known={ecgs.find(({ id }) => id === shownId)} />
      )}
    </>
  );
}
