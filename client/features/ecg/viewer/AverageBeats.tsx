import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { frontalAxes, measureLeads } from '../../../../shared/ecg/beat-measurements.ts';
import {
  fiducialNames,
  fiducialsOf,
  measureFiducials,
  placeFiducial,
  usualFiducial,
  withMoved,
} from '../../../../shared/ecg/fiducial-marks.ts';
import type { FiducialName, FiducialTimes } from '../../../../shared/ecg/fiducial-marks.ts';
import type { PreRead, PreReadBeat } from '../../../../shared/ecg/pre-read.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { secondsHeldBy } from '../../../../shared/ecg/waveform-spans.ts';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import { beatSheet, drawBeats, extremesOf } from './beat-drawing.ts';
import { FiducialMarks } from './FiducialMarks.tsx';
import { elapsedClock } from './long-recording.ts';
import { paperInk } from './paper-drawing.ts';
import { ReadingControls } from './ReadingControls.tsx';
import { useOwnPreRead } from './use-own-pre-read.ts';
import type { ViewCommand } from './view-commands.ts';
import './average-beats.css';

interface AverageBeatsProps {
  groups: EcgDocument['groups'];
  /** Whether the groups are a part of a long recording: the beat says which. */
  isPart: boolean;
  /** Marks that a reader moved, milliseconds after the beat's start. */
  moved: EcgViewState['beatMarks'];
  /** True size on this screen. */
  pixelsPerMm: number;
  theme: 'light' | 'dark';
  canLead: boolean;
  onCommand: (command: ViewCommand) => void;
}

const speedMmPerSecond = 100;
const gainMmPerMillivolt = 20;
/** Taller sheets would leave the screen: then at half the gain. */
const tallestMm = 75;

/** The averaged beats of all leads over each other, magnified, with marks that a reader moves to measure. */
export function AverageBeats(props: AverageBeatsProps) {
  const { isPart, moved, pixelsPerMm, theme, canLead, onCommand } = props;
  const { t } = useTranslation();
  const groups = useMarkedGroups(props.groups, moved);
  const preRead = useOwnPreRead(groups);
  const held = secondsHeldBy(groups);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.scrollIntoView?.({ block: 'nearest' });
  }, [preRead]);
  return (
    <aside ref={panel} className="ecg-beats" aria-label={t('ecg.viewer.beats.title')}>
      <div className="ecg-beats__head">
        <h3>{t('ecg.viewer.beats.title')}</h3>
        {preRead?.beat && <span>{t('ecg.viewer.beats.count', { count: preRead.beat.beatCount })}</span>}
        {isPart && (
          <span className="ecg-viewer__figures">
            {t('ecg.viewer.beats.part', { from: elapsedClock(held.from), to: elapsedClock(held.to) })}
          </span>
        )}
        <ReadingControls theme={theme}>
          <Button
            size="small"
            disabled={!canLead}
            aria-label={t('ecg.viewer.beats.close')}
            onClick={() => onCommand({ do: 'average-beats', open: false })}
          >
            ✕
          </Button>
        </ReadingControls>
      </div>
      {preRead === null ? (
        <p role="status">{t('ecg.viewer.measurements.computing')}</p>
      ) : preRead.beat === null ? (
        <p role="status">{t('ecg.viewer.beats.none')}</p>
      ) : (
        <MarkedBeat
          preRead={preRead}
          beat={preRead.beat}
          moved={moved}
          pixelsPerMm={pixelsPerMm}
          theme={theme}
          canLead={canLead}
          onCommand={onCommand}
        />
      )}
    </aside>
  );
}

/** Marks that a reader has set belong to the beat that they were set on: it stays when the page moves on. */
function useMarkedGroups(groups: AverageBeatsProps['groups'], moved: AverageBeatsProps['moved']) {
  const [held, setHeld] = useState(groups);
  const isMarked = Object.keys(moved).length > 0;
  if (!isMarked && held !== groups) setHeld(groups);
  return isMarked ? held : groups;
}

function MarkedBeat(
  props: Omit<AverageBeatsProps, 'groups' | 'isPart'> & {
    preRead: PreRead;
    beat: PreReadBeat;
  },
) {
  const { preRead, beat, moved, pixelsPerMm, theme, canLead, onCommand } = props;
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const found = useMemo((): FiducialTimes => {
    const times = fiducialsOf(beat);
    // P waves that don't belong to the complexes have no PR: their marks would claim one.
    return preRead.intervals.pr.ms === null ? { ...times, pOnset: null, pOffset: null } : times;
  }, [beat, preRead]);
  const times = useMemo(() => withMoved(found, moved), [found, moved]);
  const length = beat.leads[0]?.samples.length ?? 0;
  const lengthMs = (length * 1000) / beat.sampleRateHz;
  const sheet = useMemo(() => {
    const { low, high } = extremesOf(beat.leads.map(({ samples }) => samples));
    const at = (gain: number) => beatSheet(lengthMs / 1000, low, high, speedMmPerSecond, gain);
    const full = at(gainMmPerMillivolt);
    return full.heightMm <= tallestMm ? full : at(gainMmPerMillivolt / 2);
  }, [beat, lengthMs]);
  useLayoutEffect(() => {
    if (!canvas.current) return;
    const traces = beat.leads.map(({ samples }) => ({
      samples,
      sampleRateHz: beat.sampleRateHz,
      startSeconds: 0,
      color: paperInk[theme].trace,
      lineWidth: 1,
    }));
    drawBeats(canvas.current, sheet, traces, pixelsPerMm, theme);
  }, [beat, sheet, pixelsPerMm, theme]);

  const move = (name: FiducialName, ms: number) =>
    onCommand({ do: 'beat-mark', mark: name, ms: placeFiducial(times, name, ms, lengthMs) });
  const size = { width: sheet.widthMm * pixelsPerMm, height: sheet.heightMm * pixelsPerMm };
  const absent = fiducialNames.filter((name) => times[name] === null);
  return (
    <>
      <div className="ecg-beats__scroll">
        <div className="ecg-beats__sheet" style={size}>
          <canvas ref={canvas} style={size} aria-hidden="true" />
          <FiducialMarks
            times={times}
            moved={moved}
            pixelsPerMs={(speedMmPerSecond * pixelsPerMm) / 1000}
            widthPx={size.width}
            heightPx={size.height}
            canMove={canLead}
            onMove={move}
          />
        </div>
      </div>
      <p>
        {`${sheet.speedMmPerSecond} mm/s  ${sheet.gainMmPerMillivolt} mm/mV`} ·{' '}
        {beat.leads.map(({ name }) => name).join(' ')}
      </p>
      {canLead && absent.length > 0 && (
        <p className="ecg-beats__absent">
          <ReadingControls theme={theme}>
            {absent.map((name) => (
              <Button key={name} size="small" onClick={() => move(name, usualFiducial(times, name, lengthMs))}>
                {t('ecg.viewer.beats.add', { mark: t(`ecg.viewer.beats.marks.${name}`) })}
              </Button>
            ))}
          </ReadingControls>
        </p>
      )}
      <Intervals preRead={preRead} beat={beat} times={times} moved={moved} />
      <div className="ecg-beats__foot">
        <span>{t('ecg.viewer.beats.how')}</span>
        <ReadingControls theme={theme}>
          <Button
            size="small"
            disabled={!canLead || Object.keys(moved).length === 0}
            onClick={() => onCommand({ do: 'beat-marks-reset' })}
          >
            {t('ecg.viewer.beats.reset')}
          </Button>
        </ReadingControls>
      </div>
    </>
  );
}

function Intervals(props: {
  preRead: PreRead;
  beat: PreReadBeat;
  times: FiducialTimes;
  moved: EcgViewState['beatMarks'];
}) {
  const { preRead, beat, times, moved } = props;
  const { t } = useTranslation();
  const rrMs = preRead.intervals.rr.ms;
  const read = measureFiducials(times, rrMs);
  const axes = useMemo(() => axesBetween(beat, times), [beat, times]);
  const isMoved = (...names: FiducialName[]) => names.some((name) => moved[name] !== undefined);
  const ms = (value: number | null | undefined) =>
    typeof value === 'number'
      ? t('ecg.viewer.measurements.milliseconds', { value: Math.round(value) })
      : t('ecg.viewer.measurements.none');
  const degrees = (value: number | null) =>
    value === null ? t('ecg.viewer.measurements.none') : t('ecg.viewer.measurements.degrees', { value });
  const qtMoved = isMoved('qrsOnset', 'tEnd');
  const rows: [key: string, label: string, value: string, byHand: boolean][] = [
    ['pr', t('ecg.viewer.measurements.prInterval'), ms(read.prMs), isMoved('pOnset', 'qrsOnset')],
    ['p', t('ecg.viewer.measurements.pDuration'), ms(read.pDurationMs), isMoved('pOnset', 'pOffset')],
    ['qrs', t('ecg.viewer.measurements.qrsDuration'), ms(read.qrsMs), isMoved('qrsOnset', 'jPoint')],
    ['qt', t('ecg.viewer.measurements.qtInterval'), ms(read.qtMs), qtMoved],
    ['bazett', 'QTc Bazett', ms(read.qtc?.bazettMs), qtMoved],
    ['fridericia', 'QTc Fridericia', ms(read.qtc?.fridericiaMs), qtMoved],
    ['framingham', 'QTc Framingham', ms(read.qtc?.framinghamMs), qtMoved],
    ['hodges', 'QTc Hodges', ms(read.qtc?.hodgesMs), qtMoved],
    ['rr', t('ecg.viewer.measurements.rrInterval'), ms(rrMs), false],
    ['p-axis', t('ecg.viewer.measurements.pAxis'), degrees(axes.pDegrees), isMoved('pOnset', 'pOffset')],
    ['qrs-axis', t('ecg.viewer.measurements.qrsAxis'), degrees(axes.qrsDegrees), isMoved('qrsOnset', 'jPoint')],
    ['t-axis', t('ecg.viewer.measurements.tAxis'), degrees(axes.tDegrees), isMoved('qrsOnset', 'jPoint', 'tEnd')],
  ];
  return (
    <dl className="ecg-beats__values">
      {rows.map(([key, label, value, byHand]) => (
        <div key={key} data-interval={key} data-by-hand={byHand}>
          <dt>{label}</dt>
          <dd>
            {value}
            <small>{t(byHand ? 'ecg.viewer.beats.byHand' : 'ecg.viewer.measurements.unconfirmed')}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Axes from the areas between the marks as they stand. */
function axesBetween(beat: PreReadBeat, times: FiducialTimes) {
  const index = (ms: number | null) => (ms === null ? null : Math.round((ms * beat.sampleRateHz) / 1000));
  const length = beat.leads[0]?.samples.length ?? 0;
  const leads = beat.leads.map(({ name, samples }) => ({
    name,
    values: Float64Array.from(samples),
    beats: new Uint16Array(length).fill(1),
  }));
  const measured = measureLeads(
    { leads, fiducialIndex: 0, length, beatCount: beat.beatCount },
    {
      ...beat.boundaries,
      pOnset: index(times.pOnset),
      pOffset: index(times.pOffset),
      qrsOnset: index(times.qrsOnset) ?? beat.boundaries.qrsOnset,
      qrsOffset: index(times.jPoint) ?? beat.boundaries.qrsOffset,
      tEnd: index(times.tEnd),
    },
  );
  return frontalAxes(measured);
}
