import { isCjk } from '../../../../shared/dicom/dicom-text.ts';
import type { EcgDocument, EcgFilePatient, EcgMeasurements } from '../../../../shared/ecg/waveform.ts';
import { decodeLimits } from '../decode-limits.ts';
import { decimal, toMeasurements } from '../device-values.ts';
import { isoDate } from '../iso-time.ts';
import { meaningful } from '../xml-stream.ts';

/** The texts of one section's elements, by name; an element that comes twice counts once. */
export type MuseSection = ReadonlyMap<string, string>;

/** MM-DD-YYYY, as MUSE writes dates whatever the country. */
function museDate(text: string | undefined): string | undefined {
  const match = /^(\d{1,2})-(\d{1,2})-(\d{4})$/.exec((text ?? '').trim());
  return match ? isoDate(Number(match[3]), Number(match[1]), Number(match[2])) : undefined;
}

export function readPatient(section: MuseSection): EcgFilePatient {
  const patient: EcgFilePatient = {};
  const id = meaningful(section.get('PatientID') ?? '');
  if (id !== undefined) patient.id = id;
  const names = ['PatientLastName', 'PatientFirstName']
    .map((field) => meaningful(section.get(field) ?? ''))
    .filter((name) => name !== undefined);
  if (names.length > 0) patient.name = names.join(names.some(isCjk) ? '' : ' ');
  const gender = (section.get('Gender') ?? '').trim().toUpperCase();
  if (gender === 'MALE') patient.sex = 'male';
  else if (gender === 'FEMALE') patient.sex = 'female';
  else if (gender === 'OTHER') patient.sex = 'other';
  const birthDate = museDate(section.get('DateofBirth'));
  if (birthDate !== undefined) patient.birthDate = birthDate;
  const age = decimal(section.get('PatientAge'));
  const units = (section.get('AgeUnits') ?? 'YEARS').trim().toUpperCase();
  if (age !== undefined && age > 0 && age < 150 && units === 'YEARS') patient.ageYears = Math.floor(age);
  return patient;
}

/** Date and time of the recording; MUSE states no offset from UTC. */
export function readAcquisition(section: MuseSection): string | undefined {
  const date = museDate(section.get('AcquisitionDate'));
  const time = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec((section.get('AcquisitionTime') ?? '').trim());
  if (date === undefined || !time) return date;
  const [, hour = '', minute = '', second = '00'] = time;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return date;
  return `${date}T${hour.padStart(2, '0')}:${minute}:${second}`;
}

export function readDevice(section: MuseSection, pharma: MuseSection): NonNullable<EcgDocument['device']> {
  const device: NonNullable<EcgDocument['device']> = {};
  const model = meaningful(section.get('AcquisitionDevice') ?? '');
  if (model !== undefined) device.model = model;
  const serialNumber = meaningful(pharma.get('PharmaCartID') ?? '');
  if (serialNumber !== undefined) device.serialNumber = serialNumber;
  const software = meaningful(section.get('AcquisitionSoftwareVersion') ?? '');
  if (software !== undefined) device.softwareVersion = software;
  return device;
}

/** Global measurements; the P duration from POnset and POffset, which are samples of the median beat. */
export function readMeasurements(section: MuseSection, globalRr: string | undefined): EcgMeasurements | undefined {
  const onset = decimal(section.get('POnset'));
  const offset = decimal(section.get('POffset'));
  const rate = Number(
    `${decimal(section.get('ECGSampleBase')) ?? 'x'}e${decimal(section.get('ECGSampleExponent')) ?? 0}`,
  );
  const pDurationMs =
    onset !== undefined && offset !== undefined && onset > 0 && rate > 0 ? ((offset - onset) * 1000) / rate : undefined;
  return toMeasurements({
    heartRatePerMinute: section.get('VentricularRate'),
    rrIntervalMs: globalRr,
    pDurationMs,
    prIntervalMs: section.get('PRInterval'),
    qrsDurationMs: section.get('QRSDuration'),
    qtIntervalMs: section.get('QTInterval'),
    qtcIntervalMs: section.get('QTCorrected'),
    pAxisDegrees: section.get('PAxis'),
    qrsAxisDegrees: section.get('RAxis'),
    tAxisDegrees: section.get('TAxis'),
  });
}

/** Gathers a Diagnosis element's statements: a statement's pieces follow each other until one is flagged ENDSLINE. */
export class DiagnosisLines {
  readonly lines: string[] = [];
  #pending = '';
  #text = '';
  #endsLine = false;

  flag(text: string): void {
    if (text.trim().toUpperCase() === 'ENDSLINE') this.#endsLine = true;
  }

  text(text: string): void {
    this.#text = text.trim();
  }

  endStatement(): void {
    this.#pending = `${this.#pending} ${this.#text}`.trim().slice(0, decodeLimits.textCharacters);
    if (this.#endsLine) this.finish();
    this.#text = '';
    this.#endsLine = false;
  }

  finish(): void {
    const line = this.#pending;
    this.#pending = '';
    if (line !== '' && this.lines.length < decodeLimits.statements && !this.lines.includes(line)) this.lines.push(line);
  }
}
