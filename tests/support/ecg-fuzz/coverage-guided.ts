/**
 * Coverage-guided fuzzing of the decoders: a changed file that reaches a branch, or a number of turns of it, which none
 * before did is kept and changed further, as AFL does (Zalewski, "Technical whitepaper for afl-fuzz"). V8's own block
 * coverage tells what was reached. Started by coverage-fuzz.long.test.ts with `coverage-guided.ts FORMAT SECONDS SEED`;
 * prints one line of JSON.
 */
import { Session } from 'node:inspector/promises';
import { performance } from 'node:perf_hooks';
import { randomSource } from '../../../shared/ecg/random-source.ts';
import { corpusOf, decoderOf, fuzzedFormats } from './corpus.ts';
import { judge } from './judge.ts';
import { mutate } from './mutators.ts';

export interface CoverageReport {
  runs: number;
  /** Branches that the corpus of our writers reaches, and that were reached in the end. */
  featuresBefore: number;
  featuresAfter: number;
  kept: number;
  slowestMs: number;
  /** What was wrong, and the file in base64. */
  failures: { message: string; file: string }[];
}

const [name = '', secondsText = '', seedText = ''] = process.argv.slice(2);
const format = fuzzedFormats.find((known) => known === name);
const seconds = Number(secondsText);
if (format === undefined || !(seconds > 0)) throw new Error('coverage-guided.ts FORMAT SECONDS SEED');

const random = randomSource(Number(seedText) || 1);
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** Turns of a block in powers of two, as more is seldom another way through the code. */
const bucket = (count: number) => Math.min(8, Math.ceil(Math.log2(count + 1)));

const seen = new Set<string>();
/** Features of the decoders that were reached since the last call and never before. */
async function newFeatures(): Promise<string[]> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const fresh: string[] = [];
  for (const script of result) {
    if (!script.url.includes('/server/ecg/decode/')) continue;
    for (const { ranges } of script.functions) {
      for (const { startOffset, endOffset, count } of ranges) {
        const feature = `${script.scriptId}:${startOffset}:${endOffset}:${bucket(count)}`;
        if (count > 0 && !seen.has(feature)) fresh.push(feature);
      }
    }
  }
  return fresh;
}

const decode = decoderOf(format);
const corpus = corpusOf(format);
const report: CoverageReport = { runs: 0, featuresBefore: 0, featuresAfter: 0, kept: 0, slowestMs: 0, failures: [] };

function tryFile(bytes: Uint8Array): void {
  const start = process.cpuUsage();
  try {
    judge(bytes, decode);
  } catch (error) {
    const message = error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error);
    if (report.failures.length < 20 && !report.failures.some((known) => known.message === message)) {
      report.failures.push({ message, file: Buffer.from(bytes).toString('base64') });
    }
  }
  report.runs++;
  report.slowestMs = Math.max(report.slowestMs, process.cpuUsage(start).user / 1000);
}

for (const bytes of corpus) tryFile(bytes);
for (const feature of await newFeatures()) seen.add(feature);
report.featuresBefore = seen.size;

const end = performance.now() + seconds * 1000;
while (performance.now() < end) {
  // New finds first: half of the picks are among the last sixteen.
  const from = random() < 0.5 ? Math.max(0, corpus.length - 16) : 0;
  const bytes = mutate(corpus[from + Math.floor(random() * (corpus.length - from))]!, corpus, random);
  tryFile(bytes);
  const fresh = await newFeatures();
  if (fresh.length === 0) continue;
  for (const feature of fresh) seen.add(feature);
  if (corpus.length < 2000) corpus.push(bytes);
  report.kept++;
}
report.featuresAfter = seen.size;
session.disconnect();
process.stdout.write(`${JSON.stringify(report)}\n`);
