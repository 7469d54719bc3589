import { randomUUID } from 'node:crypto';
import type { EcgDocument, EcgFilePatient, EcgGroup, EcgMeasurements } from '../../../shared/ecg/waveform.ts';
import { leadCodeFromName, standardLeadFromLabel } from '../decode/lead-names.ts';
import { DicomElements, dicomFile } from './dicom-elements.ts';
import { acquisitionParts, commonShape, exactResolutionNanovolts, toUnits } from './exact-resolution.ts';

export interface DicomEcgOptions {
  /** Instead of the document's own patient. */
  patient?: EcgFilePatient;
  /** Default: new UIDs below 2.25 (PS3.5 B.2). */
  studyInstanceUid?: string;
  seriesInstanceUid?: string;
  sopInstanceUid?: string;
  accessionNumber?: string;
  /** Writes Synthetic Data (0008,001C) YES. Default true: this writer is for made-up recordings. */
  synthetic?: boolean;
}

const twelveLead = '1.2.840.10008.5.1.4.1.1.9.1.1';
const general = '1.2.840.10008.5.1.4.1.1.9.1.2';
const ambulatory = '1.2.840.10008.5.1.4.1.1.9.1.3';

function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`).toString()}`;
}

/** VR DS holds at most 16 characters (PS3.5 6.2). */
function decimalString(value: number): string {
  return String(Number(value.toPrecision(10)));
}

function code(value: string, scheme: string, meaning: string): DicomElements {
  return new DicomElements().put(0x00080100, 'SH', value).put(0x00080102, 'SH', scheme).put(0x00080104, 'LO', meaning);
}

/** The narrowest storage class whose limits the recording keeps (PS3.3 A.34.3.4, A.34.4.4, A.34.5.4). */
function chooseSopClass(groups: readonly EcgGroup[]): string {
  const shapes = groups.map((group) => ({ ...commonShape(group), channels: group.leads.length }));
  const within = (channels: number, count: number): boolean =>
    groups.length <= count &&
    shapes.every((shape) => shape.channels <= channels && shape.sampleRateHz >= 200 && shape.sampleRateHz <= 1000);
  if (within(13, 5) && shapes.every((shape) => shape.samples <= 16384)) return twelveLead;
  return within(24, 4) ? general : ambulatory;
}

function channelDefinition(name: string, nanovoltsPerUnit: number): DicomElements {
  const number = leadCodeFromName(name);
  const standard = standardLeadFromLabel(name) !== undefined;
  return new DicomElements()
    .put(0x003a0203, 'SH', name.slice(0, 16))
    .put(0x003a0208, 'SQ', [
      number === undefined
        ? code(name.slice(0, 16), '99LIANZHEN', name.slice(0, 64))
        : code(`2:${number}`, 'MDC', standard ? `Lead ${name}` : name),
    ])
    .put(0x003a0210, 'DS', decimalString(nanovoltsPerUnit / 1000))
    .put(0x003a0211, 'SQ', [code('uV', 'UCUM', 'microvolt')])
    .put(0x003a0212, 'DS', '1')
    .put(0x003a0213, 'DS', '0')
    .put(0x003a0215, 'DS', '0')
    .put(0x003a021a, 'US', [16]);
}

/** The stored number that stands for no sample (PS3.3 C.10.9.1.7); the resolution keeps real samples away from it. */
const paddingValue = -32768;

function multiplexGroup(group: EcgGroup): DicomElements {
  const { sampleRateHz, samples } = commonShape(group);
  const nanovoltsPerUnit = exactResolutionNanovolts(group.leads);
  const channels = group.leads.map((lead) => toUnits(lead, nanovoltsPerUnit));
  const data = new DataView(new ArrayBuffer(samples * channels.length * 2));
  channels.forEach((units, channel) =>
    units.forEach((unit, i) => data.setInt16((i * channels.length + channel) * 2, unit ?? paddingValue, true)),
  );
  const rhythm = group.label === 'rhythm';
  const label = { rhythm: 'RHYTHM', median: 'MEDIAN BEAT', 'annotated-beats': 'ANNOTATED BEATS', other: 'OTHER' }[
    group.label
  ];
  const item = new DicomElements()
    .put(0x003a0004, 'CS', rhythm ? 'ORIGINAL' : 'DERIVED')
    .put(0x003a0005, 'US', [channels.length])
    .put(0x003a0010, 'UL', [samples])
    .put(0x003a001a, 'DS', decimalString(sampleRateHz))
    .put(0x003a0020, 'SH', label)
    .put(
      0x003a0200,
      'SQ',
      group.leads.map((lead) => channelDefinition(lead.name, nanovoltsPerUnit)),
    )
    .put(0x54001004, 'US', [16])
    .put(0x54001006, 'CS', 'SS')
    .put(0x54001010, 'OW', new Uint8Array(data.buffer));
  if (group.startMs !== undefined) item.put(0x00181068, 'DS', decimalString(group.startMs));
  if (channels.some((units) => units.includes(null))) item.put(0x5400100a, 'OW', Uint8Array.of(0x00, 0x80));
  return item;
}

const measurementConcepts: readonly [keyof EcgMeasurements, string, string, string][] = [
  ['heartRatePerMinute', '2:16016', 'Heart rate', '{H.B.}/min'],
  ['rrIntervalMs', '2:16168', 'RR interval', 'ms'],
  ['prIntervalMs', '2:15872', 'PR interval global', 'ms'],
  ['qrsDurationMs', '2:16156', 'QRS duration global', 'ms'],
  ['qtIntervalMs', '2:16160', 'QT interval global', 'ms'],
  ['qtcIntervalMs', '2:15876', 'QTc interval global', 'ms'],
  ['pAxisDegrees', '2:16128', 'P axis', 'deg'],
  ['qrsAxisDegrees', '2:16132', 'QRS axis', 'deg'],
  ['tAxisDegrees', '2:16136', 'T axis', 'deg'],
];

/** Waveform Annotation Sequence (PS3.3 C.10.10): statements as text, measurements as coded numbers, for all channels. */
function annotations(document: EcgDocument): DicomElements[] {
  const items = (document.statements ?? []).map((words) =>
    new DicomElements()
      .put(0x0040a0b0, 'US', [1, 0])
      .put(0x0040a180, 'US', [0])
      .put(0x00700006, 'ST', words.slice(0, 1024)),
  );
  for (const [field, value, meaning, unit] of measurementConcepts) {
    const number = document.measurements?.[field];
    if (number === undefined) continue;
    items.push(
      new DicomElements()
        .put(0x004008ea, 'SQ', [code(unit, 'UCUM', unit)])
        .put(0x0040a043, 'SQ', [code(value, 'MDC', meaning)])
        .put(0x0040a0b0, 'US', [1, 0])
        .put(0x0040a180, 'US', [1])
        .put(0x0040a30a, 'DS', decimalString(number)),
    );
  }
  return items;
}

/**
 * Writes an ECG waveform object (12-lead where its limits allow, PS3.3 A.34.3) in Explicit VR Little Endian with UTF-8
 * text. Samples keep their exact values.
 * @throws RangeError when the samples, the leads' shapes or the acquisition time cannot be written.
 */
export function writeDicomEcg(document: EcgDocument, options: DicomEcgOptions = {}): Uint8Array {
  const patient = options.patient ?? document.patient ?? {};
  const { date, time, fraction, zone } = acquisitionParts(document);
  const sopClass = chooseSopClass(document.groups);
  const sopInstance = options.sopInstanceUid ?? newUid();
  const dataSet = new DicomElements()
    .put(0x00080005, 'CS', 'ISO_IR 192')
    .put(0x00080016, 'UI', sopClass)
    .put(0x00080018, 'UI', sopInstance)
    .put(0x00080020, 'DA', date)
    .put(0x00080023, 'DA', date)
    .put(0x0008002a, 'DT', `${date}${time}${fraction === '' ? '' : `.${fraction.slice(0, 6)}`}${zone}`)
    .put(0x00080030, 'TM', time)
    .put(0x00080033, 'TM', time)
    .put(0x00080050, 'SH', options.accessionNumber ?? '')
    .put(0x00080060, 'CS', 'ECG')
    .put(0x00080070, 'LO', document.device?.manufacturer ?? '')
    .put(0x00080090, 'PN', '')
    .put(0x00081090, 'LO', document.device?.model ?? '')
    .put(0x00100010, 'PN', patient.name ?? '')
    .put(0x00100020, 'LO', patient.id ?? '')
    .put(0x00100030, 'DA', (patient.birthDate ?? '').replaceAll('-', ''))
    .put(0x00100040, 'CS', patient.sex === undefined ? '' : { male: 'M', female: 'F', other: 'O' }[patient.sex])
    .put(0x00181000, 'LO', document.device?.serialNumber ?? '')
    .put(0x00181020, 'LO', document.device?.softwareVersion ?? '')
    .put(0x0020000d, 'UI', options.studyInstanceUid ?? newUid())
    .put(0x0020000e, 'UI', options.seriesInstanceUid ?? newUid())
    .put(0x00200010, 'SH', '1')
    .put(0x00200011, 'IS', '1')
    .put(0x00200013, 'IS', '1')
    .put(0x00400555, 'SQ', [])
    .put(0x54000100, 'SQ', document.groups.map(multiplexGroup));
  if (patient.ageYears !== undefined) dataSet.put(0x00101010, 'AS', `${String(patient.ageYears).padStart(3, '0')}Y`);
  if (options.synthetic ?? true) {
    dataSet.put(0x0008001c, 'CS', 'YES').put(0x0008103e, 'LO', 'Synthetic ECG, not of a person');
  }
  const annotationItems = annotations(document);
  if (annotationItems.length > 0) dataSet.put(0x0040b020, 'SQ', annotationItems);
  return dicomFile(sopClass, sopInstance, dataSet);
}
