import { Button, Slider } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import { pageSeconds } from '../../../../shared/ecg/paper-geometry.ts';
import { OverviewStrip } from './OverviewStrip.tsx';
import { latestStart } from './view-commands.ts';
import type { ViewCommand } from './view-commands.ts';

interface RecordingPanProps {
  startSeconds: number;
  durationSeconds: number;
  /** Drawn whole beneath the window of a long recording. */
  overviewLead: PlacedLead | undefined;
  canLead: boolean;
  theme: 'light' | 'dark';
  onCommand: (command: ViewCommand) => void;
}

/** From here on a slider alone says too little. */
const overviewFromSeconds = 60;

/** Moves the ten seconds on the paper along a longer recording. */
export function RecordingPan(props: RecordingPanProps) {
  const { startSeconds, durationSeconds, overviewLead, canLead, theme, onCommand } = props;
  const { t } = useTranslation();
  const last = latestStart(durationSeconds);
  const isLong = durationSeconds > overviewFromSeconds;
  const moment = isLong ? clock : (seconds: number) => seconds.toFixed(1);
  return (
    <div className="ecg-viewer__pan">
      <Button disabled={!canLead || startSeconds <= 0} onClick={() => onCommand({ do: 'pan', seconds: -pageSeconds })}>
        {t('ecg.viewer.pan.back')}
      </Button>
      {isLong && overviewLead ? (
        <OverviewStrip
          lead={overviewLead}
          startSeconds={startSeconds}
          durationSeconds={durationSeconds}
          canLead={canLead}
          theme={theme}
          onStart={(seconds) => onCommand({ do: 'start', seconds })}
        />
      ) : (
        <Slider
          min={0}
          max={last}
          step={0.5}
          value={startSeconds}
          disabled={!canLead}
          tooltip={{ open: false }}
          ariaLabelForHandle={t('ecg.viewer.pan.start')}
          onChange={(seconds) => onCommand({ do: 'start', seconds })}
        />
      )}
      <Button
        disabled={!canLead || startSeconds >= last}
        onClick={() => onCommand({ do: 'pan', seconds: pageSeconds })}
      >
        {t('ecg.viewer.pan.forward')}
      </Button>
      <span className="ecg-viewer__figures">
        {t(isLong ? 'ecg.viewer.pan.windowClock' : 'ecg.viewer.pan.window', {
          from: moment(startSeconds),
          to: moment(Math.min(durationSeconds, startSeconds + pageSeconds)),
          total: moment(durationSeconds),
        })}
      </span>
    </div>
  );
}

/** Hours, minutes and seconds after the start: 1:02:07. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds + 1e-6);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
