import { standardLeads } from './waveform.ts';
import type { EcgDocument, EcgGroupLabel, EcgLead } from './waveform.ts';

/** A lead with its place in the recording, whose start is second 0 of everything on the paper. */
export interface PlacedLead extends EcgLead {
  startSeconds: number;
}

/** The leads of one document, by name, in the order a reader looks for them. */
export interface LeadSet {
  byName: ReadonlyMap<string, PlacedLead>;
  /** Leads beyond the standard twelve: right-sided and posterior first, then whatever else the file holds. */
  extra: readonly string[];
  hasStandard: boolean;
  /** II where the file has it; otherwise the lead that shows rhythm best among those present. */
  rhythmLead: string;
  /** Three for the strips of 3x4+3R: II, V1 and V5 where the file has them. */
  rhythmLeads: readonly string[];
  durationSeconds: number;
  /** What is on the paper: rhythm strips, or, where the file holds none, its first group. */
  groupLabel: EcgGroupLabel;
  /** Whether the file holds averaged beats beside its rhythm recording. */
  hasMedianBesideRhythm: boolean;
}

const extraOrder = ['V3R', 'V4R', 'V5R', 'V6R', 'V7', 'V8', 'V9'];
const rhythmPreference = ['II', 'V1', 'V5', 'I', 'III', 'aVF'];

/** Of these leads, first those that show rhythm best. */
export function rhythmLeadsOf(names: readonly string[]): string[] {
  return [...new Set([...rhythmPreference.filter((name) => names.includes(name)), ...names])];
}

/**
 * Chooses what to draw: every lead of the rhythm groups, the longest of each name. A file without a rhythm group
 * (only averaged beats, say) shows its first group, and `groupLabel` says so.
 *
 * @param document of a long recording a part, with the length of the whole
 * @param waveform 'median' asks for the averaged beats; without such the rhythm recording is shown all the same
 */
export function selectLeads(
  document: Pick<EcgDocument, 'groups'> & { durationSeconds?: number | undefined },
  waveform: 'rhythm' | 'median' = 'rhythm',
): LeadSet {
  const rhythm = document.groups.filter((group) => group.label === 'rhythm');
  const median = document.groups.filter((group) => group.label === 'median');
  const wanted = waveform === 'median' && median.length > 0 ? median : rhythm;
  const groups = wanted.length > 0 ? wanted : document.groups.slice(0, 1);
  const byName = new Map<string, PlacedLead>();
  let durationSeconds = 0;
  for (const group of groups) {
    const startSeconds = (group.startMs ?? 0) / 1000;
    for (const lead of group.leads) {
      const known = byName.get(lead.name);
      if (known && secondsOf(known) >= secondsOf(lead)) continue;
      byName.set(lead.name, { ...lead, startSeconds });
      durationSeconds = Math.max(durationSeconds, startSeconds + secondsOf(lead));
    }
  }
  const standard = new Set<string>(standardLeads);
  const others = [...byName.keys()].filter((name) => !standard.has(name));
  const known = extraOrder.filter((name) => byName.has(name));
  const rhythmLeads = rhythmLeadsOf([...byName.keys()]);
  return {
    byName,
    extra: [...known, ...others.filter((name) => !known.includes(name))],
    hasStandard: standardLeads.some((name) => byName.has(name)),
    rhythmLead: rhythmLeads[0] ?? 'II',
    rhythmLeads: rhythmLeads.slice(0, 3),
    durationSeconds: document.durationSeconds ?? durationSeconds,
    groupLabel: groups[0]?.label ?? 'rhythm',
    hasMedianBesideRhythm: rhythm.length > 0 && median.length > 0,
  };
}

function secondsOf(lead: EcgLead): number {
  return lead.sampleRateHz > 0 ? lead.samples.length / lead.sampleRateHz : 0;
}

/**
 * The potential that is drawn on a lead's base line, in microvolts. Zero, except where the recording carries an
 * electrode offset so large (over 1 mV) that the trace would leave its row: then the median, in steps of 0.1 mV.
 * Intervals and amplitudes are differences and stay untouched by it.
 */
export function baselineMicrovolts(lead: EcgLead): number {
  // Every 8th sample is plenty for a median of a base line, of a day's recording far fewer: the first paint stays quick.
  const values: number[] = [];
  const step = Math.max(8, Math.floor(lead.samples.length / 10_000));
  for (let i = 0; i < lead.samples.length; i += step) {
    const value = lead.samples[i];
    if (value !== null && value !== undefined) values.push(value);
  }
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  const median = sorted[sorted.length >> 1] ?? 0;
  return Math.abs(median) > 1000 ? Math.round(median / 100) * 100 : 0;
}
