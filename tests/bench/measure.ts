/** One line of the table: a figure of ours beside a floor measured in the same run. */
export interface BenchRow {
  name: string;
  unit: 'ms' | 'MiB' | '%';
  median: number;
  p95: number;
  samples: number;
  floor: { name: string; median: number } | null;
  /** Ours over the floor: 1 is the floor itself. */
  ratio: number | null;
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;

export function row(
  name: string,
  unit: BenchRow['unit'],
  values: readonly number[],
  floor?: { name: string; values: readonly number[] },
): BenchRow {
  const sorted = [...values].sort((a, b) => a - b);
  const floorSorted = [...(floor?.values ?? [])].sort((a, b) => a - b);
  const median = at(sorted, 0.5);
  const floorMedian = floor === undefined ? null : at(floorSorted, 0.5);
  return {
    name,
    unit,
    median,
    p95: at(sorted, 0.95),
    samples: values.length,
    floor: floor === undefined || floorMedian === null ? null : { name: floor.name, median: floorMedian },
    ratio: floorMedian === null ? null : median / floorMedian,
  };
}

/** Milliseconds of each of `times` runs, one after the other, after a warm-up. */
export async function timed(times: number, run: (index: number) => unknown): Promise<number[]> {
  for (let index = 0; index < Math.min(5, times); index += 1) await run(-1 - index);
  const values: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const start = performance.now();
    await run(index);
    values.push(performance.now() - start);
  }
  return values;
}

export function printTable(rows: readonly BenchRow[]): void {
  const cells = rows.map((one) => [
    one.name,
    `${one.median.toFixed(2)} ${one.unit}`,
    `${one.p95.toFixed(2)} ${one.unit}`,
    String(one.samples),
    one.floor === null ? '' : `${one.floor.name}: ${one.floor.median.toFixed(2)} ${one.unit}`,
    one.ratio === null ? '' : `${one.ratio.toFixed(1)} x`,
  ]);
  const head = ['measured', 'median', 'p95', 'n', 'floor in the same run', 'ratio'];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]!.length)));
  for (const line of [head, ...cells]) console.log(line.map((cell, column) => cell.padEnd(widths[column]!)).join('  '));
}
