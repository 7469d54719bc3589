import type { EcgDocument, EcgGroup, EcgLead } from '../../../shared/ecg/waveform.ts';

const { abs, round } = Math;

/** Amplitude steps that cardiographs use, in nanovolts, coarsest first. */
const steps = [5000, 4880, 4000, 2500, 2000, 1250, 1000, 500, 250, 200, 100, 50, 20, 10, 5, 2, 1] as const;

/**
 * The coarsest step in which every sample is a whole 16-bit number, so that nothing is lost in writing.
 * @returns nanovolts for each unit.
 * @throws RangeError when there is none.
 */
export function exactResolutionNanovolts(leads: readonly EcgLead[]): number {
  const step = steps.find((candidate) =>
    leads.every((lead) =>
      lead.samples.every((sample) => {
        if (sample === null) return true;
        const nanovolts = round(sample * 1000);
        return (
          abs(sample * 1000 - nanovolts) < 1e-6 && nanovolts % candidate === 0 && abs(nanovolts) <= 32767 * candidate
        );
      }),
    ),
  );
  if (step === undefined) throw new RangeError('The samples cannot be written exactly as 16-bit numbers');
  return step;
}

/** The stored numbers of one lead; null stays null. */
export function toUnits(lead: EcgLead, nanovoltsPerUnit: number): (number | null)[] {
  return lead.samples.map((sample) => (sample === null ? null : round((sample * 1000) / nanovoltsPerUnit)));
}

/** As toUnits, for formats that cannot mark a missing sample. @throws RangeError */
export function toUnitsWithoutGaps(lead: EcgLead, nanovoltsPerUnit: number): number[] {
  return toUnits(lead, nanovoltsPerUnit).map((value) => {
    if (value === null) throw new RangeError(`Lead ${lead.name} has missing samples, which this format cannot hold`);
    return value;
  });
}

/** The rate and length that all leads of a group share. @throws RangeError when they do not. */
export function commonShape(group: EcgGroup): { sampleRateHz: number; samples: number } {
  const first = group.leads[0];
  if (!first) throw new RangeError('A group without leads cannot be written');
  const differs = group.leads.some(
    (lead) => lead.sampleRateHz !== first.sampleRateHz || lead.samples.length !== first.samples.length,
  );
  if (differs) throw new RangeError('The leads of a group have different rates or lengths');
  return { sampleRateHz: first.sampleRateHz, samples: first.samples.length };
}

/** The acquisition time in the parts that the formats want. @throws RangeError when the document has none. */
export function acquisitionParts(document: EcgDocument): {
  date: string;
  time: string;
  fraction: string;
  zone: string;
} {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?$/.exec(
    document.acquiredAt ?? '',
  );
  if (!match) throw new RangeError('The document needs a full time of acquisition (ISO 8601)');
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone = ''] = match;
  return {
    date: year + month + day,
    time: hour + minute + second,
    fraction,
    zone: zone === 'Z' ? '+0000' : zone.replace(':', ''),
  };
}
