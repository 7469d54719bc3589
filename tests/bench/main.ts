import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, totalmem } from 'node:os';
import { benchCall } from './call-bench.ts';
import { benchDrag } from './drag-bench.ts';
import { benchEcgLoad } from './ecg-load-bench.ts';
import { benchEcg } from './ecg-bench.ts';
import { benchImaging } from './imaging-bench.ts';
import { tableOf, type BenchRow } from './measure.ts';
import { benchFirstPaint } from './paper-bench.ts';
import { readingBench } from './reading-bench.ts';
import { benchRing } from './ring-bench.ts';
import { closeOpenScopes } from './scope.ts';
import { benchScreen } from './screen-bench.ts';
import { benchTogether } from './together-bench.ts';
import { benchFirstImage, benchLeafing } from './viewer-bench.ts';

// npm run bench [-- ecg | ring | load | imaging | screen | call ...] [--json] [--data FOLDER OF WFDB RECORDS]: measures, prints a table, writes JSON to bench-results/.
// All traffic stays on loopback. A part is a list of functions that give rows: put a new one in its list.
const dataAt = process.argv.indexOf('--data');
const dataFolder = dataAt < 0 ? undefined : process.argv[dataAt + 1];
const parts: Record<string, (() => Promise<BenchRow[]>)[]> = {
  ecg: [benchEcg, benchFirstPaint, benchDrag, () => readingBench(dataFolder === undefined ? {} : { dataFolder })],
  ring: [benchRing],
  load: [benchEcgLoad],
  imaging: [benchImaging, benchFirstImage, benchLeafing, benchTogether],
  screen: [benchScreen],
  call: [benchCall],
};
const limitMs = 15 * 60_000;

const options = dataAt < 0 ? ['--json'] : ['--json', '--data', dataFolder];
const chosen = process.argv.slice(2).filter((argument) => !options.includes(argument));
const asJson = process.argv.includes('--json');
const unknown = chosen.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(
    `npm run bench -- [${Object.keys(parts).join(' | ')}] [--json] [--data FOLDER]; there is no ${unknown.join(', ')}`,
  );
  process.exit(2);
}

let ending: Promise<never> | null = null;
const end = (code: number, why: string) => {
  console.error(`bench: ${why}`);
  ending ??= closeOpenScopes().then(() => process.exit(code));
};
process.on('SIGINT', () => end(130, 'interrupted'));
process.on('SIGTERM', () => end(143, 'ended'));
process.on('SIGHUP', () => end(129, 'ended'));
setTimeout(() => end(1, `not done within ${limitMs / 60_000} minutes`), limitMs).unref();

const rows: BenchRow[] = [];
const machineLoad = [loadavg()[0]!];
for (const [name, measurements] of Object.entries(parts)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  for (const measure of measurements) {
    console.error(`bench: ${name} …`);
    rows.push(
      ...(await measure().catch(async (cause: unknown) => {
        // What an end from outside made fail is no failure of its own.
        await ending;
        throw cause;
      })),
    );
  }
}
machineLoad.push(loadavg()[0]!);
const result = {
  at: new Date().toISOString(),
  node: process.version,
  cores: availableParallelism(),
  memoryMegabytes: Math.round(totalmem() / 1e6),
  // Of one minute, before and after: whatever else the machine did is in the figures too.
  machineLoad,
  rows,
};
const json = `${JSON.stringify(result, null, 2)}\n`;
mkdirSync('bench-results', { recursive: true });
const file = `bench-results/${result.at.replaceAll(':', '-')}.json`;
writeFileSync(file, json);
const table = `${tableOf(rows)}\n\n${file}\n`;
if (asJson) {
  process.stderr.write(table);
  process.stdout.write(json, () => process.exit(0));
} else {
  process.stdout.write(table, () => process.exit(0));
}
