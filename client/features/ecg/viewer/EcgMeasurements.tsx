import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PreReadView } from '../../../../shared/contracts/ecg.ts';
import { measureHeartRate, rhythmLeads } from '../../../../shared/ecg/heart-rate.ts';
import type { HeartRate } from '../../../../shared/ecg/heart-rate.ts';
import { longestAnalysedSeconds } from '../../../../shared/ecg/condition-leads.ts';
import { secondsHeldBy } from '../../../../shared/ecg/waveform-spans.ts';
import { FileWarnings } from '../FileWarnings.tsx';
import type { EcgDocument, EcgMeasurements as DeviceMeasurements } from '../../../../shared/ecg/waveform.ts';
import { elapsedClock } from './long-recording.ts';
import './ecg-measurements.css';

interface EcgMeasurementsProps {
  document: EcgDocument;
  preRead?: PreReadView | null;
  /** Whether the document has a part of a long recording: the values say which. */
  isPart?: boolean;
  theme?: 'light' | 'dark';
}

type Unit = 'perMinute' | 'milliseconds' | 'degrees';

const rows: { key: keyof DeviceMeasurements; word: string; unit: Unit }[] = [
  { key: 'heartRatePerMinute', word: 'heartRate', unit: 'perMinute' },
  { key: 'rrIntervalMs', word: 'rrInterval', unit: 'milliseconds' },
  { key: 'pDurationMs', word: 'pDuration', unit: 'milliseconds' },
  { key: 'prIntervalMs', word: 'prInterval', unit: 'milliseconds' },
  { key: 'qrsDurationMs', word: 'qrsDuration', unit: 'milliseconds' },
  { key: 'qtIntervalMs', word: 'qtInterval', unit: 'milliseconds' },
  { key: 'qtcIntervalMs', word: 'qtcInterval', unit: 'milliseconds' },
  { key: 'pAxisDegrees', word: 'pAxis', unit: 'degrees' },
  { key: 'qrsAxisDegrees', word: 'qrsAxis', unit: 'degrees' },
  { key: 'tAxisDegrees', word: 'tAxis', unit: 'degrees' },
];

/**
 * The heart rate that we detect beside the cardiograph's own values, its statements, and what was odd in the file. A
 * computer's reading never stands without its mark of being unconfirmed.
 */
export function EcgMeasurements({ document, preRead = null, isPart = false, theme = 'light' }: EcgMeasurementsProps) {
  const { t } = useTranslation();
  const measured = useHeartRate(document.groups);
  const device = document.measurements ?? {};
  const read = preRead === null ? {} : valuesOfPreRead(preRead);
  const shown = rows.filter(
    ({ key }) => key === 'heartRatePerMinute' || device[key] !== undefined || typeof read[key] === 'number',
  );
  const write = (value: number | undefined, unit: Unit) =>
    value === undefined
      ? t('ecg.viewer.measurements.none')
      : t(`ecg.viewer.measurements.${unit}`, { value: Math.round(value) });
  const ours = (key: keyof DeviceMeasurements, unit: Unit) => {
    if (key === 'heartRatePerMinute') {
      if (!measured) return t('ecg.viewer.measurements.computing');
      if (measured.ratePerMinute === null) return t('ecg.viewer.measurements.notDetectable');
      return write(measured.ratePerMinute, unit);
    }
    if (key === 'rrIntervalMs' && measured && measured.ratePerMinute !== null) {
      return write(60_000 / measured.ratePerMinute, unit);
    }
    const value = read[key];
    if (typeof value !== 'number') return t('ecg.viewer.measurements.none');
    const written =
      key === 'qtcIntervalMs' ? t('ecg.viewer.measurements.bazett', { value: write(value, unit) }) : write(value, unit);
    return doubtfulOf[key] !== undefined && preRead?.doubtful.includes(doubtfulOf[key])
      ? t('ecg.viewer.measurements.doubtful', { value: written })
      : written;
  };
  const held = secondsHeldBy(document.groups);
  const mark = <span className="ecg-measurements__mark">{t('ecg.viewer.measurements.unconfirmed')}</span>;
  return (
    <section
      className={`ecg-measurements ecg-measurements--${theme}`}
      aria-label={t('ecg.viewer.measurements.title')}
      data-heart-rate={measured?.ratePerMinute?.toFixed(1)}
    >
      <div className="ecg-measurements__head">
        <h3>{t('ecg.viewer.measurements.title')}</h3>
        {mark}
      </div>
      {isPart && (
        <p data-testid="ecg-measured-part">
          {t('ecg.viewer.measurements.part', {
            from: elapsedClock(held.from),
            to: elapsedClock(held.to),
            minutes: longestAnalysedSeconds / 60,
          })}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">{t('ecg.viewer.measurements.value')}</th>
            <th scope="col">{t('ecg.viewer.measurements.computed')}</th>
            <th scope="col">{t('ecg.viewer.measurements.device')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ key, word, unit }) => (
            <tr key={key} data-measurement={key}>
              <th scope="row">{t(`ecg.viewer.measurements.${word}`)}</th>
              <td>{ours(key, unit)}</td>
              <td>{write(device[key], unit)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {measured && measured.shortestRrMs !== null && measured.longestRrMs !== null && (
        <p>
          {t('ecg.viewer.measurements.rrRange', {
            from: Math.round(measured.shortestRrMs),
            to: Math.round(measured.longestRrMs),
            count: measured.peakSeconds.length,
          })}
        </p>
      )}
      <div className="ecg-measurements__head">
        <h4>{t('ecg.viewer.measurements.statements')}</h4>
        {mark}
      </div>
      {document.statements && document.statements.length > 0 ? (
        <ul>
          {document.statements.map((statement, index) => (
            <li key={index}>{statement}</li>
          ))}
        </ul>
      ) : (
        <p>{t('ecg.viewer.measurements.noStatements')}</p>
      )}
      {document.warnings.length > 0 && (
        <>
          <h4>{t('ecg.viewer.measurements.warnings')}</h4>
          <FileWarnings warnings={document.warnings} />
        </>
      )}
      <p className="ecg-measurements__foot">{t('ecg.viewer.measurements.disclaimer')}</p>
    </section>
  );
}

const doubtfulOf: Partial<Record<keyof DeviceMeasurements, string>> = {
  pDurationMs: 'pDuration',
  prIntervalMs: 'pr',
  qrsDurationMs: 'qrs',
  qtIntervalMs: 'qt',
  qtcIntervalMs: 'qt',
};

function valuesOfPreRead({ intervals, axes }: PreReadView): Partial<Record<keyof DeviceMeasurements, number | null>> {
  return {
    pDurationMs: intervals.pDuration ?? null,
    prIntervalMs: intervals.pr ?? null,
    qrsDurationMs: intervals.qrs ?? null,
    qtIntervalMs: intervals.qt ?? null,
    qtcIntervalMs: intervals.qtcBazett ?? null,
    pAxisDegrees: axes.p,
    qrsAxisDegrees: axes.qrs,
    tAxisDegrees: axes.t,
  };
}

/** Our own heart rate, computed after the screen has its picture; null until then. */
function useHeartRate(groups: EcgDocument['groups']): HeartRate | null {
  const [found, setFound] = useState<{ of: EcgDocument['groups']; rate: HeartRate } | null>(null);
  useEffect(() => {
    // Detection takes tens of milliseconds: two frames later the trace and the controls are there.
    const timer = setTimeout(() => setFound({ of: groups, rate: measureHeartRate(rhythmLeads({ groups })) }), 40);
    return () => clearTimeout(timer);
  }, [groups]);
  return found?.of === groups ? found.rate : null;
}
