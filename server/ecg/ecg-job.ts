import { readFileSync } from 'node:fs';
import type { PreReadView } from '../../shared/contracts/ecg.ts';
import { gzipSync } from 'node:zlib';
import { longestWholeSeconds } from '../../shared/contracts/ecg.ts';
import { longestAnalysedSeconds } from '../../shared/ecg/condition-leads.ts';
import type { EcgMeasurements, EcgFilePatient, EcgFormat } from '../../shared/ecg/waveform.ts';
import type { RuleTable } from '../../shared/ecg/reading-rules.ts';
import { preReadEcg } from '../../shared/ecg/pre-read.ts';
import { measureHeartRate, rhythmLeads } from '../../shared/ecg/heart-rate.ts';
import { decodeEcg } from './decode/decode-ecg.ts';
import { withFileBytes } from './decode/file-bytes.ts';
import { openRecording } from './decode/long-recording.ts';
import { viewOfPreRead } from './view-pre-read.ts';
import type { ThreadJob } from '../platform/threads/thread-pool.ts';

// Runs in a worker thread: the bytes are a stranger's.

export interface EcgSummary {
  format: EcgFormat;
  patient: EcgFilePatient | null;
  acquiredAt: string | null;
  device: string | null;
  leadNames: string[];
  durationSeconds: number;
  detectedHeartRatePerMinute: number | null;
  measurements: EcgMeasurements;
  statements: string[];
  warnings: string[];
  /** Null where there is no waveform to read. */
  preRead: PreReadView | null;
}

/** What the hub knows of the person whose ECG it is; limits differ by sex and age. */
export interface EcgPerson {
  sex: 'male' | 'female' | null;
  ageYears: number | null;
  /** The approved rules of the hospital that reads it; absent: the rules as delivered. */
  ruleTable?: RuleTable;
}

/** Of a long recording the first part alone is read; the pre-read says so. */
export function summariseEcgFile(input: { path: string; person: EcgPerson }): EcgSummary {
  return withFileBytes(input.path, (file) => {
    const { durationSeconds, leadNames, describe, window } = openRecording(file);
    const isLong = durationSeconds > longestWholeSeconds;
    const groups = window(0, isLong ? longestAnalysedSeconds : Number.POSITIVE_INFINITY);
    const { format, patient, acquiredAt, device, measurements, statements, warnings } = describe();
    const deviceName = [device?.manufacturer, device?.model]
      .filter((part) => part !== undefined && part !== '')
      .join(' ');
    const preRead = viewOfPreRead(preReadEcg({ groups }, input.person));
    return {
      format,
      patient: patient ?? null,
      acquiredAt: acquiredAt ?? null,
      device: deviceName === '' ? null : deviceName,
      leadNames,
      durationSeconds,
      detectedHeartRatePerMinute: rounded(measureHeartRate(rhythmLeads({ groups })).ratePerMinute),
      measurements: measurements ?? {},
      statements: (statements ?? []).slice(0, 100),
      warnings: warnings.slice(0, 100),
      preRead: isLong ? ofFirstPart(preRead) : preRead,
    };
  });
}

/** That two minutes were unremarkable says nothing of a day; what was found in them stands. */
const ofFirstPart = (preRead: PreReadView): PreReadView => ({
  ...preRead,
  danger: preRead.danger === 4 ? null : preRead.danger,
  shortened: true,
});

const rounded = (value: number | null) => (value === null ? null : Math.round(value));

/** The JSON of GET /api/ecgs/:id/waveform, made here so that the serving thread only passes bytes on. */
export function waveformJson(input: { path: string }): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ groups: decodeEcg(readFileSync(input.path)).groups }));
}

/** The same of a span of a recording of any length. Packed, digits shrink to a third at little cost. */
export function waveformSpanJson(input: {
  path: string;
  fromSeconds: number;
  seconds: number;
  packed: boolean;
}): Uint8Array {
  const groups = withFileBytes(input.path, (file) => openRecording(file).window(input.fromSeconds, input.seconds));
  const json = new TextEncoder().encode(JSON.stringify({ groups }));
  return input.packed ? new Uint8Array(gzipSync(json, { level: 1 })) : json;
}

export const summariseJob: ThreadJob<{ path: string; person: EcgPerson }, EcgSummary> = {
  moduleUrl: import.meta.url,
  exportName: 'summariseEcgFile',
  timeoutMs: 8000,
};
export const waveformJob: ThreadJob<{ path: string }, Uint8Array> = {
  moduleUrl: import.meta.url,
  exportName: 'waveformJson',
  timeoutMs: 8000,
};
export const waveformSpanJob: ThreadJob<Parameters<typeof waveformSpanJson>[0], Uint8Array> = {
  moduleUrl: import.meta.url,
  exportName: 'waveformSpanJson',
  timeoutMs: 8000,
};
