import { readFileSync } from 'node:fs';
import type { PreReadView } from '../../shared/contracts/ecg.ts';
import type { EcgDocument, EcgMeasurements, EcgFilePatient, EcgFormat } from '../../shared/ecg/waveform.ts';
import type { RuleTable } from '../../shared/ecg/reading-rules.ts';
import { preReadEcg } from '../../shared/ecg/pre-read.ts';
import { measureHeartRate } from '../../shared/ecg/heart-rate.ts';
import { decodeEcg } from './decode/decode-ecg.ts';
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

/** The recording that people mean by "the ECG": the rhythm group, else the longest. */
function mainGroup(document: EcgDocument) {
  const rhythm = document.groups.find((group) => group.label === 'rhythm');
  return rhythm ?? document.groups[0];
}

export function summariseEcgFile(input: { path: string; person: EcgPerson }): EcgSummary {
  const document = decodeEcg(readFileSync(input.path));
  const leads = mainGroup(document)?.leads ?? [];
  const device = [document.device?.manufacturer, document.device?.model]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
  return {
    format: document.format,
    patient: document.patient ?? null,
    acquiredAt: document.acquiredAt ?? null,
    device: device === '' ? null : device,
    leadNames: leads.map((lead) => lead.name),
    durationSeconds: Math.max(0, ...leads.map((lead) => lead.samples.length / lead.sampleRateHz)),
    detectedHeartRatePerMinute: rounded(measureHeartRate(leads).ratePerMinute),
    measurements: document.measurements ?? {},
    statements: (document.statements ?? []).slice(0, 100),
    warnings: document.warnings.slice(0, 100),
    preRead: viewOfPreRead(preReadEcg(document, input.person)),
  };
}

const rounded = (value: number | null) => (value === null ? null : Math.round(value));

/** The JSON of GET /api/ecgs/:id/waveform, made here so that the serving thread only passes bytes on. */
export function waveformJson(input: { path: string }): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ groups: decodeEcg(readFileSync(input.path)).groups }));
}

/** The whole document, for drawing the report. */
export function decodeEcgFile(input: { path: string }): EcgDocument {
  return decodeEcg(readFileSync(input.path));
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
