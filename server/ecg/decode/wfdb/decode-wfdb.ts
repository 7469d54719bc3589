import type { EcgDocument, EcgGroup, EcgLead } from '../../../../shared/ecg/waveform.ts';
import { SampleBudget, WarningList } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { standardLeadFromLabel } from '../lead-names.ts';
import { readComments } from './wfdb-comments.ts';
import { readWfdbHeader } from './wfdb-header.ts';
import { microvoltsPer, NeighbourFiles, readSegments, readSignals } from './wfdb-record.ts';
import type { OpenNeighbour, ReadSignal } from './wfdb-record.ts';

/** Voltages that monitors and polysomnographs record beside the ECG. */
const notOfTheHeart =
  /\b(resp\w*|eeg\w*|emg\w*|eog\w*|abp\w*|art\w*|bp|cvp|pap|icp|pleth\w*|ppg\w*|spo2|co2|thor\w*|abdo\w*|nasal|flow|snore|acc\w*|gsr|eda)\b/i;

function leadName(signal: { description: string; file: string }): string {
  return standardLeadFromLabel(signal.description) ?? (signal.description || signal.file);
}

function toGroups(signals: readonly ReadSignal[], framesPerSecond: number, warnings: WarningList): EcgGroup[] {
  const groups = new Map<string, EcgGroup>();
  for (const { signal, samples } of signals) {
    const name = leadName(signal);
    if (samples.length === 0) {
      warnings.add(`WFDB signal ${name}: the record holds none of its samples; left out`);
      continue;
    }
    if (microvoltsPer(signal.units) === undefined) {
      warnings.add(`WFDB signal ${name}: in "${signal.units.slice(0, 20)}", which is no voltage; left out`);
      continue;
    }
    if (!signal.calibrated) {
      warnings.add(`WFDB signal ${name}: not calibrated; shown as if 200 units were a millivolt`);
    }
    const sampleRateHz = framesPerSecond * signal.samplesPerFrame;
    const label = notOfTheHeart.test(signal.description) ? 'other' : 'rhythm';
    const key = `${label} ${sampleRateHz}`;
    const group = groups.get(key) ?? { label, leads: [] };
    groups.set(key, group);
    const lead: EcgLead = { name, sampleRateHz, unit: 'uV', samples };
    group.leads.push(lead);
  }
  return [...groups.values()].toSorted((a, b) => Number(a.label === 'other') - Number(b.label === 'other'));
}

function decode(header: Uint8Array, open: OpenNeighbour): EcgDocument {
  const warnings = new WarningList();
  const record = readWfdbHeader(header);
  const files = new NeighbourFiles(open);
  const budget = new SampleBudget();
  if (record.segments === undefined && record.signals.length === 0) {
    throw new EcgDecodeError('malformed', 'WFDB header: no signals, so there is no trace to show');
  }
  const read = record.segments ? readSegments : readSignals;
  const { signals } = read(record, files, budget, warnings);
  const groups = toGroups(signals, record.framesPerSecond, warnings);
  if (groups.length === 0)
    throw new EcgDecodeError('malformed', 'WFDB: no signal in volts, so there is no trace to show');
  const { patient, statements, date } = readComments(record.comments, warnings);
  const hasPatient = Object.keys(patient).length > 0;
  if (!hasPatient) warnings.add('The file names no patient');
  const acquiredAt = record.acquiredAt ?? date;
  if (acquiredAt === undefined) warnings.add('The file names no time of acquisition');
  return {
    format: 'wfdb',
    ...(hasPatient ? { patient } : {}),
    ...(acquiredAt === undefined ? {} : { acquiredAt }),
    groups,
    ...(statements.length > 0 ? { statements } : {}),
    warnings: warnings.lines,
  };
}

/**
 * Reads a WFDB record (header(5), signal(5) of the WFDB Applications Guide): formats 8, 16, 24, 32, 61, 80, 160, 212,
 * 310 and 311, MATLAB level 4 matrices, several segments of fixed or variable layout. Signals in volts become leads,
 * those that are no ECG a group `other`; anything else is left out with a warning.
 * @param header the bytes of the .hea file.
 * @param open hands out a file by the name that the header gives it, which has no folder in it; undefined for none.
 * @throws EcgDecodeError, and nothing else that `open` does not throw.
 */
export function decodeWfdb(header: Uint8Array, open: OpenNeighbour): EcgDocument {
  try {
    return decode(header, open);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      // Whatever sizes a hostile header states that no array can have.
      throw new EcgDecodeError('malformed', 'The record is damaged in a way that stops the reader');
    }
    throw error;
  }
}
