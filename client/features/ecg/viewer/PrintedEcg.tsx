import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import type { Paper } from '../../../../shared/ecg/paper-geometry.ts';
import type { EcgDocument, EcgMeasurements } from '../../../../shared/ecg/waveform.ts';
import { PrintedTile } from './PrintedTile.tsx';
import { printTiles } from './print-tiles.ts';
import './ecg-print.css';

/** Whose recording it is, as the record has it. */
export interface PrintedRecording {
  patientName: string;
  sex: 'male' | 'female' | 'unknown';
  birthDate: string | null;
  organisationName: string | null;
  /** When it was recorded (or received, where the device gave no time), in words. */
  recordedAt: string;
  device: string | null;
}

interface PrintedEcgProps {
  paper: Paper;
  /** As drawn on the screen: what filters are on stands beside the scale. */
  leads: ReadonlyMap<string, PlacedLead>;
  caption: string;
  document: EcgDocument;
  /** Asked for only now: reading a person's data is a recorded act. */
  loadPrinted: (() => Promise<PrintedRecording>) | undefined;
  onDone: () => void;
}

/** The sheet for the printer: A4 across in true millimetres. Prints as soon as it stands in the page, then goes away. */
export function PrintedEcg({ paper, leads, caption, document: ecg, loadPrinted, onDone }: PrintedEcgProps) {
  const { t } = useTranslation();
  const [head, setHead] = useState<{ of: PrintedRecording | null } | null>(loadPrinted ? null : { of: null });
  useEffect(() => {
    let isWanted = true;
    loadPrinted?.().then(
      (of) => isWanted && setHead({ of }),
      // Without the record there is still the file's own name for the person; the trace must not wait for it.
      () => isWanted && setHead({ of: null }),
    );
    return () => {
      isWanted = false;
    };
  }, [loadPrinted]);
  const isReady = head !== null;
  useEffect(() => {
    if (!isReady) return;
    const { classList } = window.document.documentElement;
    classList.add('is-printing-ecg');
    window.addEventListener('afterprint', onDone);
    // Two frames: the page must stand before the browser takes its picture.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => window.print());
    });
    return () => {
      cancelAnimationFrame(frame);
      classList.remove('is-printing-ecg');
      window.removeEventListener('afterprint', onDone);
    };
  }, [isReady, onDone]);
  if (!head) return null;
  const tiles = printTiles(paper);
  return createPortal(
    <div className="ecg-print" data-testid="ecg-print">
      {/* Only while this sheet is in the page: other pages print as they always did. */}
      <style>{'@page { size: A4 landscape; margin: 0 }'}</style>
      {tiles.map((tile, index) => (
        <section key={index} className="ecg-print__page">
          <PrintedHead ecg={ecg} of={head.of} />
          <PrintedTile tile={tile} paper={paper} leads={leads} absentText={t('ecg.viewer.absentLead')} />
          <footer className="ecg-print__foot">
            <strong>{caption}</strong>
            <Ruler label={t('ecg.viewer.print.ruler')} />
            <span>{t('ecg.viewer.print.page', { page: index + 1, pages: tiles.length })}</span>
          </footer>
        </section>
      ))}
    </div>,
    window.document.body,
  );
}

function PrintedHead({ ecg, of }: { ecg: EcgDocument; of: PrintedRecording | null }) {
  const { t } = useTranslation();
  const sexOf = (sex: string | undefined) =>
    sex === 'male' || sex === 'female' ? t(`ecg.viewer.print.sex.${sex}`) : '';
  const name = of?.patientName ?? ecg.patient?.name ?? t('ecg.viewer.print.noName');
  const birthDate = of ? of.birthDate : (ecg.patient?.birthDate ?? null);
  const device = of?.device ?? [ecg.device?.manufacturer, ecg.device?.model].filter(Boolean).join(' ');
  const recordedAt = of?.recordedAt ?? ecg.acquiredAt ?? null;
  const parts = [
    sexOf(of?.sex ?? ecg.patient?.sex),
    birthDate === null ? '' : t('ecg.viewer.print.born', { date: birthDate }),
    recordedAt === null ? '' : t('ecg.viewer.print.recordedAt', { time: recordedAt }),
    device ? t('ecg.viewer.print.device', { device }) : '',
    of?.organisationName ?? '',
  ];
  return (
    <header className="ecg-print__head">
      <p>
        <strong>{name}</strong> {parts.filter((part) => part !== '').join('   ')}
      </p>
      <p>
        <b className="ecg-print__mark">{t('ecg.viewer.measurements.unconfirmed')}</b>
        {measured(ecg.measurements ?? {}).map(([key, value, unit]) => (
          <span key={key}>
            {t(`ecg.viewer.measurements.${key}`)} {t(`ecg.viewer.measurements.${unit}`, { value })}
          </span>
        ))}
      </p>
    </header>
  );
}

/** The cardiograph's own values; they stand behind the mark of being unconfirmed. */
function measured(values: EcgMeasurements): [string, number, string][] {
  const rows: [string, number | undefined, string][] = [
    ['heartRate', values.heartRatePerMinute, 'perMinute'],
    ['prInterval', values.prIntervalMs, 'milliseconds'],
    ['qrsDuration', values.qrsDurationMs, 'milliseconds'],
    ['qtInterval', values.qtIntervalMs, 'milliseconds'],
    ['qtcInterval', values.qtcIntervalMs, 'milliseconds'],
    ['qrsAxis', values.qrsAxisDegrees, 'degrees'],
  ];
  return rows.flatMap(([key, value, unit]) => (value === undefined ? [] : [[key, Math.round(value), unit]]));
}

/** A hundred millimetres to hold a real ruler against: a printer that shrank the page is found out. */
function Ruler({ label }: { label: string }) {
  const ticks = Array.from({ length: 101 }, (_, mm) => `M${mm + 1} 0V${mm % 10 === 0 ? 3 : mm % 5 === 0 ? 2.2 : 1.4}`);
  return (
    <span className="ecg-print__ruler">
      <svg width="102mm" height="3.4mm" viewBox="0 0 102 3.4" data-testid="ecg-print-ruler">
        <path d={`M1 0H101${ticks.join('')}`} fill="none" stroke="#000" strokeWidth="0.18" />
      </svg>
      <span>{label}</span>
    </span>
  );
}
