import type { EcgMeasurements } from '../../../../shared/ecg/waveform.ts';
import { decodeLimits } from '../decode-limits.ts';
import type { Quantity } from './aecg-series.ts';

/** One `annotation` element while it is being read; annotations nest. */
export interface Annotation {
  code: string;
  valueCode: string;
  valueName: string;
  value?: Quantity;
  text: string;
  /** True when its region of interest names a lead: then it says nothing about the whole heart. */
  oneLead: boolean;
  low?: Quantity;
  high?: Quantity;
}

type Field = keyof EcgMeasurements;

const fields: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['MDC_ECG_HEART_RATE', 'heartRatePerMinute'],
  ['MDC_ECG_TIME_PD_RR', 'rrIntervalMs'],
  ['MDC_ECG_TIME_PD_P', 'pDurationMs'],
  ['MDC_ECG_TIME_PD_PR', 'prIntervalMs'],
  ['MDC_ECG_TIME_PD_QRS', 'qrsDurationMs'],
  ['MDC_ECG_TIME_PD_QT', 'qtIntervalMs'],
  ['MDC_ECG_TIME_PD_QTC', 'qtcIntervalMs'],
  ['MDC_ECG_TIME_PD_QTCB', 'qtcIntervalMs'],
  ['MDC_ECG_TIME_PD_QTCF', 'qtcIntervalMs'],
  ['MDC_ECG_ANGLE_P_FRONT', 'pAxisDegrees'],
  ['MDC_ECG_ANGLE_QRS_FRONT', 'qrsAxisDegrees'],
  ['MDC_ECG_ANGLE_T_FRONT', 'tAxisDegrees'],
]);

/** Intervals without a unit are milliseconds in the exports that were seen. */
function inFieldUnit(field: Field, quantity: Quantity): number | undefined {
  if (!Number.isFinite(quantity.value)) return undefined;
  if (!field.endsWith('Ms')) return quantity.value;
  const factor = { '': 1, ms: 1, s: 1000, us: 0.001 }[quantity.unit];
  return factor === undefined ? undefined : quantity.value * factor;
}

const waves: ReadonlyMap<string, 'p' | 'qrs' | 't'> = new Map([
  ['MDC_ECG_WAVC_PWAVE', 'p'],
  ['MDC_ECG_WAVC_QRSWAVE', 'qrs'],
  ['MDC_ECG_WAVC_TWAVE', 't'],
]);

/** Gathers what the device says about the whole recording. */
export class AnnotationFindings {
  readonly measurements: EcgMeasurements = {};
  readonly statements: string[] = [];
  readonly #waves: Partial<Record<'p' | 'qrs' | 't', { low: number; high: number }>> = {};

  /** @param derived whether the annotation belongs to a derived series (the representative beat). */
  add(annotation: Annotation, derived: boolean): void {
    if (annotation.oneLead) return;
    const field = fields.get(annotation.code.toUpperCase().replace(/_GL$/, ''));
    if (field && annotation.value) {
      const value = inFieldUnit(field, annotation.value);
      const usable = value !== undefined && (value > 0 || field.endsWith('Degrees'));
      if (usable && this.measurements[field] === undefined) this.measurements[field] = value;
    }
    let statement = '';
    if (/INTERPRETATION/.test(annotation.code)) statement = annotation.text || annotation.valueName;
    else if (annotation.code === 'MDC_ECG_RHY' && !derived) statement = annotation.valueName;
    if (statement !== '' && this.statements.length < decodeLimits.statements && !this.statements.includes(statement)) {
      this.statements.push(statement.slice(0, decodeLimits.textCharacters));
    }
    this.#addWave(annotation, derived);
  }

  #addWave(annotation: Annotation, derived: boolean): void {
    const wave = waves.get(annotation.valueCode);
    if (!wave || !derived || this.#waves[wave] || !annotation.low || !annotation.high) return;
    const low = inFieldUnit('prIntervalMs', annotation.low);
    const high = inFieldUnit('prIntervalMs', annotation.high);
    if (low !== undefined && high !== undefined && high > low) this.#waves[wave] = { low, high };
  }

  /** The measurements, completed from the wave borders that the device marked on the representative beat. */
  finish(): EcgMeasurements | undefined {
    const { p, qrs, t } = this.#waves;
    const put = (field: Field, value: number | undefined): void => {
      if (value !== undefined && value > 0 && this.measurements[field] === undefined) this.measurements[field] = value;
    };
    put('pDurationMs', p && p.high - p.low);
    put('prIntervalMs', p && qrs && qrs.low - p.low);
    put('qrsDurationMs', qrs && qrs.high - qrs.low);
    put('qtIntervalMs', qrs && t && t.high - qrs.low);
    return Object.keys(this.measurements).length > 0 ? this.measurements : undefined;
  }
}
