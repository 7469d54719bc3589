import { isCjk } from '../../../../shared/dicom/dicom-text.ts';
import type { EcgDocument, EcgFilePatient, EcgMeasurements } from '../../../../shared/ecg/waveform.ts';
import { decodeLimits } from '../decode-limits.ts';
import { decimal, toMeasurements } from '../device-values.ts';
import { isoDate } from '../iso-time.ts';
import { attribute, meaningful } from '../xml-stream.ts';
import type { XmlAttributes } from '../xml-stream.ts';

type Texts = ReadonlyMap<string, string>;

/** xsd:date */
function readDate(text: string | undefined): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec((text ?? '').trim());
  return match ? isoDate(Number(match[1]), Number(match[2]), Number(match[3])) : undefined;
}

/** The attributes date and time of dataacquisition, as ISO 8601. */
export function readMoment(attributes: XmlAttributes): string | undefined {
  const date = readDate(attribute(attributes, 'date'));
  const time = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?$/.exec(attribute(attributes, 'time'));
  if (date === undefined || !time) return date;
  const [, hour = '', minute = '', second = '', fraction = '', zone = ''] = time;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return date;
  const part = /^0*$/.test(fraction) ? '' : `.${fraction.slice(0, 6)}`;
  return `${date}T${hour}:${minute}:${second}${part}${zone === 'Z' ? '+00:00' : zone}`;
}

/** The texts of generalpatientdata and of its elements name and age, by element name. */
export function readPatient(texts: Texts): EcgFilePatient {
  const patient: EcgFilePatient = {};
  const id = meaningful(texts.get('patientid') ?? '') ?? meaningful(texts.get('MRN') ?? '');
  if (id !== undefined) patient.id = id;
  const names = ['lastname', 'firstname', 'middlename']
    .map((field) => meaningful(texts.get(field) ?? ''))
    .filter((name) => name !== undefined);
  if (names.length > 0) patient.name = names.join(names.some(isCjk) ? '' : ' ');
  const sex = (texts.get('sex') ?? '').trim().toLowerCase();
  if (sex === 'male' || sex === 'female' || sex === 'other') patient.sex = sex;
  const birthDate = readDate(texts.get('dateofbirth'));
  if (birthDate !== undefined) patient.birthDate = birthDate;
  const years = decimal(texts.get('years'));
  if (years !== undefined && years > 0 && years < 150) patient.ageYears = Math.floor(years);
  return patient;
}

/** The element machine; its detaildescription is maker, model and software revision with colons between. */
export function readDevice(attributes: XmlAttributes, text: string): NonNullable<EcgDocument['device']> {
  const [maker = '', code = '', ...software] = attribute(attributes, 'detaildescription').split(':');
  const manufacturer = meaningful(maker);
  const model = meaningful(text) ?? meaningful(code);
  const serialNumber = meaningful(attribute(attributes, 'machineid'));
  const softwareVersion = meaningful(software.join(':'));
  return {
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(model === undefined ? {} : { model }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(softwareVersion === undefined ? {} : { softwareVersion }),
  };
}

/** The measurements beside an interpretation: what the report prints. */
export function readReportedMeasurements(texts: Texts): EcgMeasurements | undefined {
  return toMeasurements({
    heartRatePerMinute: texts.get('heartrate'),
    rrIntervalMs: texts.get('rrint'),
    pDurationMs: texts.get('pdur'),
    prIntervalMs: texts.get('print'),
    qrsDurationMs: texts.get('qrsdur'),
    qtIntervalMs: texts.get('qtint'),
    qtcIntervalMs: texts.get('qtcb') ?? texts.get('qtc') ?? texts.get('qtcf'),
    pAxisDegrees: texts.get('pfrontaxis'),
    qrsAxisDegrees: texts.get('qrsfrontaxis'),
    tAxisDegrees: texts.get('tfrontaxis'),
  });
}

/** The analysis program's own means (crossleadmeasurements in 1.04, globalmeasurements in 1.03). */
export function readInternalMeasurements(texts: Texts): EcgMeasurements | undefined {
  return toMeasurements({
    heartRatePerMinute: texts.get('meanventrate'),
    prIntervalMs: texts.get('meanprint'),
    qrsDurationMs: texts.get('meanqrsdur'),
    qtIntervalMs: texts.get('meanqtint'),
    qtcIntervalMs: texts.get('meanqtc'),
    pAxisDegrees: texts.get('pfrontaxis'),
    qrsAxisDegrees: texts.get('qrsfrontaxis'),
    tAxisDegrees: texts.get('tfrontaxis'),
  });
}

/** One `interpretation` element; a file may hold the program's and the reader's. */
export class Interpretation {
  readonly moment: string;
  readonly measurements = new Map<string, string>();
  readonly #statements: string[] = [];
  #severity = '';
  #left = '';
  #right = '';

  constructor(attributes: XmlAttributes) {
    this.moment = `${attribute(attributes, 'date')} ${attribute(attributes, 'time')}`;
  }

  left(text: string): void {
    this.#left = text.trim();
  }

  /** The reason that the program gives for its statement. */
  right(text: string): void {
    this.#right = text.trim();
  }

  severity(text: string): void {
    this.#severity = text.replace(/^[\s-]+|[\s-]+$/g, '');
  }

  endStatement(): void {
    const words = this.#right === '' ? this.#left : `${this.#left} (${this.#right})`;
    this.#left = '';
    this.#right = '';
    if (words !== '') this.#statements.push(words.slice(0, decodeLimits.textCharacters));
    this.#statements.length = Math.min(this.#statements.length, decodeLimits.statements - 1);
  }

  /** Each statement, then the severity of the whole. */
  lines(): string[] {
    return [...new Set([...this.#statements, ...(this.#severity === '' ? [] : [this.#severity])])];
  }
}

/** The latest of them; of equal ones the last in the file. */
export function latest(interpretations: readonly Interpretation[]): Interpretation | undefined {
  return interpretations.reduce<Interpretation | undefined>(
    (best, one) => (best === undefined || one.moment >= best.moment ? one : best),
    undefined,
  );
}
