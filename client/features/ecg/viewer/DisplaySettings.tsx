import type { ReactNode } from 'react';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import { highPasses, lowPasses } from '../../../../shared/ecg/display-filters.ts';
import type { DisplayFilters } from '../../../../shared/ecg/display-filters.ts';
import type { ViewCommand } from './view-commands.ts';

interface DisplaySettingsProps extends DisplayFilters {
  leadOrder: EcgViewState['leadOrder'];
  waveform: EcgViewState['waveform'] | null;
  onCommand: (command: ViewCommand) => void;
}

/** Order of the leads, filters and waveform. What filters do and what they never touch is said where they are chosen. */
export function DisplaySettings(props: DisplaySettingsProps) {
  const { leadOrder, highPassHz, lowPassHz, notchHz, waveform, onCommand } = props;
  const { t } = useTranslation();
  const hertz = <T extends number>(values: readonly T[]): { value: T | 'off'; label: string }[] => [
    { value: 'off', label: t('ecg.viewer.display.off') },
    ...values.map((value) => ({ value, label: `${value} Hz` })),
  ];
  return (
    <div className="ecg-viewer__settings">
      <Setting label={t('ecg.viewer.display.leadOrder')}>
        <Segmented
          aria-label={t('ecg.viewer.display.leadOrder')}
          value={leadOrder}
          options={(['standard', 'cabrera'] as const).map((value) => ({
            value,
            label: t(`ecg.viewer.display.order.${value}`),
          }))}
          onChange={(order) => onCommand({ do: 'lead-order', order })}
        />
      </Setting>
      <Setting label={t('ecg.viewer.display.highPass')}>
        <Segmented<(typeof highPasses)[number] | 'off'>
          aria-label={t('ecg.viewer.display.highPass')}
          value={highPassHz ?? 'off'}
          options={hertz(highPasses)}
          onChange={(value) => onCommand({ do: 'high-pass', hertz: value === 'off' ? null : value })}
        />
      </Setting>
      <Setting label={t('ecg.viewer.display.lowPass')}>
        <Segmented<(typeof lowPasses)[number] | 'off'>
          aria-label={t('ecg.viewer.display.lowPass')}
          value={lowPassHz ?? 'off'}
          options={hertz(lowPasses)}
          onChange={(value) => onCommand({ do: 'low-pass', hertz: value === 'off' ? null : value })}
        />
      </Setting>
      <Setting label={t('ecg.viewer.display.notch')}>
        <Segmented<50 | 'off'>
          aria-label={t('ecg.viewer.display.notch')}
          value={notchHz ?? 'off'}
          options={hertz([50 as const])}
          onChange={(value) => onCommand({ do: 'notch', hertz: value === 'off' ? null : value })}
        />
      </Setting>
      {waveform !== null && (
        <Setting label={t('ecg.viewer.display.waveform')}>
          <Segmented
            aria-label={t('ecg.viewer.display.waveform')}
            value={waveform}
            options={(['rhythm', 'median'] as const).map((value) => ({
              value,
              label: t(`ecg.viewer.display.waveforms.${value}`),
            }))}
            onChange={(value) => onCommand({ do: 'waveform', waveform: value })}
          />
        </Setting>
      )}
      <p>{t('ecg.viewer.display.filterNote')}</p>
    </div>
  );
}

function Setting({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="ecg-viewer__setting">
      <span aria-hidden="true">{label}</span>
      {children}
    </div>
  );
}
