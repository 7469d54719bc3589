import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodeWfdb } from '../../server/ecg/decode/wfdb/decode-wfdb.ts';
import { defaultRuleTable } from '../../shared/ecg/default-reading-rules.ts';
import { detectRPeaks } from '../../shared/ecg/detect-r-peaks.ts';
import { preReadEcg } from '../../shared/ecg/pre-read.ts';
import { randomSource } from '../../shared/ecg/random-source.ts';
import { synthesizeRhythm } from '../../shared/ecg/synthesize-rhythms.ts';
import type { RhythmSynthesisOptions, RhythmSynthesisTruth } from '../../shared/ecg/synthesize-rhythms.ts';
import type { SyntheticMorphology } from '../../shared/ecg/synthetic-morphology.ts';
import type { SyntheticRhythmName } from '../../shared/ecg/synthetic-rhythm-plan.ts';
import { row, timed, type BenchRow } from './measure.ts';
import { readBeatAnnotations } from './wfdb-annotations.ts';

export interface ReadingBenchOptions {
  /** Holds WFDB records (NAME.hea beside NAME.atr, or a record NAME_... beside NAME.atr), also in folders below. */
  dataFolder?: string;
  /** Recordings for each kind and noise level. Default 6. */
  recordings?: number;
}

/** Within so many seconds of the annotation a detection counts as the same beat (ANSI/AAMI EC57: 150 ms). */
const matchSeconds = 0.15;
const noiseLevels = [0, 10, 20, 40, 80, 160] as const;
const detectionNoise = [0, 20, 80, 320, 640, 1280] as const;

interface Score {
  found: number;
  missed: number;
  invented: number;
}

function compare(found: readonly number[], truth: readonly number[], from: number, to: number): Score {
  const taken = new Set<number>();
  const inside = (time: number): boolean => time >= from && time < to;
  let [hit, missed] = [0, 0];
  for (const beat of truth.filter(inside)) {
    const index = found.findIndex((peak, i) => !taken.has(i) && Math.abs(peak - beat) <= matchSeconds);
    if (index < 0) missed++;
    else {
      taken.add(index);
      hit++;
    }
  }
  const invented = found.filter(
    (peak, i) => !taken.has(i) && inside(peak) && !truth.some((beat) => Math.abs(peak - beat) <= matchSeconds),
  ).length;
  return { found: hit, missed, invented };
}

const share = (part: number, whole: number): number => (whole === 0 ? Number.NaN : (100 * part) / whole);

function detectionRows(name: string, scores: readonly Score[]): BenchRow[] {
  const sum = (key: keyof Score): number => scores.reduce((total, score) => total + score[key], 0);
  const [found, missed, invented] = [sum('found'), sum('missed'), sum('invented')];
  const beats = `${found + missed} beats`;
  return [
    row(`QRS sensitivity, ${name}, ${beats}, ${missed} missed`, '%', {
      values: scores.map((score) => share(score.found, score.found + score.missed)),
      value: share(found, found + missed),
    }),
    row(`QRS positive predictivity, ${name}, ${beats}, ${invented} invented`, '%', {
      values: scores.map((score) => share(score.found, score.found + score.invented)),
      value: share(found, found + invented),
    }),
  ];
}

function generatedDetection(recordings: number): BenchRow[] {
  const rhythms: SyntheticRhythmName[] = [
    'sinus',
    'atrial-fibrillation',
    'premature-ventricular',
    'third-degree-av-block',
  ];
  return detectionNoise.flatMap((microvolts) => {
    const scores = rhythms.flatMap((rhythm) =>
      Array.from({ length: recordings }, (_, i) => {
        const { document, truth } = synthesizeRhythm({
          rhythm,
          seed: i + 1,
          durationSeconds: 20,
          individualSpread: 0.15,
          artefacts: [
            { kind: 'white-noise', microvolts },
            { kind: 'muscle', microvolts },
            { kind: 'wander', microvolts: 2 * microvolts },
          ],
        });
        const peaks = detectRPeaks(document.groups[0]!.leads).peakSeconds;
        return compare(
          peaks,
          truth.beats.map((beat) => beat.rPeakSeconds),
          0.2,
          19.8,
        );
      }),
    );
    return detectionRows(`generated, white noise and tremor of ${microvolts} uV each`, scores);
  });
}

function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, deviation };
}

function intervalErrors(recordings: number): BenchRow[] {
  return noiseLevels.flatMap((microvolts) => {
    const errors: Record<'PR' | 'QRS' | 'QT', number[]> = { PR: [], QRS: [], QT: [] };
    for (let seed = 1; seed <= 2 * recordings; seed++) {
      const uniform = randomSource(seed * 31);
      const { document, truth } = synthesizeRhythm({
        seed,
        heartRatePerMinute: 45 + 75 * uniform(),
        prIntervalMs: 120 + Math.round(120 * uniform()),
        qrsDurationMs: 75 + Math.round(45 * uniform()),
        individualSpread: 0.15,
        artefacts: [
          { kind: 'white-noise', microvolts },
          { kind: 'wander', microvolts: 100 },
        ],
      });
      const { pr, qrs, qt } = preReadEcg(document).intervals;
      if (pr.ms !== null && truth.prIntervalMs !== null) errors.PR.push(pr.ms - truth.prIntervalMs);
      if (qrs.ms !== null) errors.QRS.push(qrs.ms - truth.qrsDurationMs);
      if (qt.ms !== null) errors.QT.push(qt.ms - truth.qtIntervalMs);
    }
    return Object.entries(errors).map(([interval, values]) => {
      if (values.length === 0) {
        const none = new Array<number>(2 * recordings).fill(0);
        return row(`${interval}, generated, noise ${microvolts} uV: recordings in which it was measured`, '%', none);
      }
      const { mean, deviation } = meanAndDeviation(values);
      const note = interval === 'QT' ? ' (tangent; truth is the end of the wave)' : '';
      const name = `${interval} error, generated, noise ${microvolts} uV: mean, SD ${deviation.toFixed(1)} ms${note}`;
      return row(`${name}, ${2 * recordings - values.length} not measured`, 'ms', { values, value: mean });
    });
  });
}

/** One kind of generated recording, and the rules that must fire on it; `open`: those that may or may not. */
interface Kind {
  name: string;
  options: RhythmSynthesisOptions;
  expected: readonly string[];
  open?: readonly string[];
}

const stemiRules = ['stemi', 'stemi-posterior', 'stemi-right-ventricular'] as const;
const ofMorphology = (morphology: SyntheticMorphology, expected: string[], open: string[] = []): Kind => ({
  name: morphology,
  options: { morphology },
  expected,
  open,
});
const ofRhythm = (rhythm: SyntheticRhythmName, expected: string[], open: string[] = []): Kind => ({
  name: rhythm,
  options: { rhythm },
  expected,
  open,
});

const kinds: readonly Kind[] = [
  { name: 'normal', options: {}, expected: [] },
  { name: 'normal, 100 a minute', options: { heartRatePerMinute: 98 }, expected: [] },
  ...(['inferior', 'anterior', 'lateral', 'posterior', 'right-ventricular'] as const).map((place) =>
    ofMorphology(`${place}-stemi`, [], ['st-depression', 'posterior-leads-wanted']),
  ),
  ofMorphology('left-bundle-branch-block', ['left-bundle-branch-block']),
  ofMorphology('right-bundle-branch-block', ['right-bundle-branch-block']),
  ofMorphology('left-ventricular-hypertrophy', ['left-ventricular-hypertrophy']),
  ofMorphology('hyperkalaemia', ['hyperkalaemia-t']),
  ofMorphology('low-voltage', ['low-voltage']),
  ofMorphology('de-winter', ['de-winter'], ['st-depression', 'posterior-leads-wanted']),
  ofMorphology('diffuse-depression', ['avr-elevation-diffuse-depression', 'st-depression'], ['posterior-leads-wanted']),
  ofMorphology('wellens', ['wellens-biphasic'], ['wellens-deep']),
  ofMorphology('hyperacute-t', ['hyperacute-t']),
  ofRhythm('atrial-fibrillation', ['atrial-fibrillation'], ['tachycardia']),
  ofRhythm(
    'pre-excited-atrial-fibrillation',
    ['pre-excited-atrial-fibrillation'],
    ['atrial-fibrillation', 'wide-complex-tachycardia', 'ventricular-tachycardia-fast'],
  ),
  ofRhythm('first-degree-av-block', ['av-block-first-degree']),
  ofRhythm('second-degree-av-block-type-1', ['av-block-wenckebach']),
  ofRhythm('second-degree-av-block-type-2', ['av-block-second-degree']),
  ofRhythm('two-to-one-av-block', ['av-block-second-degree'], ['bradycardia-40']),
  ofRhythm('third-degree-av-block', ['av-block-third-degree'], ['bradycardia-40', 'bradycardia-extreme']),
  ofRhythm('sinus-pause', ['pause-3-s']),
  {
    name: 'pause of 6 s',
    options: { rhythm: 'sinus-pause', pauseSeconds: 6, durationSeconds: 15 },
    expected: ['pause-5-s', 'pause-3-s'],
    open: ['bradycardia-40'],
  },
  ofRhythm('premature-ventricular', ['ventricular-premature'], ['r-on-t']),
  ofRhythm('premature-atrial', ['atrial-premature']),
  ofRhythm('wide-complex-tachycardia', ['ventricular-tachycardia-fast', 'wide-complex-tachycardia']),
  ofRhythm('supraventricular-tachycardia', ['narrow-complex-tachycardia'], ['supraventricular-tachycardia-fast']),
  ofRhythm('ventricular-fibrillation', ['ventricular-fibrillation']),
  ofRhythm('asystole', ['no-beats']),
  { name: 'QT of 580 ms', options: { heartRatePerMinute: 62, qtIntervalMs: 590 }, expected: ['qtc-550'] },
  {
    name: 'bradycardia of 33',
    options: { heartRatePerMinute: 33 },
    expected: ['bradycardia-extreme', 'bradycardia-40'],
  },
];

/** Whether the J-point levels of the truth meet the definition (man of 60 years); near misses count as they are. */
function stemiOfTruth(truth: RhythmSynthesisTruth): string[] {
  const st = truth.stLevelMicrovolts;
  const beyond = (name: string, limit: number): boolean => (st[name] ?? -1e9) >= limit;
  const row2 = (chain: readonly string[], limitOf: (name: string) => number): boolean =>
    chain.some((name, i) => {
      const next = chain[i + 1];
      return next !== undefined && beyond(name, limitOf(name)) && beyond(next, limitOf(next));
    });
  const limb: Record<string, number> = { ...st, '-aVR': -(st['aVR'] ?? 0) };
  const limbChain = ['aVL', 'I', '-aVR', 'II', 'aVF', 'III'] as const;
  const inLimbs = limbChain.some((name, i) => {
    const next = limbChain[i + 1];
    return next !== undefined && (limb[name] ?? 0) >= 100 && (limb[next] ?? 0) >= 100;
  });
  const chest = row2(['V1', 'V2', 'V3', 'V4', 'V5', 'V6'], (name) => (name === 'V2' || name === 'V3' ? 200 : 100));
  return [
    ...(inLimbs || chest ? ['stemi'] : []),
    ...(row2(['V7', 'V8', 'V9'], () => 50) ? ['stemi-posterior'] : []),
    ...(row2(['V3R', 'V4R'], () => 50) ? ['stemi-right-ventricular'] : []),
  ];
}

const infarctions: readonly string[] = ['inferior', 'anterior', 'lateral', 'posterior', 'right-ventricular'].map(
  (place) => `${place}-stemi`,
);

interface Confusion {
  truePositive: number;
  falseNegative: number;
  falsePositive: number;
  trueNegative: number;
}

function ruleConfusion(recordings: number): BenchRow[] {
  const targets = [...new Set([...stemiRules, ...kinds.flatMap(({ expected }) => expected)])];
  const tables = new Map(
    targets.map((rule): [string, Confusion] => [
      rule,
      { truePositive: 0, falseNegative: 0, falsePositive: 0, trueNegative: 0 },
    ]),
  );
  for (const kind of kinds) {
    for (let seed = 1; seed <= recordings; seed++) {
      const uniform = randomSource(seed * 131);
      const infarct = infarctions.includes(kind.name);
      const { document, truth } = synthesizeRhythm({
        seed,
        individualSpread: 0.12,
        extraLeads: infarct,
        // From well under the limits to well over them: misses at the limit are part of the figure.
        ...(infarct ? { stFactor: 0.3 + 1.2 * uniform() } : {}),
        artefacts: [
          { kind: 'white-noise', microvolts: 5 + 20 * uniform() },
          { kind: 'wander', microvolts: 150 * uniform() },
        ],
        ...kind.options,
      });
      const expected = infarct ? stemiOfTruth(truth) : kind.expected;
      const fired = preReadEcg(document, { sex: 'male', ageYears: 60 }).results.map(({ ruleId }) => ruleId);
      for (const [rule, table] of tables) {
        if (kind.open?.includes(rule) === true) continue;
        const wanted = expected.includes(rule);
        if (fired.includes(rule)) table[wanted ? 'truePositive' : 'falsePositive']++;
        else table[wanted ? 'falseNegative' : 'trueNegative']++;
      }
    }
  }
  return [...tables].map(([rule, { truePositive, falseNegative, falsePositive, trueNegative }]) => {
    const name = `rule ${rule}: fired ${truePositive} of ${truePositive + falseNegative} cases, and on ${falsePositive} of ${falsePositive + trueNegative} others`;
    const values = [
      ...new Array<number>(truePositive + trueNegative).fill(100),
      ...new Array<number>(falseNegative + falsePositive).fill(0),
    ];
    return row(`${name}; sensitivity`, '%', { values, value: share(truePositive, truePositive + falseNegative) });
  });
}

function headersBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.hea'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function annotatedRecords(folder: string): BenchRow[] {
  return headersBelow(folder).flatMap((header) => {
    const stem = header.slice(0, -'.hea'.length);
    // A part of a record (100_12min) keeps the annotations of the whole (100).
    const annotations = [`${stem}.atr`, `${stem.replace(/_[^_/]*$/, '')}.atr`].find((path) => existsSync(path));
    if (annotations === undefined) return [];
    const { groups } = decodeWfdb(readFileSync(header), (name) => {
      const path = join(header, '..', basename(name));
      return existsSync(path) ? readFileSync(path) : undefined;
    });
    const leads = groups.flatMap((group) => (group.label === 'other' ? [] : group.leads));
    const rate = leads[0]?.sampleRateHz ?? 1;
    const seconds = leads.reduce((most, lead) => Math.max(most, lead.samples.length / lead.sampleRateHz), 0);
    const truth = readBeatAnnotations(readFileSync(annotations)).map((sample) => sample / rate);
    // Some annotators begin after the first beats and end before the last.
    const from = (truth[0] ?? 0) - matchSeconds;
    const to = Math.min(seconds, (truth.at(-1) ?? 0) + matchSeconds);
    const score = compare(detectRPeaks(leads).peakSeconds, truth, from, to);
    return detectionRows(`record ${basename(stem)}, ${Math.round(seconds)} s, ${leads.length} leads`, [score]);
  });
}

/**
 * How well the computer pre-read does: QRS detection, errors of intervals, and a confusion table of each rule, with the
 * number of cases behind each figure. The recordings are generated by the same hands that wrote the reader, and the
 * annotated record of the data folder is one easy patient: the figures say that the code does what it means to, and
 * nothing about patients.
 */
export async function readingBench(options: ReadingBenchOptions = {}): Promise<BenchRow[]> {
  const recordings = options.recordings ?? 6;
  const ordinary = synthesizeRhythm({ artefacts: [{ kind: 'white-noise', microvolts: 10 }] }).document;
  const rows = [
    row('pre-read, 12 leads, 10 s', 'ms', await timed(50, () => preReadEcg(ordinary))),
    ...generatedDetection(recordings),
    ...(options.dataFolder === undefined ? [] : annotatedRecords(options.dataFolder)),
    ...intervalErrors(recordings),
    ...ruleConfusion(recordings),
  ];
  console.error(
    `bench: the reading figures hold for the generated recordings and the records named, with rule table ` +
      `${defaultRuleTable.id} ${defaultRuleTable.edition}; they claim nothing beyond that.`,
  );
  return rows;
}
