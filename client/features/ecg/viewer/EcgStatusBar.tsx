import { Button, Slider } from 'antd';
import { useTranslation } from 'react-i18next';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import type { LeadSet } from './lead-selection.ts';
import { pageSeconds } from './paper-geometry.ts';
import type { ZoomMode } from './screen-scale.ts';
import { latestStart } from './view-commands.ts';
import type { ViewCommand } from './view-commands.ts';

interface EcgStatusBarProps {
  state: EcgViewState;
  leads: LeadSet;
  canLead: boolean;
  percent: number;
  mode: ZoomMode;
  isCalibrated: boolean;
  onMode: (mode: ZoomMode) => void;
  onCalibrate: () => void;
  onCommand: (command: ViewCommand) => void;
}

/** What the paper's foot says on a printed ECG, and truthfully so: speed, gain, and the scale of this screen. */
export function EcgStatusBar(props: EcgStatusBarProps) {
  const { state, leads, canLead, percent, mode, isCalibrated, onMode, onCalibrate, onCommand } = props;
  const { t } = useTranslation();
  const last = latestStart(leads.durationSeconds);
  const hiddenLeads = state.layout === '12x1' ? [] : leads.extra.filter((name) => name !== leads.rhythmLead);
  const clock = (seconds: number) => seconds.toFixed(1);
  const scale = t(percent === 100 && mode === 'true-size' ? 'ecg.viewer.scale.trueSize' : 'ecg.viewer.scale.zoomed', {
    speed: state.speedMmPerSecond,
    gain: state.gainMmPerMillivolt,
    percent,
  });
  return (
    <div className="ecg-viewer__status">
      {last > 0 && (
        <div className="ecg-viewer__pan">
          <Button
            disabled={!canLead || state.startSeconds <= 0}
            onClick={() => onCommand({ do: 'pan', seconds: -pageSeconds })}
          >
            {t('ecg.viewer.pan.back')}
          </Button>
          <Slider
            min={0}
            max={last}
            step={0.5}
            value={state.startSeconds}
            disabled={!canLead}
            tooltip={{ open: false }}
            ariaLabelForHandle={t('ecg.viewer.pan.start')}
            onChange={(seconds) => onCommand({ do: 'start', seconds })}
          />
          <Button
            disabled={!canLead || state.startSeconds >= last}
            onClick={() => onCommand({ do: 'pan', seconds: pageSeconds })}
          >
            {t('ecg.viewer.pan.forward')}
          </Button>
          <span className="ecg-viewer__figures">
            {t('ecg.viewer.pan.window', {
              from: clock(state.startSeconds),
              to: clock(Math.min(leads.durationSeconds, state.startSeconds + pageSeconds)),
              total: clock(leads.durationSeconds),
            })}
          </span>
        </div>
      )}
      <span className="ecg-viewer__figures ecg-viewer__scale" data-testid="ecg-scale">
        {scale}
      </span>
      <button
        type="button"
        className="ecg-viewer__link"
        onClick={() => onMode(mode === 'true-size' ? 'fit-width' : 'true-size')}
      >
        {t(mode === 'true-size' ? 'ecg.viewer.scale.toFit' : 'ecg.viewer.scale.toTrueSize')}
      </button>
      <button type="button" className="ecg-viewer__link" onClick={onCalibrate}>
        {t(isCalibrated ? 'ecg.viewer.calibration.again' : 'ecg.viewer.calibration.missing')}
      </button>
      {leads.groupLabel !== 'rhythm' && (
        <span className="ecg-viewer__note">{t(`ecg.viewer.group.${leads.groupLabel}`)}</span>
      )}
      {hiddenLeads.length > 0 && (
        <span className="ecg-viewer__note">
          {t('ecg.viewer.extraLeads', { leads: hiddenLeads.join('、') })}
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
