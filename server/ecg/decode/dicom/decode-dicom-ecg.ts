import type { DataSet } from 'dicom-parser';
import type { EcgDocument, EcgFilePatient } from '../../../../shared/ecg/waveform.ts';
import { SampleBudget, WarningList } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { isoFromCompactTime } from '../iso-time.ts';
import { decodeDicomText, readPersonName } from '../../../../shared/dicom/dicom-text.ts';
import { parseDicomDataSet } from './parse-data-set.ts';
import { readWaveformAnnotations } from './waveform-annotations.ts';
import { readMultiplexGroups } from './waveform-groups.ts';

/** Reads text elements of one data set in its character set. */
export type TextReader = (dataSet: DataSet, tag: string) => string | undefined;

/** PS3.4 B.5: the waveform storage classes that can hold an ECG. */
const ecgClasses: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.4.1.1.9.1.1',
  '1.2.840.10008.5.1.4.1.1.9.1.2',
  '1.2.840.10008.5.1.4.1.1.9.1.3',
  '1.2.840.10008.5.1.4.1.1.9.1.4',
  '1.2.840.10008.5.1.4.1.1.9.2.1',
  '1.2.840.10008.5.1.4.1.1.9.3.1',
]);

function textReader(root: DataSet, warnings: WarningList): TextReader {
  const terms = (root.string('x00080005') ?? '').split('\\');
  return (dataSet, tag) => {
    const element = dataSet.elements[tag];
    if (!element || element.length === 0) return undefined;
    const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + Math.min(element.length, 8000));
    const text = decodeDicomText(bytes, terms, (line) => warnings.add(line)).trim();
    return text === '' ? undefined : text;
  };
}

function readPatient(dataSet: DataSet, text: TextReader): EcgFilePatient | undefined {
  const patient: EcgFilePatient = {};
  const id = text(dataSet, 'x00100020');
  if (id !== undefined) patient.id = id;
  const name = readPersonName(text(dataSet, 'x00100010') ?? '');
  if (name !== undefined) patient.name = name;
  const sex = text(dataSet, 'x00100040')?.toUpperCase();
  if (sex === 'M') patient.sex = 'male';
  else if (sex === 'F') patient.sex = 'female';
  else if (sex === 'O') patient.sex = 'other';
  const birthDate = isoFromCompactTime((text(dataSet, 'x00100030') ?? '').replaceAll('.', ''));
  if (birthDate !== undefined) patient.birthDate = birthDate.slice(0, 10);
  const age = /^(\d{1,3})([DWMY])$/.exec(text(dataSet, 'x00101010') ?? '');
  if (age) {
    const divisor = { D: 365.25, W: 52.18, M: 12, Y: 1 }[age[2] ?? 'Y'] ?? 1;
    patient.ageYears = Math.floor(Number(age[1]) / divisor);
  }
  return Object.keys(patient).length > 0 ? patient : undefined;
}

/** PS3.3 C.10.8: Acquisition DateTime; else the pairs of date and time that older files fill. */
function readAcquiredAt(dataSet: DataSet, text: TextReader): string | undefined {
  const zone = /^[+-]\d{4}$/.exec(text(dataSet, 'x00080201') ?? '')?.[0];
  const withZone = (stamp: string): string => (zone !== undefined && !/[+-]\d{4}$/.test(stamp) ? stamp + zone : stamp);
  const dateTime = text(dataSet, 'x0008002a');
  if (dateTime !== undefined) {
    const iso = isoFromCompactTime(withZone(dateTime));
    if (iso !== undefined) return iso;
  }
  const pairs: [string, string][] = [
    ['x00080022', 'x00080032'],
    ['x00080023', 'x00080033'],
    ['x00080020', 'x00080030'],
  ];
  for (const [dateTag, timeTag] of pairs) {
    const date = text(dataSet, dateTag)?.replaceAll('.', '');
    if (date === undefined) continue;
    const time = text(dataSet, timeTag)?.replaceAll(':', '') ?? '';
    const iso = time === '' ? isoFromCompactTime(date) : isoFromCompactTime(withZone(date + time));
    if (iso !== undefined) return iso;
  }
  return undefined;
}

function readDevice(dataSet: DataSet, text: TextReader): EcgDocument['device'] {
  const device: NonNullable<EcgDocument['device']> = {};
  const manufacturer = text(dataSet, 'x00080070');
  if (manufacturer !== undefined) device.manufacturer = manufacturer;
  const model = text(dataSet, 'x00081090');
  if (model !== undefined) device.model = model;
  const serialNumber = text(dataSet, 'x00181000');
  if (serialNumber !== undefined) device.serialNumber = serialNumber;
  const softwareVersion = text(dataSet, 'x00181020');
  if (softwareVersion !== undefined) device.softwareVersion = softwareVersion;
  return Object.keys(device).length > 0 ? device : undefined;
}

/**
 * Reads a DICOM 12-lead, general or ambulatory ECG waveform object (PS3.3 A.34.3 to A.34.5, C.10.9): every multiplex
 * group, calibrated to microvolts.
 * @throws EcgDecodeError `not-an-ecg` for DICOM without an ECG, `truncated` when samples are missing, ...
 */
export function decodeDicomEcg(bytes: Uint8Array): EcgDocument {
  const warnings = new WarningList();
  const { dataSet, littleEndian } = parseDicomDataSet(bytes);
  const text = textReader(dataSet, warnings);
  const sopClass = text(dataSet, 'x00080016');
  const waveforms = dataSet.elements['x54000100'];
  if (sopClass === undefined) warnings.add('The file names no SOP class (0008,0016)');
  else if (!ecgClasses.has(sopClass)) {
    throw new EcgDecodeError('not-an-ecg', `DICOM of SOP class ${sopClass.slice(0, 64)}, which is no ECG waveform`);
  }
  if (!waveforms?.items || waveforms.items.length === 0) {
    throw new EcgDecodeError('not-an-ecg', 'DICOM without a waveform sequence (5400,0100)');
  }
  const groups = readMultiplexGroups(waveforms.items, littleEndian, text, warnings, new SampleBudget());
  const patient = readPatient(dataSet, text);
  if (!patient) warnings.add('The file names no patient');
  const acquiredAt = readAcquiredAt(dataSet, text);
  if (acquiredAt === undefined) warnings.add('The file names no time of acquisition');
  const device = readDevice(dataSet, text);
  const { measurements, statements } = readWaveformAnnotations(dataSet, text);
  return {
    format: 'dicom',
    ...(patient ? { patient } : {}),
    ...(acquiredAt === undefined ? {} : { acquiredAt }),
    ...(device ? { device } : {}),
    groups,
    ...(measurements ? { measurements } : {}),
    ...(statements.length > 0 ? { statements } : {}),
    warnings: warnings.lines,
  };
}
