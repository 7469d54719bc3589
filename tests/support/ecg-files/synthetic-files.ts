/** One synthetic recording in each format that is read, for tests that need real files. */
import { createHash } from 'node:crypto';
import { writeDicomEcg } from '../../../server/ecg/encode/dicom-ecg.ts';
import { writeEdf } from '../../../server/ecg/encode/edf.ts';
import { writeHl7Aecg } from '../../../server/ecg/encode/hl7-aecg.ts';
import { writeIshne } from '../../../server/ecg/encode/ishne.ts';
import { writeMfer } from '../../../server/ecg/encode/mfer.ts';
import { writeScpEcg } from '../../../server/ecg/encode/scp-ecg.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import type { SynthesisOptions } from '../../../shared/ecg/synthesize.ts';
import type { EcgFilePatient, EcgGroup } from '../../../shared/ecg/waveform.ts';

export const writers = { dicom: writeDicomEcg, 'scp-ecg': writeScpEcg, 'hl7-aecg': writeHl7Aecg } as const;
export type WrittenFormat = keyof typeof writers;
export const writtenFormats = Object.keys(writers) as WrittenFormat[];

/** Formats of monitors and Holter recorders: traces, patient and time, but no measurements. */
export const traceWriters = { mfer: writeMfer, edf: writeEdf, ishne: writeIshne } as const;
export type TraceFormat = keyof typeof traceWriters;
export const traceFormats = Object.keys(traceWriters) as TraceFormat[];

const everyWriter = { ...writers, ...traceWriters } as const;

export const testPatient: EcgFilePatient = {
  id: '510102197003078217',
  name: '王小明',
  sex: 'male',
  birthDate: '1970-03-07',
  ageYears: 55,
};

/** The file's bytes for a synthetic recording; the same options give the same samples. */
export function syntheticFile(
  format: WrittenFormat | TraceFormat,
  options: SynthesisOptions = {},
  patient: EcgFilePatient = testPatient,
): Uint8Array {
  return everyWriter[format](synthesizeEcg(options).document, { patient });
}

/** Groups with each lead's samples as one hash, so that a difference is told in a line and comparing is quick. */
export function fingerprint(groups: readonly EcgGroup[]) {
  return groups.map((group) => ({
    label: group.label,
    leads: group.leads.map(({ name, sampleRateHz, unit, samples }) => ({
      name,
      sampleRateHz,
      unit,
      length: samples.length,
      sha256: createHash('sha256').update(JSON.stringify(samples)).digest('hex'),
    })),
  }));
}
