import { crc32 } from 'node:zlib';
import { deriveLimbLeads } from '../../../shared/ecg/lead-derivation.ts';
import type { EcgDocument, EcgFilePatient, EcgGroup, EcgLead } from '../../../shared/ecg/waveform.ts';
import { acquisitionParts, commonShape, exactResolutionNanovolts, toUnitsWithoutGaps } from './exact-resolution.ts';
import { base64Lines, littleEndian16Bytes, textElement } from './xml-writing.ts';

export interface MuseXmlOptions {
  /** Instead of the document's own patient. */
  patient?: EcgFilePatient;
}

/** The leads that must be stored: III, aVR, aVL and aVF only where they do not follow exactly from I and II. */
function storedLeads(group: EcgGroup): EcgLead[] {
  const samplesOf = (name: string) => group.leads.find((lead) => lead.name === name)?.samples;
  const [one, two] = [samplesOf('I'), samplesOf('II')];
  const derived = one && two ? deriveLimbLeads(one, two) : undefined;
  const follows = (lead: EcgLead): boolean =>
    derived !== undefined &&
    (lead.name === 'III' || lead.name === 'aVR' || lead.name === 'aVL' || lead.name === 'aVF') &&
    derived[lead.name].every((sample, i) => sample === lead.samples[i]);
  return group.leads.filter((lead) => !follows(lead));
}

function leadData(lead: EcgLead, nanovoltsPerUnit: number): string {
  const bytes = littleEndian16Bytes(toUnitsWithoutGaps(lead, nanovoltsPerUnit));
  return [
    '<LeadData>',
    textElement('LeadByteCountTotal', bytes.length),
    '<LeadTimeOffset>0</LeadTimeOffset>',
    textElement('LeadSampleCountTotal', bytes.length / 2),
    textElement('LeadAmplitudeUnitsPerBit', nanovoltsPerUnit / 1000),
    '<LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits>',
    '<LeadHighLimit>32767</LeadHighLimit><LeadLowLimit>-32768</LeadLowLimit>',
    textElement('LeadID', lead.name),
    '<LeadOffsetFirstSample>0</LeadOffsetFirstSample><FirstSampleBaseline>0</FirstSampleBaseline>',
    '<LeadSampleSize>2</LeadSampleSize><LeadOff>FALSE</LeadOff><BaselineSway>FALSE</BaselineSway>',
    textElement('LeadDataCRC32', crc32(bytes)),
    `<WaveFormData>${base64Lines(bytes)}\n</WaveFormData>`,
    '</LeadData>',
  ].join('\n');
}

function waveform(group: EcgGroup, type: string): string {
  const { sampleRateHz } = commonShape(group);
  if (!Number.isInteger(sampleRateHz)) throw new RangeError(`A rate of ${sampleRateHz} Hz has no whole SampleBase`);
  const leads = storedLeads(group);
  const nanovoltsPerUnit = exactResolutionNanovolts(leads);
  return [
    '<Waveform>',
    textElement('WaveformType', type),
    '<WaveformStartTime>0</WaveformStartTime>',
    textElement('NumberofLeads', leads.length),
    '<SampleType>CONTINUOUS_SAMPLES</SampleType>',
    textElement('SampleBase', sampleRateHz),
    '<SampleExponent>0</SampleExponent>',
    ...leads.map((lead) => leadData(lead, nanovoltsPerUnit)),
    '</Waveform>',
  ].join('\n');
}

function patientSection(patient: EcgFilePatient): string {
  const birth = /^(\d{4})-(\d{2})-(\d{2})$/.exec(patient.birthDate ?? '');
  const elements = [
    textElement('PatientID', patient.id),
    textElement('PatientAge', patient.ageYears),
    patient.ageYears === undefined ? '' : '<AgeUnits>YEARS</AgeUnits>',
    textElement('DateofBirth', birth ? `${birth[2]}-${birth[3]}-${birth[1]}` : undefined),
    textElement('Gender', patient.sex?.toUpperCase()),
    textElement('PatientLastName', patient.name),
  ];
  return `<PatientDemographics>${elements.join('')}</PatientDemographics>`;
}

function testSection(document: EcgDocument): string {
  const { date, time } = acquisitionParts(document);
  const elements = [
    '<DataType>RESTING</DataType>',
    textElement('AcquisitionDevice', document.device?.model),
    `<AcquisitionTime>${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}</AcquisitionTime>`,
    `<AcquisitionDate>${date.slice(4, 6)}-${date.slice(6, 8)}-${date.slice(0, 4)}</AcquisitionDate>`,
    textElement('AcquisitionSoftwareVersion', document.device?.softwareVersion),
  ];
  return `<TestDemographics>${elements.join('')}</TestDemographics>`;
}

/** POnset where our P waves begin on a time line of whole milliseconds; MUSE has no field for the P duration itself. */
const pOnset = 200;

function measurementSection(document: EcgDocument): string {
  const values = document.measurements ?? {};
  const p = values.pDurationMs;
  const elements = [
    textElement('VentricularRate', values.heartRatePerMinute),
    textElement('PRInterval', values.prIntervalMs),
    textElement('QRSDuration', values.qrsDurationMs),
    textElement('QTInterval', values.qtIntervalMs),
    textElement('QTCorrected', values.qtcIntervalMs),
    textElement('PAxis', values.pAxisDegrees),
    textElement('RAxis', values.qrsAxisDegrees),
    textElement('TAxis', values.tAxisDegrees),
    p === undefined ? '' : `<POnset>${pOnset}</POnset><POffset>${pOnset + p}</POffset>`,
    '<ECGSampleBase>1000</ECGSampleBase><ECGSampleExponent>0</ECGSampleExponent>',
  ];
  return `<RestingECGMeasurements>${elements.join('')}</RestingECGMeasurements>`;
}

function diagnosisSection(document: EcgDocument): string {
  const statements = (document.statements ?? []).map(
    (words) =>
      `<DiagnosisStatement><StmtFlag>ENDSLINE</StmtFlag>${textElement('StmtText', words)}</DiagnosisStatement>`,
  );
  return statements.length === 0 ? '' : `<Diagnosis><Modality>RESTING</Modality>${statements.join('')}</Diagnosis>`;
}

/**
 * Writes a synthetic recording in the layout of a GE MUSE export (restecg.dtd): rhythm and median beat, in UTF-8.
 * Samples keep their exact values; the offset of the time from UTC and the maker's name have no place in it.
 * @throws RangeError when a rate, a sample or a missing sample cannot be written in this format.
 */
export function writeMuseXml(document: EcgDocument, options: MuseXmlOptions = {}): Uint8Array {
  const rhythm = document.groups.find((group) => group.label === 'rhythm');
  if (!rhythm) throw new RangeError('A MUSE file needs a rhythm group');
  const median = document.groups.find((group) => group.label === 'median');
  const rr = document.measurements?.rrIntervalMs;
  const parts = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE RestingECG SYSTEM "restecg.dtd">',
    '<RestingECG>',
    patientSection(options.patient ?? document.patient ?? {}),
    testSection(document),
    measurementSection(document),
    diagnosisSection(document),
    rr === undefined ? '' : `<QRSTimesTypes><GlobalRR>${rr}</GlobalRR></QRSTimesTypes>`,
    median ? waveform(median, 'Median') : '',
    waveform(rhythm, 'Rhythm'),
    document.device?.serialNumber === undefined
      ? ''
      : `<PharmaData>${textElement('PharmaCartID', document.device.serialNumber)}</PharmaData>`,
    '</RestingECG>',
  ];
  return new TextEncoder().encode(`${parts.filter((part) => part !== '').join('\n')}\n`);
}
