import { standardLeads } from '../../../shared/ecg/waveform.ts';
import type { EcgDocument, EcgLead } from '../../../shared/ecg/waveform.ts';

/** A lead of one known shape: a ramp of 1 µV per sample, so that every sample tells its own index. */
export function rampLead(name: string, count: number, sampleRateHz: number): EcgLead {
  return { name, sampleRateHz, unit: 'uV', samples: Array.from({ length: count }, (_, i) => i) };
}

export function documentOf(leads: EcgLead[]): EcgDocument {
  return { format: 'dicom', groups: [{ label: 'rhythm', leads }], warnings: [] };
}

export function twelveLeads(seconds = 10, sampleRateHz = 500): EcgDocument {
  return documentOf(standardLeads.map((name) => rampLead(name, seconds * sampleRateHz, sampleRateHz)));
}
