import { decodeEcg } from '../../../server/ecg/decode/decode-ecg.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import type { EcgDocument } from '../../../shared/ecg/waveform.ts';
import { makerWriters } from '../ecg-files/maker-files.ts';
import { testPatient, traceWriters, writers } from '../ecg-files/synthetic-files.ts';
import { decodeWfdbBundle, wfdbBundles } from './wfdb-bundle.ts';

const everyWriter = { ...writers, ...makerWriters, ...traceWriters };
export type FuzzedFormat = keyof typeof everyWriter | 'wfdb';
export const fuzzedFormats = [...Object.keys(everyWriter), 'wfdb'] as FuzzedFormat[];

/** What reads the files of the corpus: decodeEcg, but for WFDB, which is several files. */
export const decoderOf = (format: FuzzedFormat) => (format === 'wfdb' ? decodeWfdbBundle : decodeEcg);

/** Small files of the format as our own writers make them: with and without patient, few leads and all, a median beat. */
export function corpusOf(format: FuzzedFormat): Uint8Array[] {
  const full = synthesizeEcg({ durationSeconds: 1, sampleRateHz: 100, noiseMicrovolts: 8 }).document;
  const leads = full.groups[0]!.leads;
  const median = {
    label: 'median' as const,
    leads: leads.map((lead) => ({ ...lead, samples: lead.samples.slice(0, 50) })),
  };
  const documents: EcgDocument[] = [
    full,
    { ...full, groups: [...full.groups, median] },
    synthesizeEcg({ durationSeconds: 0.5, sampleRateHz: 500, noiseMicrovolts: 200, seed: 2 }).document,
    { ...full, groups: [{ label: 'rhythm', leads: leads.slice(0, 2) }] },
  ];
  if (format === 'wfdb') return documents.flatMap(wfdbBundles);
  const files = documents.flatMap((document) => {
    try {
      return [everyWriter[format](document, { patient: testPatient }), everyWriter[format](document, { patient: {} })];
    } catch (error) {
      // Some formats cannot hold a median beat, or fewer than all leads.
      if (error instanceof RangeError) return [];
      throw error;
    }
  });
  if (files.length === 0) throw new Error(`The writer of ${format} wrote none of the documents`);
  return files;
}
