import { readFileSync } from 'node:fs';
import type { ImagingMeasurement, MeasurementType } from '../../../shared/contracts/viewing.ts';
import {
  measureAngle,
  measureCardiothoracicRatio,
  measureCobb,
  measureLength,
  valueAt,
  type Calibration,
} from '../../../shared/dicom/measured-values.ts';
import { describeFrame, readPixelLayout } from '../../../shared/dicom/pixels/image-description.ts';
import { loadFrame } from '../../../shared/dicom/pixels/load-frame.ts';
import { regionStatistics } from '../../../shared/dicom/region-statistics.ts';
import type { ThreadJob } from '../../platform/threads/thread-pool.ts';
import { nodeCodecs } from '../node-codecs.ts';
import { parseFile } from '../read-instance.ts';

// Runs in worker threads: the bytes are a stranger's.

export type Quantity =
  'length' | 'angle' | 'cobb' | 'cardiothoracic' | 'area' | 'mean' | 'deviation' | 'minimum' | 'maximum' | 'value';

export interface MeasuredValue {
  quantity: Quantity;
  /** Null where the image's pixels cannot be read. */
  value: number | null;
  /** UCUM. */
  unit: 'mm' | 'mm2' | '{pixels}' | 'deg' | "[hnsf'U]" | '1';
}

export interface MeasuredMark {
  values: MeasuredValue[];
  /** Of lengths and areas: true in the patient, at the detector alone, or not calibrated. */
  calibration: Calibration;
}

export interface MeasureRequest {
  path: string;
  /** 1-based. */
  frameNumber: number;
  measurements: ImagingMeasurement[];
}

const NEEDS_PIXELS: ReadonlySet<MeasurementType> = new Set(['ellipse', 'rectangle', 'probe']);

/** The values of one frame's measurements, in their order. Throws ImagingError or DicomDecodeError. */
export async function measureFrame({ path, frameNumber, measurements }: MeasureRequest): Promise<MeasuredMark[]> {
  const file = readFileSync(path);
  // A Buffer's slice shares its memory, where decoding counts on a copy.
  const { dataSet } = parseFile(new Uint8Array(file.buffer, file.byteOffset, file.byteLength));
  const transferSyntaxUid = dataSet.string('x00020010')?.replace(/[\0 ]+$/, '') ?? '';
  const description = describeFrame(dataSet, frameNumber - 1, readPixelLayout(dataSet));
  const frame = measurements.some(({ type }) => NEEDS_PIXELS.has(type))
    ? await loadFrame({ dataSet, transferSyntaxUid }, frameNumber, nodeCodecs).catch(() => null)
    : null;
  const intensity = description.unit === 'HU' ? "[hnsf'U]" : '1';
  const { spacing, pixelAspect } = description;
  return measurements.map(({ type, points }): MeasuredMark => {
    const calibration = spacing?.plane ?? 'none';
    switch (type) {
      case 'length': {
        const { value, unit } = measureLength(points, spacing);
        return { calibration, values: [{ quantity: 'length', value, unit: unit === 'mm' ? 'mm' : '{pixels}' }] };
      }
      case 'angle':
        return { calibration, values: [{ quantity: 'angle', value: measureAngle(points, pixelAspect), unit: 'deg' }] };
      case 'cobb':
        return { calibration, values: [{ quantity: 'cobb', value: measureCobb(points, pixelAspect), unit: 'deg' }] };
      case 'cardiothoracic': {
        const ratio = measureCardiothoracicRatio(points, pixelAspect);
        const value = Number.isFinite(ratio) ? ratio : null;
        return { calibration, values: [{ quantity: 'cardiothoracic', value, unit: '1' }] };
      }
      case 'probe': {
        const value = frame && valueAt(frame, points[0]!, points[1]!);
        // A colour has no single value.
        const none = frame?.pixels.kind === 'colour';
        return { calibration, values: none ? [] : [{ quantity: 'value', value, unit: intensity }] };
      }
      case 'ellipse':
      case 'rectangle': {
        const { columnMm, rowMm } = spacing ?? { columnMm: 1, rowMm: 1 };
        const sides = Math.abs((points[2]! - points[0]!) * columnMm * (points[3]! - points[1]!) * rowMm);
        const area: MeasuredValue = {
          quantity: 'area',
          value: sides * (type === 'ellipse' ? Math.PI / 4 : 1),
          unit: spacing ? 'mm2' : '{pixels}',
        };
        if (frame?.pixels.kind === 'colour') return { calibration, values: [area] };
        const found = frame && regionStatistics(type, points, frame).values;
        return {
          calibration,
          values: [
            area,
            ...(['mean', 'deviation', 'minimum', 'maximum'] as const).map((quantity): MeasuredValue => ({
              quantity,
              value: found?.[quantity] ?? null,
              unit: intensity,
            })),
          ],
        };
      }
      case 'arrow':
      case 'text':
        return { calibration, values: [] };
    }
  });
}

export const measureFrameJob: ThreadJob<MeasureRequest, MeasuredMark[]> = {
  moduleUrl: import.meta.url,
  exportName: 'measureFrame',
  timeoutMs: 20_000,
};
