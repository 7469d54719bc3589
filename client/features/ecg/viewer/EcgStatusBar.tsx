import { useTranslation } from 'react-i18next';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import type { LeadSet } from '../../../../shared/ecg/lead-selection.ts';
import { pageSeconds } from '../../../../shared/ecg/paper-geometry.ts';
import type { ZoomMode } from './zoom-mode.ts';
import type { ViewCommand } from './view-commands.ts';

interface EcgStatusBarProps {
  state: EcgViewState;
  leads: LeadSet;
  canLead: boolean;
  /** What filters are on, in words. */
  filters: string;
  percent: number;
  mode: ZoomMode;
  isCalibrated: boolean;
  onMode: (mode: ZoomMode) => void;
  onCalibrate: () => void;
  onCommand: (command: ViewCommand) => void;
}

/** What the paper's foot says on a printed ECG, and truthfully so: speed, gain, and the scale of this screen. */
export function EcgStatusBar(props: EcgStatusBarProps) {
  const { state, leads, canLead, filters, percent, mode, isCalibrated, onMode, onCalibrate, onCommand } = props;
  const { t } = useTranslation();
  const hiddenLeads = state.layout === '12x1' ? [] : leads.extra.filter((name) => name !== leads.rhythmLead);
  const scale = t(percent === 100 && mode === 'true-size' ? 'ecg.viewer.scale.trueSize' : 'ecg.viewer.scale.zoomed', {
    speed: state.speedMmPerSecond,
    gain: state.gainMmPerMillivolt,
    percent,
  });
  return (
    <div className="ecg-viewer__status">
      <span className="ecg-viewer__figures ecg-viewer__scale" data-testid="ecg-scale">
        {scale}
      </span>
      <span data-testid="ecg-filters">{filters}</span>
      <button
        type="button"
        className="ecg-viewer__link"
        onClick={() => onMode(mode === 'true-size' ? 'fit-width' : 'true-size')}
      >
        {t(mode === 'true-size' ? 'ecg.viewer.scale.toFit' : 'ecg.viewer.scale.toTrueSize')}
      </button>
      <button type="button" className="ecg-viewer__link" onClick={onCalibrate}>
        {t(isCalibrated ? 'screen.calibration.again' : 'screen.calibration.missing')}
      </button>
      {leads.hasMedianBesideRhythm && (
        <span className="ecg-viewer__note">
          {t(`ecg.viewer.medianGroup.${state.waveform}`)}
          {canLead && (
            <button
              type="button"
              className="ecg-viewer__link"
              onClick={() => onCommand({ do: 'waveform', waveform: 'other' })}
            >
              {t(`ecg.viewer.medianGroup.${state.waveform}Switch`)}
            </button>
          )}
        </span>
      )}
      {leads.groupLabel !== 'rhythm' && !leads.hasMedianBesideRhythm && (
        <span className="ecg-viewer__note">{t(`ecg.viewer.group.${leads.groupLabel}`)}</span>
      )}
      {leads.groupLabel === 'rhythm' && leads.durationSeconds > 0 && leads.durationSeconds < pageSeconds - 0.1 && (
        <span className="ecg-viewer__note">
          {t('ecg.viewer.shortRecording', {
            seconds: leads.durationSeconds.toFixed(leads.durationSeconds < 1 ? 2 : 1),
          })}
        </span>
      )}
      {hiddenLeads.length > 0 && (
        <span className="ecg-viewer__note">
          {t('ecg.viewer.extraLeads', { leads: hiddenLeads.join(t('ecg.viewer.listSeparator')) })}
          {canLead && (
            <button
              type="button"
              className="ecg-viewer__link"
              onClick={() => onCommand({ do: 'layout', layout: '12x1' })}
            >
              {t('ecg.viewer.showExtraLeads')}
            </button>
          )}
        </span>
      )}
      {!canLead && <span className="ecg-viewer__following">{t('ecg.viewer.following')}</span>}
    </div>
  );
}
