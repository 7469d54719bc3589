import type { TFunction } from 'i18next';
import { measurementPoints } from '../../../../shared/contracts/viewing.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import {
  measureAngle,
  measureCardiothoracicRatio,
  measureCobb,
  measureLength,
  valueAt,
  type Calibration,
} from '../../../../shared/dicom/measured-values.ts';
import { regionStatistics } from '../../../../shared/dicom/region-statistics.ts';
import type { Measurement } from './measurement.ts';

/** What stands beside a measurement, line by line; empty while it is not drawn to the end. */
export function measurementWords(measurement: Measurement, frame: DisplayFrame, t: TFunction): string[] {
  const { type, points } = measurement;
  const { description } = frame;
  if (points.length / 2 < measurementPoints[type]) return [];
  switch (type) {
    case 'length': {
      const { value, unit, calibration } = measureLength(points, description.spacing);
      return [`${value.toFixed(1)} ${unit}${note(calibration, t)}`];
    }
    case 'angle':
      return [`${measureAngle(points, description.pixelAspect).toFixed(1)}°`];
    case 'cobb':
      return [`Cobb ${measureCobb(points, description.pixelAspect).toFixed(1)}°`];
    case 'cardiothoracic': {
      const ratio = measureCardiothoracicRatio(points, description.pixelAspect);
      return Number.isFinite(ratio) ? [`${t('imaging.viewer.ratio')} ${ratio.toFixed(2)}`] : [];
    }
    case 'probe':
      return [wordValue(frame, points[0]!, points[1]!)];
    case 'ellipse':
    case 'rectangle': {
      const { values, area, areaUnit, calibration, pixels } = regionStatistics(type, points, frame);
      const size = `${t('imaging.viewer.area')} ${tidy(area)} ${areaUnit}${note(calibration, t)}  n ${pixels}`;
      if (!values) return [size];
      const unit = description.unit ? ` ${description.unit}` : '';
      return [
        `${t('imaging.viewer.mean')} ${tidy(values.mean)} ± ${tidy(values.deviation)}${unit}`,
        t('imaging.viewer.range', { minimum: tidy(values.minimum), maximum: tidy(values.maximum) }),
        size,
      ];
    }
    case 'arrow':
    case 'text':
      return measurement.text ? [measurement.text] : [];
  }
}

/** Value of a pixel in the modality's unit; a colour in red, green and blue. */
export function wordValue(frame: DisplayFrame, column: number, row: number): string {
  const value = valueAt(frame, column, row);
  if (value !== null) return `${tidy(value)}${frame.description.unit ? ` ${frame.description.unit}` : ''}`;
  const { pixels, columns, rows } = frame;
  const [x, y] = [Math.floor(column), Math.floor(row)];
  if (pixels.kind !== 'colour' || x < 0 || y < 0 || x >= columns || y >= rows) return '–';
  return `RGB ${[...pixels.rgba.subarray((y * columns + x) * 4, (y * columns + x) * 4 + 3)].join(' ')}`;
}

function note(calibration: Calibration, t: TFunction): string {
  if (calibration === 'none') return ` ${t('imaging.viewer.uncalibrated')}`;
  return calibration === 'detector' ? ` ${t('imaging.viewer.atDetector')}` : '';
}

/** Whole numbers as they are, others with one decimal, small ones with three digits. */
function tidy(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toPrecision(3);
}
