/** One synthetic recording in the XML of each maker that is read. */
import { writeMuseXml } from '../../../server/ecg/encode/muse-xml.ts';
import { writePhilipsXml } from '../../../server/ecg/encode/philips-xml.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import type { SynthesisOptions } from '../../../shared/ecg/synthesize.ts';
import type { EcgDocument, EcgFilePatient } from '../../../shared/ecg/waveform.ts';
import { testPatient } from './synthetic-files.ts';

export const makerWriters = { 'muse-xml': writeMuseXml, 'philips-xml': writePhilipsXml } as const;
export type MakerFormat = keyof typeof makerWriters;
export const makerFormats = Object.keys(makerWriters) as MakerFormat[];

export function makerFile(
  format: MakerFormat,
  options: SynthesisOptions = {},
  patient: EcgFilePatient = testPatient,
): Uint8Array {
  return makerWriters[format](synthesizeEcg(options).document, { patient });
}

/** With a median beat whose half microvolts need a finer step, and whose limb leads do not follow from each other. */
export function withMedian(document: EcgDocument): EcgDocument {
  const leads = document.groups[0]!.leads;
  const median = leads.map((lead) => ({ ...lead, samples: lead.samples.slice(100, 400).map((v) => (v ?? 0) + 0.5) }));
  return { ...document, groups: [...document.groups, { label: 'median', leads: median }] };
}
