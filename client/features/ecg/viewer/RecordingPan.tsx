import { memo, useMemo } from 'react';
import { Button, Slider } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import { pageSeconds } from '../../../../shared/ecg/paper-geometry.ts';
import { fitOverview, overviewOf } from '../../../../shared/ecg/trace-overview.ts';
import { GoToTime } from './GoToTime.tsx';
import { elapsedClock, secondOfDay, wallClock } from './long-recording.ts';
import type { LongRecording } from './long-recording.ts';
import { OverviewStrip } from './OverviewStrip.tsx';
import { ReadingControls } from './ReadingControls.tsx';
import { latestStart } from './view-commands.ts';
import type { ViewCommand } from './view-commands.ts';
import './recording-pan.css';

interface RecordingPanProps {
  startSeconds: number;
  durationSeconds: number;
  /** Drawn whole beneath the window of a long recording. */
  overviewLead: PlacedLead | undefined;
  /** Of a recording that is not held whole: then its own overview is drawn. */
  long: LongRecording | null;
  canLead: boolean;
  theme: 'light' | 'dark';
  onCommand: (command: ViewCommand) => void;
}

/** From here on a slider alone says too little. */
const overviewFromSeconds = 60;

/** Moves the ten seconds on the paper along a longer recording. */
export function RecordingPan(props: RecordingPanProps) {
  const { startSeconds, durationSeconds, overviewLead, long, canLead, theme, onCommand } = props;
  const { t } = useTranslation();
  const last = latestStart(durationSeconds);
  const isLong = durationSeconds > overviewFromSeconds;
  const moment = isLong ? elapsedClock : (seconds: number) => seconds.toFixed(1);
  const ofWhole = long?.overview ?? null;
  const leadName = overviewLead?.name;
  // A part of a lead is no overview of it.
  const heldLead = long === null && isLong ? overviewLead : undefined;
  const overview = useMemo(() => {
    if (heldLead) return (buckets: number) => overviewOf(heldLead, durationSeconds, buckets);
    const lead = ofWhole?.leads.find(({ name }) => name === leadName) ?? ofWhole?.leads[0];
    return lead === undefined ? null : (buckets: number) => fitOverview(lead, buckets);
  }, [heldLead, durationSeconds, ofWhole, leadName]);
  const begin = secondOfDay(long?.acquiredAt ?? null);
  const rate = ofWhole?.rates[Math.floor((startSeconds + pageSeconds / 2) / 60)] ?? null;
  return (
    <div className={`ecg-viewer__pan${long === null ? '' : ' ecg-viewer__pan--long'}`}>
      <PageButton step={-1} isDisabled={!canLead || startSeconds <= 0} theme={theme} onCommand={onCommand} />
      {isLong && (overview !== null || long !== null) ? (
        <OverviewStrip
          overview={overview}
          rates={ofWhole?.rates}
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
      <span className="ecg-viewer__figures" data-testid="ecg-page-time">
        {long !== null && begin !== null && <strong>{wallClock(begin, startSeconds)}</strong>}{' '}
        {t(isLong ? 'ecg.viewer.pan.windowClock' : 'ecg.viewer.pan.window', {
          from: moment(startSeconds),
          to: moment(Math.min(durationSeconds, startSeconds + pageSeconds)),
          total: moment(durationSeconds),
        })}
      </span>
      {rate !== null && (
        <span className="ecg-viewer__figures" data-testid="ecg-minute-rate">
          {t('ecg.viewer.long.minuteRate', { rate })}
        </span>
      )}
      {long !== null && (
        <ReadingControls theme={theme}>
          <GoToTime long={long} canLead={canLead} onPlace={(seconds) => onCommand({ do: 'start', seconds })} />
        </ReadingControls>
      )}
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
