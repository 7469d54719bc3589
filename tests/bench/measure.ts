/** One line of the table: a figure of ours beside a floor measured in the same run. */
export interface BenchRow {
  name: string;
  unit: string;
  /** The figure itself: the median of the samples, or the mean over a period where the row says so. */
  value: number;
  samples: number;
  median: number;
  p95: number;
  floor: { name: string; value: number; samples: number; median: number; p95: number } | null;
  /** Ours over the floor: 1 is the floor itself. Null without a floor, or with one too small to be measured. */
  ratio: number | null;
}

/** Samples of one figure; `value` where something else than their median stands for them. */
export interface Measured {
  values: readonly number[];
  value?: number;
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;

function summary({ values, value }: Measured) {
  const sorted = [...values].sort((a, b) => a - b);
  const median = at(sorted, 0.5);
  return { value: value ?? median, samples: sorted.length, median, p95: at(sorted, 0.95) };
}

export function row(
  name: string,
  unit: string,
  ours: readonly number[] | Measured,
  floor?: { name: string } & Measured,
): BenchRow {
  const own = summary('length' in ours ? { values: ours } : ours);
  const beside = floor === undefined ? null : { name: floor.name, ...summary(floor) };
  const ratio = beside === null || beside.value <= 0 ? null : own.value / beside.value;
  return { name, unit, ...own, floor: beside, ratio };
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

/** Milliseconds of one run, as it comes. */
export async function timedOnce(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

export function tableOf(rows: readonly BenchRow[]): string {
  const figure = (value: number, unit: string) => `${value.toFixed(2)} ${unit}`;
  const cells = rows.map((one) => [
    one.name,
    figure(one.value, one.unit),
    one.floor === null ? '' : figure(one.floor.value, one.unit),
    one.ratio === null ? '' : `${one.ratio.toFixed(1)} x`,
    String(one.samples),
    figure(one.median, one.unit),
    figure(one.p95, one.unit),
    one.floor?.name ?? '',
  ]);
  const head = ['measured', 'value', 'floor', 'ratio', 'n', 'median', 'p95', 'what the floor is'];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]!.length)));
  return [head, ...cells]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
