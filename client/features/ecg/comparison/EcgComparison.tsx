import { useQuery } from '@tanstack/react-query';
import { Modal, Segmented, Select } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { EcgView, waveformView } from '../../../../shared/contracts/ecg.ts';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { secondsHeldBy, spanOfIndex } from '../../../../shared/ecg/waveform-spans.ts';
import type { Refusal } from '../../../connection/refusal.ts';
import { useRequest, useWiring } from '../../../connection/wiring.tsx';
import { LoadFailed } from '../../../ui/LoadFailed.tsx';
import { isLongRecording } from '../use-waveform.ts';
import { elapsedClock } from '../viewer/long-recording.ts';
import { ReadingControls } from '../viewer/ReadingControls.tsx';
import { gains, layouts, speeds } from '../viewer/view-commands.ts';
import { ComparedBeats } from './ComparedBeats.tsx';
import { ComparedPaper } from './ComparedPaper.tsx';
import { ComparedTable } from './ComparedTable.tsx';
import { othersByTime, recordedInWords } from './recorded-at.ts';
import './comparison.css';

export interface EcgComparisonProps {
  ecg: EcgView;
  groups: EcgDocument['groups'];
  /** How the ECG is seen at the moment: both are drawn that way. The comparison itself is never shared. */
  view: EcgViewState;
  theme: 'light' | 'dark';
  onClose: () => void;
}

/** An ECG beside, or under, another one of the same patient. */
export function EcgComparison({ ecg, groups, view, theme, onClose }: EcgComparisonProps) {
  const { t } = useTranslation();
  const list = useRequest('ecg:list', { patientId: ecg.patientId });
  const others = othersByTime(list.data?.ecgs ?? [], ecg);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const other = others.find(({ id }) => id === chosenId) ?? others[0];
  return (
    <ReadingControls theme={theme}>
      <Modal
        open
        footer={null}
        width="98vw"
        style={{ top: 8, paddingBottom: 8 }}
        title={t('ecg.compare.title')}
        onCancel={onClose}
        destroyOnHidden
      >
        <div className={`ecg-comparison ecg-comparison--${theme}`} data-testid="ecg-comparison">
          {list.error && !list.data ? (
            <LoadFailed error={list.error} onRetry={() => void list.refetch()} />
          ) : !list.data ? (
            <p role="status">{t('ecg.loading')}</p>
          ) : other === undefined ? (
            <p role="status">{t('ecg.compare.none')}</p>
          ) : (
            <Compared
              ecg={ecg}
              groups={groups}
              other={other}
              view={view}
              theme={theme}
              choice={
                <Select
                  aria-label={t('ecg.compare.with')}
                  value={other.id}
                  popupMatchSelectWidth={false}
                  options={others.map((one) => ({ value: one.id, label: recordedInWords(one) }))}
                  onChange={setChosenId}
                />
              }
            />
          )}
        </div>
      </Modal>
    </ReadingControls>
  );
}

function Compared(props: {
  ecg: EcgView;
  groups: EcgDocument['groups'];
  other: EcgView;
  view: EcgViewState;
  theme: 'light' | 'dark';
  choice: ReactNode;
}) {
  const { ecg, groups, other, view, theme, choice } = props;
  const { t } = useTranslation();
  const { http } = useWiring();
  const [mode, setMode] = useState<'beside' | 'over'>('beside');
  const [own, setOwn] = useState(view);
  // Of a long recording its beginning stands for comparison, and says so.
  const isOtherLong = isLongRecording(other);
  const { fromSeconds, seconds } = spanOfIndex(0);
  const waveform = useQuery<z.infer<typeof waveformView>, Refusal>({
    queryKey: [isOtherLong ? 'ecg-beginning' : 'ecg-waveform', other.id],
    queryFn: ({ signal }) =>
      http.get(
        `/api/ecgs/${other.id}/waveform${isOtherLong ? `?fromSeconds=${fromSeconds}&seconds=${seconds}` : ''}`,
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const change = (next: Partial<EcgViewState>) => setOwn((old) => ({ ...old, ...next }));
  const partOf = (held: { from: number; to: number }) =>
    ` ${t('ecg.compare.part', { from: elapsedClock(held.from), to: elapsedClock(held.to) })}`;
  const titles = {
    earlier: `${t('ecg.compare.other')} ${recordedInWords(other)}${isOtherLong ? partOf({ from: 0, to: seconds }) : ''}`,
    current: `${t('ecg.compare.current')} ${recordedInWords(ecg)}${isLongRecording(ecg) ? partOf(secondsHeldBy(groups)) : ''}`,
  };
  return (
    <>
      <div className="ecg-comparison__controls" role="toolbar" aria-label={t('ecg.compare.title')}>
        <label>
          {t('ecg.compare.with')} {choice}
        </label>
        <Segmented
          aria-label={t('ecg.compare.how')}
          value={mode}
          options={(['beside', 'over'] as const).map((value) => ({ value, label: t(`ecg.compare.mode.${value}`) }))}
          onChange={setMode}
        />
        {mode === 'beside' && (
          <>
            <Select
              aria-label={t('ecg.compare.layout')}
              value={own.layout}
              options={layouts.map((value) => ({
                value,
                label: value === 'single' ? t('ecg.compare.single') : value.replace('x', '×').replace('R', ''),
              }))}
              popupMatchSelectWidth={false}
              onChange={(layout) => change({ layout })}
            />
            <Select
              aria-label={t('ecg.compare.speed')}
              value={own.speedMmPerSecond}
              options={speeds.map((value) => ({ value, label: `${value} mm/s` }))}
              popupMatchSelectWidth={false}
              onChange={(speedMmPerSecond) => change({ speedMmPerSecond })}
            />
            <Select
              aria-label={t('ecg.compare.gain')}
              value={own.gainMmPerMillivolt}
              options={gains.map((value) => ({ value, label: `${value} mm/mV` }))}
              popupMatchSelectWidth={false}
              onChange={(gainMmPerMillivolt) => change({ gainMmPerMillivolt })}
            />
          </>
        )}
      </div>
      {waveform.error && !waveform.data ? (
        <LoadFailed error={waveform.error} onRetry={() => void waveform.refetch()} />
      ) : !waveform.data ? (
        <p role="status">{t('ecg.loading')}</p>
      ) : mode === 'beside' ? (
        <div className="ecg-comparison__pair">
          <ComparedPaper
            title={titles.earlier}
            groups={waveform.data.groups}
            view={own}
            startSeconds={0}
            theme={theme}
          />
          <ComparedPaper
            title={titles.current}
            groups={groups}
            view={own}
            startSeconds={own.startSeconds}
            theme={theme}
          />
        </div>
      ) : (
        <ComparedBeats titles={titles} earlier={waveform.data.groups} current={groups} theme={theme} />
      )}
      <ComparedTable earlier={other} current={ecg} />
    </>
  );
}
