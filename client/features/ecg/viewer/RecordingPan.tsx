import { memo } from 'react';
import { Button, Slider } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import { pageSeconds } from '../../../../shared/ecg/paper-geometry.ts';
import { OverviewStrip } from './OverviewStrip.tsx';
import { ReadingControls } from './ReadingControls.tsx';
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
      <PageButton step={-1} isDisabled={!canLead || startSeconds <= 0} theme={theme} onCommand={onCommand} />
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
        <ReadingControls theme={theme}>
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
        </ReadingControls>
      )}
      <PageButton step={1} isDisabled={!canLead || startSeconds >= last} theme={theme} onCommand={onCommand} />
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

/** Stays as it is while the window is dragged: only at the recording's ends does it change. */
const PageButton = memo(function PageButton(props: {
  step: 1 | -1;
  isDisabled: boolean;
  theme: 'light' | 'dark';
  onCommand: (command: ViewCommand) => void;
}) {
  const { step, isDisabled, theme, onCommand } = props;
  const { t } = useTranslation();
  return (
    <ReadingControls theme={theme}>
      <Button disabled={isDisabled} onClick={() => onCommand({ do: 'pan', seconds: step * pageSeconds })}>
        {t(step < 0 ? 'ecg.viewer.pan.back' : 'ecg.viewer.pan.forward')}
      </Button>
    </ReadingControls>
  );
});

/** Hours, minutes and seconds after the start: 1:02:07. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds + 1e-6);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
