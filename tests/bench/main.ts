import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { benchEcg } from './ecg-bench.ts';
import { printTable, type BenchRow } from './measure.ts';
import { benchRing } from './ring-bench.ts';

// npm run bench [-- ecg | ring]: prints a table and writes it as JSON to bench-results/. Traffic stays on loopback.
const chosen = process.argv.slice(2);
const wanted = (part: string) => chosen.length === 0 || chosen.includes(part);
const rows: BenchRow[] = [];
if (wanted('ecg')) rows.push(...(await benchEcg()));
if (wanted('ring')) rows.push(...(await benchRing([1, 50, 400])));
printTable(rows);
const result = {
  at: new Date().toISOString(),
  node: process.version,
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  rows,
};
mkdirSync('bench-results', { recursive: true });
const file = `bench-results/${result.at.replaceAll(':', '-')}.json`;
writeFileSync(file, JSON.stringify(result, null, 2));
console.log(`\n${file}`);
process.exit(0);
