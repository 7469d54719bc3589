import type { EcgLead } from './waveform.ts';

const { abs } = Math;

const pulseMicrovolts = 1000;
const toleranceMicrovolts = 50;
const shortestSeconds = 0.08;
const marginSeconds = 0.15;

/**
 * Some cardiographs append their 1 mV calibration pulse to the recording: all leads together rest at one millivolt, which
 * no heart can do (aVR is the mirror image of I and II). Returns the leads with the pulse, and the short rest on both
 * sides of it, taken out as missing; the same array when there is none. For measuring only, never for showing.
 * @param leads microvolts, simultaneous; judged only when there are three or more of one rate and length.
 */
export function withoutCalibrationPulses(leads: readonly EcgLead[]): readonly EcgLead[] {
  const first = leads[0];
  if (!first || leads.length < 3) return leads;
  const { sampleRateHz } = first;
  const length = first.samples.length;
  if (leads.some((lead) => lead.sampleRateHz !== sampleRateHz || lead.samples.length !== length)) return leads;

  const atPulse = (index: number): boolean =>
    leads.every((lead) => {
      const sample = lead.samples[index];
      return typeof sample === 'number' && abs(sample - pulseMicrovolts) <= toleranceMicrovolts;
    });
  const margin = Math.round(marginSeconds * sampleRateHz);
  const stretches: { from: number; to: number }[] = [];
  let start = -1;
  for (let i = 0; i <= length; i++) {
    const inside = i < length && atPulse(i);
    if (inside && start < 0) start = i;
    if (inside || start < 0) continue;
    if (i - start >= shortestSeconds * sampleRateHz) stretches.push({ from: start - margin, to: i + margin });
    start = -1;
  }
  if (stretches.length === 0) return leads;
  return leads.map((lead) => {
    const samples = [...lead.samples];
    for (const { from, to } of stretches) samples.fill(null, Math.max(0, from), Math.min(length, to));
    return { ...lead, samples };
  });
}
