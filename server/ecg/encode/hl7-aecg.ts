import { randomUUID } from 'node:crypto';
import type { EcgDocument, EcgFilePatient, EcgGroup, EcgMeasurements } from '../../../shared/ecg/waveform.ts';
import { standardLeadFromLabel } from '../decode/lead-names.ts';
import { acquisitionParts, commonShape, exactResolutionNanovolts, toUnitsWithoutGaps } from './exact-resolution.ts';
import { escapeXml } from './xml-writing.ts';

export interface Hl7AecgOptions {
  /** Instead of the document's own patient. */
  patient?: EcgFilePatient;
}

const actCode = 'codeSystem="2.16.840.1.113883.5.4" codeSystemName="ActCode"';
const mdc = 'codeSystem="2.16.840.1.113883.6.24" codeSystemName="MDC"';

function decimal(value: number): string {
  return String(Number(value.toPrecision(12)));
}

function leadCode(name: string): string {
  return standardLeadFromLabel(name) === undefined ? name : `MDC_ECG_LEAD_${name.replace(/^aV/, 'AV')}`;
}

function sequenceSet(group: EcgGroup, timeSequence: string): string {
  const { sampleRateHz } = commonShape(group);
  const nanovoltsPerUnit = exactResolutionNanovolts(group.leads);
  const increment = decimal(1 / sampleRateHz);
  if (1 / Number(increment) !== sampleRateHz)
    throw new RangeError(`A rate of ${sampleRateHz} Hz has no exact increment`);
  const leads = group.leads.map((lead) => {
    const digits = toUnitsWithoutGaps(lead, nanovoltsPerUnit).join(' ');
    return (
      `<component><sequence classCode="OBS"><code code="${escapeXml(leadCode(lead.name))}" ${mdc}/>` +
      `<value xsi:type="SLIST_PQ"><origin value="0" unit="uV"/><scale value="${decimal(nanovoltsPerUnit / 1000)}" unit="uV"/>` +
      `<digits>${digits}</digits></value></sequence></component>`
    );
  });
  const time = timeSequence.replace('INCREMENT', increment);
  return `<component><sequenceSet><component>${time}</component>\n${leads.join('\n')}\n</sequenceSet></component>`;
}

const measurementCodes: readonly [keyof EcgMeasurements, string, string][] = [
  ['heartRatePerMinute', 'MDC_ECG_HEART_RATE', '/min'],
  ['rrIntervalMs', 'MDC_ECG_TIME_PD_RR', 'ms'],
  ['pDurationMs', 'MDC_ECG_TIME_PD_P', 'ms'],
  ['prIntervalMs', 'MDC_ECG_TIME_PD_PR', 'ms'],
  ['qrsDurationMs', 'MDC_ECG_TIME_PD_QRS', 'ms'],
  ['qtIntervalMs', 'MDC_ECG_TIME_PD_QT', 'ms'],
  ['qtcIntervalMs', 'MDC_ECG_TIME_PD_QTc', 'ms'],
  ['pAxisDegrees', 'MDC_ECG_ANGLE_P_FRONT', 'deg'],
  ['qrsAxisDegrees', 'MDC_ECG_ANGLE_QRS_FRONT', 'deg'],
  ['tAxisDegrees', 'MDC_ECG_ANGLE_T_FRONT', 'deg'],
];

function annotationSet(document: EcgDocument, stamp: string): string {
  const measurements = measurementCodes
    .filter(([field]) => document.measurements?.[field] !== undefined)
    .map(
      ([field, code, unit]) =>
        `<component><annotation><code code="${code}" ${mdc}/>` +
        `<value xsi:type="PQ" value="${decimal(document.measurements?.[field] ?? 0)}" unit="${unit}"/></annotation></component>`,
    );
  const statements = (document.statements ?? []).map(
    (words) =>
      `<component><annotation><code code="MDC_ECG_INTERPRETATION_STATEMENT" ${mdc}/>` +
      `<value xsi:type="ST">${escapeXml(words)}</value></annotation></component>`,
  );
  const interpretation =
    statements.length === 0
      ? ''
      : `<component><annotation><code code="MDC_ECG_INTERPRETATION" ${mdc}/>${statements.join('')}</annotation></component>`;
  if (measurements.length === 0 && interpretation === '') return '';
  return `<subjectOf><annotationSet><activityTime value="${stamp}"/>\n${measurements.join('\n')}\n${interpretation}</annotationSet></subjectOf>`;
}

function author(document: EcgDocument): string {
  const { serialNumber, model, softwareVersion, manufacturer } = document.device ?? {};
  const id = serialNumber === undefined ? '' : `<id extension="${escapeXml(serialNumber)}"/>`;
  const element = (name: string, text: string | undefined): string =>
    text === undefined ? '' : `<${name}>${escapeXml(text)}</${name}>`;
  const organisation =
    manufacturer === undefined
      ? ''
      : `<manufacturerOrganization>${element('name', manufacturer)}</manufacturerOrganization>`;
  return (
    `<author><seriesAuthor>${id}<manufacturedSeriesDevice>${element('manufacturerModelName', model)}` +
    `${element('softwareName', softwareVersion)}</manufacturedSeriesDevice>${organisation}</seriesAuthor></author>`
  );
}

function subject(patient: EcgFilePatient): string {
  const person = [
    patient.name === undefined ? '' : `<name>${escapeXml(patient.name)}</name>`,
    patient.sex === undefined
      ? ''
      : `<administrativeGenderCode code="${{ male: 'M', female: 'F', other: 'UN' }[patient.sex]}" codeSystem="2.16.840.1.113883.5.1"/>`,
    patient.birthDate === undefined ? '' : `<birthTime value="${patient.birthDate.replaceAll('-', '')}"/>`,
  ].join('');
  const id = `<id root="${randomUUID()}"${patient.id === undefined ? '' : ` extension="${escapeXml(patient.id)}"`}/>`;
  return (
    '<componentOf><timepointEvent><componentOf><subjectAssignment><subject><trialSubject>' +
    `${id}<subjectDemographicPerson>${person}</subjectDemographicPerson></trialSubject></subject>` +
    `<componentOf><clinicalTrial><id root="${randomUUID()}"/></clinicalTrial></componentOf>` +
    '</subjectAssignment></componentOf></timepointEvent></componentOf>'
  );
}

function age(patient: EcgFilePatient): string {
  if (patient.ageYears === undefined) return '';
  return (
    '<controlVariable><relatedObservation><code code="21612-7" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC"/>' +
    `<value xsi:type="PQ" value="${patient.ageYears}" unit="a"/></relatedObservation></controlVariable>`
  );
}

/**
 * Writes an HL7 annotated ECG (PORT_MT020001) of the document's rhythm group and, where there is one, its median beat as
 * a derived series. Samples keep their exact values. UTF-8, no DOCTYPE.
 * @throws RangeError when a rate or a missing sample cannot be written in this format.
 */
export function writeHl7Aecg(document: EcgDocument, options: Hl7AecgOptions = {}): Uint8Array {
  const rhythm = document.groups.find((group) => group.label === 'rhythm');
  if (!rhythm) throw new RangeError('An annotated ECG needs a rhythm group');
  const median = document.groups.find((group) => group.label === 'median');
  const patient = options.patient ?? document.patient ?? {};
  const { date, time, fraction, zone } = acquisitionParts(document);
  const stamp = `${date}${time}${fraction === '' ? '' : `.${fraction.slice(0, 6)}`}${zone}`;
  const absolute =
    `<sequence><code code="TIME_ABSOLUTE" ${actCode}/><value xsi:type="GLIST_TS"><head value="${stamp}"/>` +
    '<increment value="INCREMENT" unit="s"/></value></sequence>';
  const relative =
    `<sequence><code code="TIME_RELATIVE" ${actCode}/><value xsi:type="GLIST_PQ"><head value="0" unit="s"/>` +
    '<increment value="INCREMENT" unit="s"/></value></sequence>';
  const effective = `<effectiveTime><low value="${stamp}"/></effectiveTime>`;
  const derivation = median
    ? `<derivation><derivedSeries><id root="${randomUUID()}"/><code code="REPRESENTATIVE_BEAT" ${actCode}/>${effective}` +
      `${sequenceSet(median, relative)}</derivedSeries></derivation>`
    : '';
  const xml = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:voc="urn:hl7-org:v3/voc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" type="Observation">',
    `<id root="${randomUUID()}"/>`,
    '<code code="93000" codeSystem="2.16.840.1.113883.6.12" codeSystemName="CPT-4"/>',
    effective,
    subject(patient),
    age(patient),
    `<component><series><id root="${randomUUID()}"/><code code="RHYTHM" ${actCode}/>${effective}`,
    author(document),
    sequenceSet(rhythm, absolute),
    annotationSet(document, stamp),
    derivation,
    '</series></component>',
    '</AnnotatedECG>',
  ];
  return new TextEncoder().encode(`${xml.filter((part) => part !== '').join('\n')}\n`);
}
