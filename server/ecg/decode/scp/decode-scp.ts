import type { EcgDocument, EcgGroup, EcgLead } from '../../../../shared/ecg/waveform.ts';
import { calibration } from '../calibration.ts';
import { SampleBudget, WarningList } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { readScpMeasurements, readScpStatements } from './scp-findings.ts';
import { readHuffmanTables } from './scp-huffman.ts';
import type { HuffmanTables } from './scp-huffman.ts';
import { readBeats, readLeadDefinitions } from './scp-leads.ts';
import type { ScpBeats, ScpLeadDefinition, ScpLeadDefinitions } from './scp-leads.ts';
import { readScpHeader } from './scp-patient.ts';
import { readScpSections } from './scp-record.ts';
import type { ScpSection } from './scp-record.ts';
import { addReferenceBeat, bimodalCount, decodeLeads, expandBimodal, readSignalHeader } from './scp-signal.ts';
import type { ScpSignal } from './scp-signal.ts';

interface ReadContext {
  sections: Map<number, ScpSection>;
  definitions: ScpLeadDefinitions;
  beats: ScpBeats | undefined;
  tables: HuffmanTables;
  budget: SampleBudget;
  warnings: WarningList;
}

interface ReferenceBeats {
  signal: ScpSignal;
  leads: number[][];
}

/** Section 5, one reference beat for each lead (EN 1064 5.8); undefined where the file has none. */
function readReferenceBeats(context: ReadContext): ReferenceBeats | undefined {
  const section = context.sections.get(5);
  if (!section || section.content.length === 0) return undefined;
  const { leads } = context.definitions;
  const signal = readSignalHeader(section, leads.length);
  const length = Math.floor(((context.beats?.referenceBeatMs ?? 0) * 1000) / signal.intervalMicroseconds);
  if (length === 0) {
    context.warnings.add('SCP-ECG section 5: the length of the reference beat is not given; it was left out');
    return undefined;
  }
  const names = leads.map((lead) => lead.name);
  const counts = leads.map(() => length);
  return { signal, leads: decodeLeads(signal, counts, names, context.tables, context.budget, context.warnings) };
}

/** How many samples at the full rate one stored number stands for outside the protected zones. */
function decimationRatio(rhythm: ScpSignal, reference: ScpSignal | undefined): number {
  const ratio = reference ? rhythm.intervalMicroseconds / reference.intervalMicroseconds : Number.NaN;
  const whole = Math.round(ratio);
  if (!(whole >= 1 && whole <= 32 && Math.abs(ratio - whole) < 0.01)) {
    throw new EcgDecodeError(
      'malformed',
      'SCP-ECG section 6: compressed, but sections 5 and 6 do not tell by which ratio',
    );
  }
  return whole;
}

interface Rhythm {
  intervalMicroseconds: number;
  nanovoltsPerUnit: number;
  leads: number[][];
}

/** Section 6 with all its compressions undone (EN 1064 5.9). */
function readRhythm(context: ReadContext, reference: ReferenceBeats | undefined): Rhythm {
  const section = context.sections.get(6);
  if (!section || section.content.length === 0) {
    throw new EcgDecodeError('malformed', 'SCP-ECG: no rhythm data (section 6), so there is no trace to show');
  }
  const { definitions, beats, warnings } = context;
  const signal = readSignalHeader(section, definitions.leads.length);
  const compressed = signal.bimodal;
  const zones = beats?.protectedZones ?? [];
  const ratio = compressed ? decimationRatio(signal, reference?.signal) : 1;
  const counts = definitions.leads.map((lead) =>
    compressed && ratio > 1 ? bimodalCount(lead, zones, ratio) : lead.endSample - lead.startSample + 1,
  );
  const names = definitions.leads.map((lead) => lead.name);
  let leads = decodeLeads(signal, counts, names, context.tables, context.budget, warnings);
  if (compressed && ratio > 1) {
    const stored = leads;
    leads = definitions.leads.map((lead, i) => {
      context.budget.take((stored[i]?.length ?? 0) * (ratio - 1), signal.where);
      return expandBimodal(stored[i] ?? [], lead, zones, ratio);
    });
    warnings.add(
      `SCP-ECG section 6: between beats the file keeps one of ${ratio} samples; the trace is joined by lines`,
    );
  }
  const intervalMicroseconds =
    compressed && reference ? reference.signal.intervalMicroseconds : signal.intervalMicroseconds;
  if (definitions.referenceBeatSubtracted) {
    restoreReferenceBeats(leads, definitions.leads, signal, intervalMicroseconds, beats, reference);
  }
  return { intervalMicroseconds, nanovoltsPerUnit: signal.nanovoltsPerUnit, leads };
}

function restoreReferenceBeats(
  leads: number[][],
  definitions: readonly ScpLeadDefinition[],
  signal: ScpSignal,
  intervalMicroseconds: number,
  beats: ScpBeats | undefined,
  reference: ReferenceBeats | undefined,
): void {
  if (!reference || !beats) {
    throw new EcgDecodeError(
      'malformed',
      'SCP-ECG: the reference beat was subtracted, but sections 4 and 5 do not give it',
    );
  }
  if (reference.signal.intervalMicroseconds !== intervalMicroseconds) {
    throw new EcgDecodeError(
      'unsupported-format',
      'SCP-ECG: the subtracted reference beat has another sampling rate than the rhythm; this is not read',
    );
  }
  const scale = reference.signal.nanovoltsPerUnit / signal.nanovoltsPerUnit;
  definitions.forEach((lead, i) => {
    const beat = reference.leads[i] ?? [];
    addReferenceBeat(leads[i] ?? [], scale === 1 ? beat : beat.map((value) => value * scale), lead, beats);
  });
}

function toGroup(
  label: EcgGroup['label'],
  raw: readonly number[][],
  names: readonly string[],
  leading: readonly number[],
  nanovoltsPerUnit: number,
  intervalMicroseconds: number,
): EcgGroup | undefined {
  const toMicrovolts = calibration(nanovoltsPerUnit / 1000);
  const leads: EcgLead[] = [];
  raw.forEach((values, i) => {
    if (values.length === 0) return;
    const samples: (number | null)[] = new Array<null>(leading[i] ?? 0).fill(null);
    for (const value of values) samples.push(toMicrovolts(value));
    leads.push({ name: names[i] ?? '', sampleRateHz: 1e6 / intervalMicroseconds, unit: 'uV', samples });
  });
  return leads.length > 0 ? { label, leads } : undefined;
}

/**
 * Reads an SCP-ECG record (EN 1064, ISO 11073-91064): rhythm data and reference beat, all compressions of the standard,
 * the device's measurements and statements.
 * @throws EcgDecodeError
 */
export function decodeScp(bytes: Uint8Array): EcgDocument {
  const warnings = new WarningList();
  const sections = readScpSections(bytes, warnings);
  const definitions = readLeadDefinitions(sections.get(3));
  const budget = new SampleBudget();
  const tables = readHuffmanTables(sections.get(2));
  const context: ReadContext = { sections, definitions, beats: readBeats(sections.get(4)), tables, budget, warnings };
  const reference = readReferenceBeats(context);
  const rhythm = readRhythm(context, reference);

  const names = definitions.leads.map((lead) => lead.name);
  // Leads that were recorded one after the other start later: before that they have no samples, so that they align.
  const first = definitions.leads.reduce((least, lead) => Math.min(least, lead.startSample), Number.MAX_SAFE_INTEGER);
  const leading = definitions.leads.map((lead) => lead.startSample - first);
  leading.forEach((count, i) => {
    budget.takeDelay(count, 1e6 / rhythm.intervalMicroseconds, `SCP-ECG section 3, lead ${names[i] ?? ''}`);
  });
  const groups = [
    toGroup('rhythm', rhythm.leads, names, leading, rhythm.nanovoltsPerUnit, rhythm.intervalMicroseconds),
    reference &&
      toGroup(
        'median',
        reference.leads,
        names,
        [],
        reference.signal.nanovoltsPerUnit,
        reference.signal.intervalMicroseconds,
      ),
  ].filter((group) => group !== undefined);
  if (groups[0]?.label !== 'rhythm') {
    throw new EcgDecodeError('malformed', 'SCP-ECG section 6: no lead holds any sample');
  }

  const { text, patient, acquiredAt, device } = readScpHeader(sections.get(1));
  if (!patient) warnings.add('The file names no patient');
  if (acquiredAt === undefined) warnings.add('The file names no time of acquisition');
  const measurements = readScpMeasurements(sections.get(7));
  const statements = readScpStatements(sections.get(8), text);
  return {
    format: 'scp-ecg',
    ...(patient ? { patient } : {}),
    ...(acquiredAt === undefined ? {} : { acquiredAt }),
    ...(device ? { device } : {}),
    groups,
    ...(measurements ? { measurements } : {}),
    ...(statements.length > 0 ? { statements } : {}),
    warnings: warnings.lines,
  };
}
