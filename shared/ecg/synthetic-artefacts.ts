import { gaussianSource, randomSource } from './random-source.ts';
import type { EcgLead } from './waveform.ts';

const { sin, round, PI } = Math;

/** What goes wrong at the couch. Amplitudes are microvolts. */
export type SyntheticArtefact =
  | { kind: 'white-noise'; microvolts: number }
  /** Muscle tremor: noise above about 25 Hz, in bursts; standard deviation within a burst. */
  | { kind: 'muscle'; microvolts: number; leads?: readonly string[] }
  | { kind: 'wander'; microvolts: number; hertz?: number }
  | { kind: 'mains'; microvolts: number; hertz?: number; leads?: readonly string[] }
  | { kind: 'flat'; leads: readonly string[] }
  | { kind: 'saturated'; leads: readonly string[]; microvolts?: number };

/** Electrodes on the wrong place. The right and left arm exchange I's sign, II with III, and aVR with aVL. */
export type SyntheticSwap = 'arms' | readonly [first: string, second: string];

/** Artefacts that reach recorded leads (I, II and the chest leads), before the other limb leads are derived. Seeded. */
export function addArtefact(
  samplesByLead: ReadonlyMap<string, Float64Array>,
  artefact: SyntheticArtefact,
  sampleRateHz: number,
  seed: number,
): void {
  const uniform = randomSource(seed);
  const gaussian = gaussianSource(uniform);
  let leadIndex = 0;
  for (const [name, samples] of samplesByLead) {
    const phase = 2 * PI * uniform();
    const wanted = !('leads' in artefact) || artefact.leads === undefined || artefact.leads.includes(name);
    if (!wanted) continue;
    leadIndex += 1;
    if (artefact.kind === 'white-noise') {
      for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] ?? 0) + artefact.microvolts * gaussian();
    } else if (artefact.kind === 'muscle') addMuscle(samples, artefact.microvolts, sampleRateHz, gaussian, phase);
    else if (artefact.kind === 'wander' || artefact.kind === 'mains') {
      const hertz = artefact.hertz ?? (artefact.kind === 'wander' ? 0.25 : 50);
      const angle = (2 * PI * hertz) / sampleRateHz;
      const start = artefact.kind === 'wander' ? leadIndex : phase;
      for (let i = 0; i < samples.length; i++) {
        samples[i] = (samples[i] ?? 0) + artefact.microvolts * sin(angle * i + start);
      }
    } else samples.fill(artefact.kind === 'flat' ? 0 : (artefact.microvolts ?? 5000));
  }
}

function addMuscle(
  samples: Float64Array,
  microvolts: number,
  sampleRateHz: number,
  gaussian: () => number,
  phase: number,
): void {
  // The difference of successive values takes the slow half away; bursts come and go about once a second.
  let previous = gaussian();
  for (let i = 0; i < samples.length; i++) {
    const value = gaussian();
    const burst = 0.5 + 0.5 * sin((2 * PI * 0.9 * i) / sampleRateHz + phase);
    samples[i] = (samples[i] ?? 0) + (microvolts * burst * (value - previous)) / Math.SQRT2;
    previous = value;
  }
}

/** Exchanges leads as wrongly placed electrodes would; all twelve leads must be there for 'arms'. */
export function swapElectrodes(leads: readonly EcgLead[], swap: SyntheticSwap): EcgLead[] {
  const samplesOf = (name: string): (number | null)[] => leads.find((lead) => lead.name === name)?.samples ?? [];
  const negated = (name: string): (number | null)[] =>
    samplesOf(name).map((sample) => (sample === null ? null : -sample + 0));
  if (swap === 'arms') {
    const changed: Record<string, (number | null)[]> = {
      I: negated('I'),
      II: samplesOf('III'),
      III: samplesOf('II'),
      aVR: samplesOf('aVL'),
      aVL: samplesOf('aVR'),
    };
    return leads.map((lead) => ({ ...lead, samples: [...(changed[lead.name] ?? lead.samples)] }));
  }
  const [first, second] = swap;
  return leads.map((lead) => {
    const from = lead.name === first ? second : lead.name === second ? first : lead.name;
    return { ...lead, samples: [...samplesOf(from)] };
  });
}

/** Whole steps of microvolts, as an analogue-digital converter gives them. */
export function quantised(samples: Float64Array, step: number): number[] {
  const result = new Array<number>(samples.length);
  for (let i = 0; i < samples.length; i++) result[i] = round((samples[i] ?? 0) / step) * step + 0;
  return result;
}
