import { Button, Slider } from 'antd';
import { useTranslation } from 'react-i18next';
import { pageSeconds } from '../../../../shared/ecg/paper-geometry.ts';
import { latestStart } from './view-commands.ts';
import type { ViewCommand } from './view-commands.ts';

interface RecordingPanProps {
  startSeconds: number;
  durationSeconds: number;
  canLead: boolean;
  onCommand: (command: ViewCommand) => void;
}

/** Moves the ten seconds on the paper along a longer recording. */
export function RecordingPan({ startSeconds, durationSeconds, canLead, onCommand }: RecordingPanProps) {
  const { t } = useTranslation();
  const last = latestStart(durationSeconds);
  return (
    <div className="ecg-viewer__pan">
      <Button disabled={!canLead || startSeconds <= 0} onClick={() => onCommand({ do: 'pan', seconds: -pageSeconds })}>
        {t('ecg.viewer.pan.back')}
      </Button>
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
      <Button
        disabled={!canLead || startSeconds >= last}
        onClick={() => onCommand({ do: 'pan', seconds: pageSeconds })}
      >
        {t('ecg.viewer.pan.forward')}
      </Button>
      <span className="ecg-viewer__figures">
        {t('ecg.viewer.pan.window', {
          from: startSeconds.toFixed(1),
          to: Math.min(durationSeconds, startSeconds + pageSeconds).toFixed(1),
          total: durationSeconds.toFixed(1),
        })}
      </span>
    </div>
  );
}
