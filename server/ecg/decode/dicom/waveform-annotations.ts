import type { DataSet } from 'dicom-parser';
import type { EcgMeasurements } from '../../../../shared/ecg/waveform.ts';
import { decodeLimits } from '../decode-limits.ts';
import type { TextReader } from './decode-dicom-ecg.ts';

type Field = keyof EcgMeasurements;

/** Concept codes of the ECG measurements in PS3.16 (SCP-ECG clause numbers, 11073 partition 2, LOINC for axes). */
const fieldsByCode: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['SCPECG:5.10.2.1-3', 'rrIntervalMs'],
  ['SCPECG:5.13.5-7', 'prIntervalMs'],
  ['SCPECG:5.13.5-9', 'qrsDurationMs'],
  ['SCPECG:5.13.5-11', 'qtIntervalMs'],
  ['SCPECG:5.10.2.5-5', 'qtcIntervalMs'],
  ['SCPECG:5.10.3-11', 'pAxisDegrees'],
  ['SCPECG:5.10.3-13', 'qrsAxisDegrees'],
  ['SCPECG:5.10.3-15', 'tAxisDegrees'],
  ['MDC:2:16016', 'heartRatePerMinute'],
  ['MDC:2:16168', 'rrIntervalMs'],
  ['MDC:2:15872', 'prIntervalMs'],
  ['MDC:2:16156', 'qrsDurationMs'],
  ['MDC:2:16160', 'qtIntervalMs'],
  ['MDC:2:15876', 'qtcIntervalMs'],
  ['MDC:2:16128', 'pAxisDegrees'],
  ['MDC:2:16132', 'qrsAxisDegrees'],
  ['MDC:2:16136', 'tAxisDegrees'],
  ['LN:8867-4', 'heartRatePerMinute'],
  ['LN:8626-4', 'pAxisDegrees'],
  ['LN:8632-2', 'qrsAxisDegrees'],
  ['LN:9997-8', 'qrsAxisDegrees'],
  ['LN:8638-9', 'tAxisDegrees'],
]);

/** For codes not listed, the meaning's words; a lead's own measurement never gets here. */
const fieldsByMeaning: readonly [RegExp, Field][] = [
  [/^(ventricular |mean ventricular )?(heart )?rate\b/i, 'heartRatePerMinute'],
  [/^(mean )?rr interval\b/i, 'rrIntervalMs'],
  [/^p duration\b/i, 'pDurationMs'],
  [/^pr interval\b/i, 'prIntervalMs'],
  [/^qrs duration\b/i, 'qrsDurationMs'],
  [/^qtc interval\b/i, 'qtcIntervalMs'],
  [/^qt interval\b/i, 'qtIntervalMs'],
  [/^p(-| wave )?\s*axis\b/i, 'pAxisDegrees'],
  [/^(qrs|r)(-| wave )?\s*axis\b/i, 'qrsAxisDegrees'],
  [/^t(-| wave )?\s*axis\b/i, 'tAxisDegrees'],
];

/** What one of the unit is in the field's own unit (milliseconds, degrees, beats a minute); undefined if it cannot be. */
function unitFactor(field: Field, unit: string): number | undefined {
  const known = unit.trim().toLowerCase();
  if (known === '') return 1;
  if (field.endsWith('Ms')) return { ms: 1, s: 1000, us: 0.001 }[known];
  if (field.endsWith('Degrees')) return { deg: 1, degrees: 1, degree: 1, '°': 1 }[known];
  return /^(\{.*\})?(\/min|bpm|1\/min)/.test(known) || known === '{h.b.}/min' ? 1 : undefined;
}

function concept(dataSet: DataSet, tag: string, text: TextReader) {
  const item = dataSet.elements[tag]?.items?.[0]?.dataSet;
  if (!item) return undefined;
  const scheme = (text(item, 'x00080102') ?? '').toUpperCase().replace(/^LOINC$/, 'LN');
  return {
    code: `${scheme}:${text(item, 'x00080100') ?? ''}`,
    value: text(item, 'x00080100'),
    meaning: text(item, 'x00080104'),
  };
}

/** Referenced Waveform Channels (0040,A0B0): pairs of group and channel; channel 0 stands for all of the group. */
function concernsOneLead(item: DataSet): boolean {
  const channel = item.uint16('x0040a0b0', 1);
  return channel !== undefined && channel !== 0;
}

/**
 * The cardiograph's own statements and global measurements from the Waveform Annotation Sequence (PS3.3 C.10.10).
 * Values of single leads and points in time (fiducials) are not taken.
 */
export function readWaveformAnnotations(
  dataSet: DataSet,
  text: TextReader,
): { measurements: EcgMeasurements | undefined; statements: string[] } {
  const measurements: EcgMeasurements = {};
  const statements: string[] = [];
  for (const { dataSet: item } of dataSet.elements['x0040b020']?.items ?? []) {
    if (!item) continue;
    const words = text(item, 'x00700006');
    if (words !== undefined && statements.length < decodeLimits.statements) statements.push(words);
    const name = concept(item, 'x0040a043', text);
    const coded = concept(item, 'x0040a168', text);
    if (words === undefined && coded?.meaning !== undefined && statements.length < decodeLimits.statements) {
      statements.push(coded.meaning);
    }
    const value = Number(text(item, 'x0040a30a')?.split('\\')[0] ?? 'NaN');
    if (!name || !Number.isFinite(value) || concernsOneLead(item)) continue;
    const field = fieldsByCode.get(name.code) ?? fieldsByMeaning.find(([words]) => words.test(name.meaning ?? ''))?.[1];
    if (!field || measurements[field] !== undefined) continue;
    const factor = unitFactor(field, concept(item, 'x004008ea', text)?.value ?? '');
    // Cardiographs write 0 for an interval or rate that they did not find; an axis may really be 0.
    if (factor === undefined || (value <= 0 && !field.endsWith('Degrees'))) continue;
    measurements[field] = value * factor;
  }
  return { measurements: Object.keys(measurements).length > 0 ? measurements : undefined, statements };
}
