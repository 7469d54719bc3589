import type { PreReadView } from '../../shared/contracts/ecg.ts';
import type { Interval, PreRead } from '../../shared/ecg/pre-read.ts';

/** More than any reader looks at; a long recording of noise fires many. */
const mostResults = 40;
const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value));

/** What is kept of a pre-read: everything said, without the beats that it was said of. */
export function viewOfPreRead(preRead: PreRead): PreReadView {
  const { pDuration, pr, qrs, qt, rr, qtc } = preRead.intervals;
  const measured: Record<string, Interval> = { pDuration, pr, qrs, qt, rr };
  return {
    danger: preRead.danger,
    ruleTable: preRead.ruleTable,
    results: [...preRead.results]
      .sort((a, b) => a.danger - b.danger)
      .slice(0, mostResults)
      .map(({ ruleId, edition, citation, danger, leads, territories, values, assumed }) => ({
        ruleId,
        edition,
        citation,
        danger,
        leads,
        territories,
        values: values.map((value) => ({ ...value, measured: Math.round(value.measured * 100) / 100 })),
        assumed,
      })),
    rhythm: preRead.rhythm.findings.map(({ code, confidence }) => ({ code, confidence })),
    quality: preRead.quality.map(({ code, severity, leads, value }) => ({ code, severity, leads, value })),
    intervals: {
      ...Object.fromEntries(Object.entries(measured).map(([name, { ms }]) => [name, rounded(ms)])),
      qtcBazett: rounded(qtc?.bazettMs ?? null),
      qtcFridericia: rounded(qtc?.fridericiaMs ?? null),
      qtcFramingham: rounded(qtc?.framinghamMs ?? null),
      qtcHodges: rounded(qtc?.hodgesMs ?? null),
    },
    doubtful: Object.entries(measured).flatMap(([name, { confidence }]) => (confidence === 'low' ? [name] : [])),
    axes: {
      p: rounded(preRead.axes.pDegrees),
      qrs: rounded(preRead.axes.qrsDegrees),
      t: rounded(preRead.axes.tDegrees),
    },
    shortened: preRead.shortened,
  };
}
