import type { EcgDocument, EcgFilePatient, EcgGroup } from '../../../shared/ecg/waveform.ts';
import { standardLeads } from '../../../shared/ecg/waveform.ts';
import { acquisitionParts, commonShape, exactResolutionNanovolts, toUnitsWithoutGaps } from './exact-resolution.ts';
import { limbLeadDifferences, packXliLead } from './xli-packing.ts';
import { base64Lines, escapeXml, littleEndian16Bytes, textElement } from './xml-writing.ts';

export interface PhilipsXmlOptions {
  /** Instead of the document's own patient. */
  patient?: EcgFilePatient;
  /** Default 1.04. */
  version?: '1.03' | '1.04';
  /** Whether the rhythm is packed by XLI; default true. */
  packed?: boolean;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

function rhythmBytes(group: EcgGroup, nanovoltsPerUnit: number, packed: boolean): Uint8Array {
  const units = group.leads.map((lead) => toUnitsWithoutGaps(lead, nanovoltsPerUnit));
  if (!packed) return Buffer.concat(units.map(littleEndian16Bytes));
  const limbLeadsFirst = standardLeads.slice(0, 6).every((name, i) => group.leads[i]?.name === name);
  const stored = limbLeadsFirst ? [...limbLeadDifferences(units.slice(0, 6)), ...units.slice(6)] : units;
  return Buffer.concat(stored.map(packXliLead));
}

interface Settings {
  version: '1.03' | '1.04';
  packed: boolean;
  rhythmNanovolts: number;
  medianNanovolts: number;
}

function parsedWaveforms(group: EcgGroup, { version, packed, rhythmNanovolts }: Settings): string {
  const { sampleRateHz, samples } = commonShape(group);
  const durationperchannel = (samples * 1000) / sampleRateHz;
  const described =
    version === '1.03'
      ? {
          compressflag: packed ? 'True' : 'False',
          compressmethod: 'XLI',
          dataencoding: 'Base64',
          durationperchannel,
          nbitspersample: 16,
        }
      : {
          dataencoding: 'Base64',
          compression: packed ? 'XLI' : 'Uncompressed',
          numberofleads: group.leads.length,
          leadlabels: group.leads.map((lead) => lead.name).join(' '),
          durationperchannel,
          samplespersecond: sampleRateHz,
          resolution: rhythmNanovolts / 1000,
          signaloffset: 0,
          signalsigned: 'True',
          bitspersample: 16,
        };
  const bytes = rhythmBytes(group, rhythmNanovolts, packed);
  return `<parsedwaveforms${attributes(described)}>${base64Lines(bytes)}</parsedwaveforms>`;
}

function representativeBeats(group: EcgGroup, { version, medianNanovolts }: Settings): string {
  const { sampleRateHz, samples } = commonShape(group);
  const duration = (samples * 1000) / sampleRateHz;
  const beats = group.leads.map((lead) => {
    const text = base64Lines(littleEndian16Bytes(toUnitsWithoutGaps(lead, medianNanovolts)));
    return version === '1.03'
      ? `<repbeat${attributes({ leadname: lead.name, duration })}>${text}</repbeat>`
      : `<repbeat${attributes({ leadname: lead.name })}><waveform${attributes({ duration })}>${text}</waveform></repbeat>`;
  });
  const described =
    version === '1.03'
      ? { dataencoding: 'Base64' }
      : { dataencoding: 'Base64', samplespersec: sampleRateHz, resolution: medianNanovolts / 1000 };
  return `<repbeats${attributes(described)}>\n${beats.join('\n')}\n</repbeats>`;
}

function acquisition(document: EcgDocument, rhythm: EcgGroup, settings: Settings): string {
  const { date, time } = acquisitionParts(document);
  const { manufacturer = '', model = '', serialNumber, softwareVersion = '' } = document.device ?? {};
  const moment = {
    date: `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`,
    time: `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}`,
    statflag: 'False',
  };
  const machine = {
    ...(serialNumber === undefined ? {} : { machineid: serialNumber }),
    detaildescription: [manufacturer, model, softwareVersion].join(':'),
  };
  const resolution = settings.version === '1.03' ? 'signalresolution' : 'resolution';
  const signal = [
    textElement('samplingrate', commonShape(rhythm).sampleRateHz),
    textElement(resolution, settings.rhythmNanovolts / 1000),
    textElement('acquisitiontype', 'STD-12'),
    '<bitspersample>16</bitspersample><signaloffset>0</signaloffset><signalsigned>True</signalsigned>',
    textElement('numberchannelsallocated', rhythm.leads.length),
    textElement('numberchannelsvalid', rhythm.leads.length),
  ];
  return (
    `<dataacquisition${attributes(moment)}><machine${attributes(machine)}>${escapeXml(model)}</machine>` +
    `<signalcharacteristics>${signal.join('')}</signalcharacteristics></dataacquisition>`
  );
}

function patientSection(patient: EcgFilePatient): string {
  const sex = patient.sex === undefined ? 'Unknown' : patient.sex.replace(/^./, (letter) => letter.toUpperCase());
  const age = `${textElement('dateofbirth', patient.birthDate)}${textElement('years', patient.ageYears)}`;
  return (
    `<patient><generalpatientdata>${textElement('patientid', patient.id)}` +
    `<name>${textElement('lastname', patient.name)}</name><age>${age}</age>` +
    `${textElement('sex', sex)}</generalpatientdata></patient>`
  );
}

function interpretation(document: EcgDocument, version: '1.03' | '1.04'): string {
  const values = document.measurements ?? {};
  const measured = [
    textElement('heartrate', values.heartRatePerMinute),
    textElement('rrint', values.rrIntervalMs),
    textElement('pdur', values.pDurationMs),
    textElement('print', values.prIntervalMs),
    textElement('qrsdur', values.qrsDurationMs),
    textElement('qtint', values.qtIntervalMs),
    textElement('qtcb', values.qtcIntervalMs),
    textElement('pfrontaxis', values.pAxisDegrees),
    textElement('qrsfrontaxis', values.qrsAxisDegrees),
    textElement('tfrontaxis', values.tAxisDegrees),
  ].join('');
  const element = version === '1.03' ? 'interpretationmeasurements' : 'globalmeasurements';
  const statements = (document.statements ?? []).map(
    (words) => `<statement>${textElement('leftstatement', words)}<rightstatement/></statement>`,
  );
  return (
    `<interpretations><interpretation><${element}>${measured}</${element}>` +
    `${statements.join('')}</interpretation></interpretations>`
  );
}

/**
 * Writes a synthetic recording in the layout of a Philips resting ECG (SierraECG schema): rhythm and representative
 * beats, in UTF-16 as the devices do. Samples keep their exact values; the offset of the time from UTC has no place.
 * @throws RangeError when a sample, or a rhythm other than the twelve leads in 1.03, cannot be written in this format.
 */
export function writePhilipsXml(document: EcgDocument, options: PhilipsXmlOptions = {}): Uint8Array {
  const { version = '1.04', packed = true } = options;
  const rhythm = document.groups.find((group) => group.label === 'rhythm');
  if (!rhythm) throw new RangeError('A Philips file needs a rhythm group');
  if (version === '1.03' && rhythm.leads.some((lead, i) => lead.name !== standardLeads[i])) {
    throw new RangeError('Version 1.03 names no leads: it holds the twelve in their order');
  }
  const median = document.groups.find((group) => group.label === 'median');
  const oneResolution = version === '1.03' ? [...rhythm.leads, ...(median?.leads ?? [])] : undefined;
  const settings: Settings = {
    version,
    packed,
    rhythmNanovolts: exactResolutionNanovolts(oneResolution ?? rhythm.leads),
    medianNanovolts: exactResolutionNanovolts(oneResolution ?? median?.leads ?? []),
  };
  const type = version === '1.03' ? 'SierraECG' : 'PhilipsECG';
  const parts = [
    '<?xml version="1.0" encoding="utf-16"?>',
    '<restingecgdata xmlns="http://www3.medical.philips.com" status="Unconfirmed" lang="en">',
    `<documentinfo>${textElement('documenttype', type)}${textElement('documentversion', version)}</documentinfo>`,
    acquisition(document, rhythm, settings),
    patientSection(options.patient ?? document.patient ?? {}),
    interpretation(document, version),
    `<waveforms>${parsedWaveforms(rhythm, settings)}`,
    median ? representativeBeats(median, settings) : '',
    '</waveforms>',
    '</restingecgdata>',
  ];
  return Buffer.from(`\ufeff${parts.filter((part) => part !== '').join('\r\n')}\r\n`, 'utf16le');
}
