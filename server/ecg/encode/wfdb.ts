import type { EcgDocument, EcgFilePatient, EcgLead } from '../../../shared/ecg/waveform.ts';
import { acquisitionParts, commonShape, exactResolutionNanovolts, toUnits } from './exact-resolution.ts';
import { largestSample, missingSample, packSamples } from './wfdb-packing.ts';
import type { WfdbFormat } from './wfdb-packing.ts';

export interface WfdbOptions {
  /** Instead of the document's own patient; WFDB has a habit for age and sex only. */
  patient?: EcgFilePatient;
  /** The record's name, of letters, digits, "_", "." and "-"; default "record". */
  name?: string;
  /** Default 16. */
  format?: WfdbFormat;
}

/** The files of a record; they must stand in one folder. */
export interface WfdbFiles {
  header: { name: string; bytes: Uint8Array };
  samples: { name: string; bytes: Uint8Array };
}

function storedValues(lead: EcgLead, nanovoltsPerUnit: number, format: WfdbFormat): number[] {
  const largest = largestSample(format);
  return toUnits(lead, nanovoltsPerUnit).map((value) => {
    if (value === null) return missingSample(format);
    if (format !== 8 && Math.abs(value) > largest) {
      throw new RangeError(`Lead ${lead.name} has a sample beyond format ${format}`);
    }
    return value;
  });
}

/** One signal line of header(5). */
function signalLine(lead: EcgLead, values: readonly number[], file: string, format: WfdbFormat, step: number): string {
  const sum = values.reduce((total, value) => (total + value) | 0, 0);
  const checksum = (sum << 16) >> 16;
  const gain = `${1_000_000 / step}(0)/mV`;
  return [file, format, gain, 16, 0, values[0] ?? 0, checksum, 0, lead.name].join(' ');
}

function comments(document: EcgDocument, patient: EcgFilePatient): string[] {
  const sex = { male: 'Male', female: 'Female', other: undefined }[patient.sex ?? 'other'];
  return [
    ...(patient.ageYears === undefined ? [] : [`# Age: ${patient.ageYears}`]),
    ...(sex === undefined ? [] : [`# Sex: ${sex}`]),
    ...(document.statements ?? []).map((words) => `# Dx: ${words.replace(/\s+/g, ' ')}`),
  ];
}

/**
 * Writes the rhythm of a synthetic recording as a WFDB record: a header and one file of samples. Samples keep their
 * exact values; median beats, measurements, device, name and identifiers have no place in it.
 * @throws RangeError when a sample does not fit the format, or the name is none.
 */
export function writeWfdb(document: EcgDocument, options: WfdbOptions = {}): WfdbFiles {
  const { name = 'record', format = 16 } = options;
  if (!/^[\w-][\w.-]*$/.test(name)) throw new RangeError(`"${name}" is no name of a WFDB record`);
  const rhythm = document.groups.find((group) => group.label === 'rhythm');
  if (!rhythm) throw new RangeError('A WFDB record needs a rhythm group');
  const { sampleRateHz, samples } = commonShape(rhythm);
  const step = exactResolutionNanovolts(rhythm.leads);
  const { date, time } = acquisitionParts(document);
  const stored = rhythm.leads.map((lead) => storedValues(lead, step, format));
  const sampleFile = `${name}.dat`;
  const taken: number[] = [];
  for (let i = 0; i < samples; i++) {
    for (const values of stored) taken.push((values[i] ?? 0) - (format === 8 ? (values[Math.max(0, i - 1)] ?? 0) : 0));
  }
  const clock = `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}`;
  const day = `${date.slice(6, 8)}/${date.slice(4, 6)}/${date.slice(0, 4)}`;
  const lines = [
    [name, rhythm.leads.length, sampleRateHz, samples, clock, day].join(' '),
    ...rhythm.leads.map((lead, i) => signalLine(lead, stored[i] ?? [], sampleFile, format, step)),
    ...comments(document, options.patient ?? document.patient ?? {}),
  ];
  return {
    header: { name: `${name}.hea`, bytes: new TextEncoder().encode(`${lines.join('\n')}\n`) },
    samples: { name: sampleFile, bytes: packSamples(taken, format) },
  };
}
