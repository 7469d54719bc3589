import type { EcgView } from '../../../../shared/contracts/ecg.ts';

/** One line of the comparison: both values, rounded as they are shown, and what changed between them. */
export interface ComparedValue {
  key: 'heartRate' | 'pr' | 'qrs' | 'qt' | 'qtcBazett' | 'qtcFridericia' | 'pAxis' | 'qrsAxis' | 'tAxis';
  unit: 'perMinute' | 'milliseconds' | 'degrees';
  earlier: number | null;
  current: number | null;
  /** Current less earlier; axes by the shorter way round, -180 to 180. Null where either is missing. */
  change: number | null;
}

type Read = Pick<EcgView, 'detectedHeartRatePerMinute' | 'preRead'>;

/** Rates, intervals and axes of two recordings side by side, from our own unconfirmed readings. */
export function compareValues(earlier: Read, current: Read): ComparedValue[] {
  const interval = (name: string) => (read: Read) => read.preRead?.intervals[name] ?? null;
  const rows: [ComparedValue['key'], ComparedValue['unit'], (read: Read) => number | null][] = [
    ['heartRate', 'perMinute', (read) => read.detectedHeartRatePerMinute],
    ['pr', 'milliseconds', interval('pr')],
    ['qrs', 'milliseconds', interval('qrs')],
    ['qt', 'milliseconds', interval('qt')],
    ['qtcBazett', 'milliseconds', interval('qtcBazett')],
    ['qtcFridericia', 'milliseconds', interval('qtcFridericia')],
    ['pAxis', 'degrees', (read) => read.preRead?.axes.p ?? null],
    ['qrsAxis', 'degrees', (read) => read.preRead?.axes.qrs ?? null],
    ['tAxis', 'degrees', (read) => read.preRead?.axes.t ?? null],
  ];
  const whole = (value: number | null) => (value === null ? null : Math.round(value));
  return rows.map(([key, unit, of]) => {
    const [before, now] = [whole(of(earlier)), whole(of(current))];
    const plain = before === null || now === null ? null : now - before;
    const change = plain !== null && unit === 'degrees' ? turned(plain) : plain;
    return { key, unit, earlier: before, current: now, change };
  });
}

/** -179 after 180 is one degree, not 359. */
function turned(degrees: number): number {
  const around = (((degrees % 360) + 540) % 360) - 180;
  return around === -180 ? 180 : around;
}
