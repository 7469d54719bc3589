import { standardLeads } from '../../../shared/ecg/waveform.ts';
import type { EcgDocument, EcgLead } from '../../../shared/ecg/waveform.ts';

/** A lead of one known shape: a ramp of 1 µV per sample, so that every sample tells its own index. */
export function rampLead(name: string, count: number, sampleRateHz: number): EcgLead {
  return { name, sampleRateHz, unit: 'uV', samples: Array.from({ length: count }, (_, i) => i) };
}

export function documentOf(leads: EcgLead[]): EcgDocument {
  return { format: 'dicom', groups: [{ label: 'rhythm', leads }], warnings: [] };
}

/** Twelve leads of a small saw tooth, so that no base line is taken for an electrode offset. */
export function twelveLeads(seconds = 10, sampleRateHz = 500): EcgDocument {
  const samples = Array.from({ length: seconds * sampleRateHz }, (_, i) => i % 300);
  return documentOf(standardLeads.map((name) => ({ name, sampleRateHz, unit: 'uV', samples })));
}
