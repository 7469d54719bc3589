import type { ImagingMeasurement } from '../../../shared/contracts/viewing.ts';
import type { Actor } from '../../platform/context.ts';
import { derivedUid } from '../derived-uid.ts';
import { observer } from './mark-document.ts';
import type { MeasuredMark, MeasuredValue, Quantity } from './measure-marks-job.ts';
import {
  code,
  codeItem,
  container,
  coordinatesItem,
  dcm,
  numberItem,
  nameItem,
  own,
  related,
  textItem,
  uidItem,
  type Code,
  type ContentItem,
  type ImageReference,
} from './sr-content.ts';

/** Comprehensive SR Storage: numbers with coordinates on images (PS3.3 A.35.3). */
export const COMPREHENSIVE_SR = '1.2.840.10008.5.1.4.1.1.88.33';

export interface ReportedMeasurement {
  measurement: ImagingMeasurement;
  measured: MeasuredMark;
  image: ImageReference;
  byAccountId: string;
  byName: string;
}

const sct = (value: string, meaning: string): Code => code(value, 'SCT', meaning);
const DERIVATION = dcm('121401', 'Derivation');
const COMMENT = dcm('121106', 'Comment');

const CONCEPTS: Record<Quantity, { name: Code | null; derivation?: Code }> = {
  length: { name: sct('410668003', 'Length') },
  angle: { name: sct('1483009', 'Angle') },
  cobb: { name: sct('285285000', 'Cobb angle') },
  cardiothoracic: { name: own('CTR', 'Cardiothoracic ratio') },
  area: { name: sct('42798000', 'Area') },
  value: { name: null },
  mean: { name: null, derivation: sct('373098007', 'Mean') },
  deviation: { name: null, derivation: sct('386136009', 'Standard Deviation') },
  minimum: { name: null, derivation: sct('255605001', 'Minimum') },
  maximum: { name: null, derivation: sct('56851009', 'Maximum') },
};
const UNIT_MEANINGS: Record<MeasuredValue['unit'], string> = {
  mm: 'millimeter',
  mm2: 'square millimeter',
  '{pixels}': 'pixels',
  deg: 'degree',
  "[hnsf'U]": 'Hounsfield unit',
  '1': 'no units',
};
const PROCEDURES: Record<string, Code> = {
  CT: sct('77477000', 'Computed tomography'),
  MR: sct('113091000', 'Magnetic resonance imaging'),
  DX: sct('168537006', 'Plain radiography'),
  CR: sct('168537006', 'Plain radiography'),
  US: sct('16310003', 'Ultrasonography'),
  MG: sct('71651007', 'Mammography'),
};
const ANY_PROCEDURE = sct('363679005', 'Imaging');

/** What an arrow without words says. */
const POINTED_AT = '箭头所指处';
const AT_DETECTOR = '按探测器平面测量，未校正放大率';

/**
 * The content of an Imaging Measurement Report, TID 1500 of PS3.16: each measurement a group with its coordinates,
 * arrows and texts as qualitative evaluations. What another person has measured names them.
 */
export function measurementReport({
  measurements,
  modalities,
  reader,
  studyInstanceUid,
}: {
  measurements: readonly ReportedMeasurement[];
  modalities: readonly string[];
  reader: Pick<Actor, 'accountId' | 'name' | 'organisationName'>;
  studyInstanceUid: string;
}): ContentItem {
  const isRemark = ({ measurement: { type } }: ReportedMeasurement) => type === 'arrow' || type === 'text';
  const remarks = measurements.filter(isRemark);
  const groups = measurements.filter((one) => !isRemark(one));
  const procedures = [...new Set(modalities.map((modality) => PROCEDURES[modality] ?? ANY_PROCEDURE))];
  return container(
    dcm('126000', 'Imaging Measurement Report'),
    [
      related(
        'HAS CONCEPT MOD',
        codeItem(
          dcm('121049', 'Language of Content Item and Descendants'),
          code('zh-CN', 'RFC5646', 'Chinese (China)'),
        ),
      ),
      ...observer(reader),
      ...procedures.map((procedure) =>
        related('HAS CONCEPT MOD', codeItem(dcm('121058', 'Procedure reported'), procedure)),
      ),
      related(
        'CONTAINS',
        container(
          dcm('126010', 'Imaging Measurements'),
          groups.map((one, index) => related('CONTAINS', groupOf(one, index + 1, reader.accountId, studyInstanceUid))),
        ),
      ),
      ...(remarks.length === 0
        ? []
        : [
            related(
              'CONTAINS',
              container(
                code('C0034375', 'UMLS', 'Qualitative Evaluations'),
                remarks.map((one) => related('CONTAINS', remarkOf(one, reader.accountId))),
              ),
            ),
          ]),
    ],
    '1500',
  );
}

/** TID 1501 for lines, angles and points; TID 1410 for regions. */
function groupOf(
  { measurement, measured, image, byAccountId, byName }: ReportedMeasurement,
  number: number,
  readerAccountId: string,
  studyInstanceUid: string,
): ContentItem {
  const isRegion = measurement.type === 'ellipse' || measurement.type === 'rectangle';
  const places = coordinatesOf(measurement, image);
  const calibrated = measured.values.some(({ unit }) => unit === 'mm' || unit === 'mm2');
  return container(
    dcm('125007', 'Measurement Group'),
    [
      related('HAS OBS CONTEXT', textItem(dcm('112039', 'Tracking Identifier'), `${number} ${measurement.type}`)),
      related(
        'HAS OBS CONTEXT',
        uidItem(dcm('112040', 'Tracking Unique Identifier'), derivedUid('mark', studyInstanceUid, measurement.id)),
      ),
      ...(byAccountId === readerAccountId ? [] : madeBy(byName)),
      ...(isRegion ? places.map((place) => related('CONTAINS', place)) : []),
      ...measured.values.map((value) =>
        related('CONTAINS', valueItem(value, isRegion ? [] : places.map((place) => related('INFERRED FROM', place)))),
      ),
      ...(calibrated && measured.calibration === 'detector'
        ? [related('CONTAINS', textItem(COMMENT, AT_DETECTOR))]
        : []),
    ],
    isRegion ? '1410' : '1501',
  );
}

function remarkOf({ measurement, image, byAccountId, byName }: ReportedMeasurement, readerAccountId: string) {
  return textItem(COMMENT, measurement.text || POINTED_AT, [
    // A text has no context of its own (PS3.3 table A.35.3-2).
    ...(byAccountId === readerAccountId
      ? []
      : [related('HAS PROPERTIES', nameItem(dcm('121008', 'Person Observer Name'), byName))]),
    ...coordinatesOf(measurement, image).map((place) => related('INFERRED FROM', place)),
  ]);
}

const madeBy = (name: string): ContentItem[] => [
  related('HAS OBS CONTEXT', nameItem(dcm('121008', 'Person Observer Name'), name)),
];

/** TID 300. */
function valueItem({ quantity, value, unit }: MeasuredValue, places: readonly ContentItem[]): ContentItem {
  const { name, derivation } = CONCEPTS[quantity];
  const intensity =
    unit === "[hnsf'U]" ? dcm('112031', 'Attenuation Coefficient') : own('PIXEL-VALUE', 'Modality pixel value');
  return numberItem(name ?? intensity, value, { value: unit, meaning: UNIT_MEANINGS[unit] }, [
    ...(derivation === undefined ? [] : [related('HAS CONCEPT MOD', codeItem(DERIVATION, derivation))]),
    ...places,
  ]);
}

/** PS3.3 C.18.6.1.2: an ellipse by the ends of its longer and its shorter axis, a rectangle as a closed line. */
function coordinatesOf({ type, points }: ImagingMeasurement, image: ImageReference): ContentItem[] {
  const region = dcm('111030', 'Image Region');
  switch (type) {
    case 'probe':
    case 'text':
      return [coordinatesItem(null, 'POINT', points, image)];
    case 'arrow':
      // The tip is what it points at.
      return [coordinatesItem(null, 'POINT', points.slice(0, 2), image)];
    case 'length':
    case 'angle':
      return [coordinatesItem(null, 'POLYLINE', points, image)];
    case 'cobb':
    case 'cardiothoracic':
      return Array.from({ length: points.length / 4 }, (_, line) =>
        coordinatesItem(null, 'POLYLINE', points.slice(line * 4, line * 4 + 4), image),
      );
    case 'rectangle': {
      const [left, top, right, bottom] = points as [number, number, number, number];
      return [
        coordinatesItem(region, 'POLYLINE', [left, top, right, top, right, bottom, left, bottom, left, top], image),
      ];
    }
    case 'ellipse': {
      const [x1, y1, x2, y2] = points as [number, number, number, number];
      const across = [Math.min(x1, x2), (y1 + y2) / 2, Math.max(x1, x2), (y1 + y2) / 2];
      const down = [(x1 + x2) / 2, Math.min(y1, y2), (x1 + x2) / 2, Math.max(y1, y2)];
      const wide = Math.abs(x2 - x1) >= Math.abs(y2 - y1);
      return [coordinatesItem(region, 'ELLIPSE', wide ? [...across, ...down] : [...down, ...across], image)];
    }
  }
}
