import type { EcgLead } from '../../../shared/ecg/waveform.ts';
import { standardLeads } from '../../../shared/ecg/waveform.ts';
import { deriveLimbLeads } from '../../../shared/ecg/lead-derivation.ts';
import type { SampleBudget } from './decode-limits.ts';

const { round } = Math;

function withoutBinaryTail(sample: number | null): number | null {
  return sample === null || Number.isInteger(sample * 4) ? sample : round(sample * 1e6) / 1e6 + 0;
}

/**
 * Adds those of III, aVR, aVL and aVF that a file leaves out because they follow from I and II, exact to a picovolt.
 * Without both I and II, or when their rates differ, nothing is added.
 * @throws EcgDecodeError `too-large`
 */
export function addDerivedLimbLeads(leads: readonly EcgLead[], budget: SampleBudget, where: string): EcgLead[] {
  const named = (name: string) => leads.find((lead) => lead.name === name);
  const [one, two] = [named('I'), named('II')];
  if (!one || !two || one.sampleRateHz !== two.sampleRateHz) return [...leads];
  const wanted = (['III', 'aVR', 'aVL', 'aVF'] as const).filter((name) => !named(name));
  if (wanted.length === 0) return [...leads];
  budget.take(4 * Math.min(one.samples.length, two.samples.length), where);
  const derived = deriveLimbLeads(one.samples, two.samples);
  const added = wanted.map((name): EcgLead => {
    const samples = derived[name];
    for (let i = 0; i < samples.length; i++) samples[i] = withoutBinaryTail(samples[i] ?? null);
    return { name, sampleRateHz: one.sampleRateHz, unit: 'uV', samples };
  });
  return inStandardOrder([...leads, ...added]);
}

/** The twelve leads in their usual order, then the others as they came. */
export function inStandardOrder(leads: readonly EcgLead[]): EcgLead[] {
  const names: readonly string[] = standardLeads;
  const rank = (lead: EcgLead) => (names.includes(lead.name) ? names.indexOf(lead.name) : names.length);
  return leads.toSorted((a, b) => rank(a) - rank(b));
}

/** Those of the twelve leads that are not among the given ones. */
export function missingStandardLeads(leads: readonly EcgLead[]): string[] {
  return standardLeads.filter((name) => !leads.some((lead) => lead.name === name));
}
