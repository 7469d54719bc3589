import { crc32 } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { decodeLimits } from '../../../../server/ecg/decode/decode-limits.ts';
import { makerFile } from '../../../support/ecg-files/maker-files.ts';
import { timedOutcome } from '../../../support/ecg-files/decode-outcome.ts';

const doctype = '<!DOCTYPE RestingECG SYSTEM "restecg.dtd">';

function bytesOf(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => bytes.writeInt16LE(value, 2 * i));
  return bytes;
}

/** One LeadData element; `fields` adds to or replaces what is usual. */
function lead(id: string, values: readonly number[], fields: Record<string, string | number> = {}): string {
  const data = bytesOf(values);
  const all: Record<string, string | number> = {
    LeadTimeOffset: 0,
    LeadSampleCountTotal: values.length,
    LeadAmplitudeUnitsPerBit: 4.88,
    LeadAmplitudeUnits: 'MICROVOLTS',
    LeadID: id,
    LeadOffsetFirstSample: 0,
    LeadSampleSize: 2,
    LeadOff: 'FALSE',
    LeadDataCRC32: crc32(data),
    WaveFormData: `\n${data.toString('base64')}\n`,
    ...fields,
  };
  return `<LeadData>${Object.entries(all)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')}</LeadData>`;
}

function waveform(leads: readonly string[], fields: Record<string, string | number> = {}): string {
  const all = { WaveformType: 'Rhythm', NumberofLeads: leads.length, SampleBase: 500, SampleExponent: 0, ...fields };
  const texts = Object.entries(all).map(([name, text]) => `<${name}>${text}</${name}>`);
  return `<Waveform>${texts.join('')}${leads.join('')}</Waveform>`;
}

function muse(body: string, prolog = `<?xml version="1.0" encoding="ISO-8859-1"?>\n${doctype}\n`): Buffer {
  return Buffer.from(`${prolog}<RestingECG>${body}</RestingECG>`, 'latin1');
}

const refusal = (code: string, message = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });
const chest = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6'].map((name) => lead(name, [1, 1]));

describe('restecg.dtd Waveform', () => {
  test('III, aVR, aVL and aVF follow from I and II without a binary tail', () => {
    const [group] = decodeEcg(muse(waveform([lead('I', [3, -1]), lead('II', [4, 2]), ...chest]))).groups;
    expect(group!.leads.map((entry) => entry.name).slice(0, 7)).toEqual(['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1']);
    expect(group!.leads.slice(0, 6).map((entry) => entry.samples)).toEqual([
      [14.64, -4.88],
      [19.52, 9.76],
      [4.88, 14.64],
      [-17.08, -2.44],
      [4.88, -9.76],
      [12.2, 12.2],
    ]);
  });

  test('a limb lead that the file holds itself is taken from the file', () => {
    const leads = [lead('I', [1]), lead('II', [2]), lead('aVR', [9])];
    const named = decodeEcg(muse(waveform(leads))).groups[0]!.leads.find((entry) => entry.name === 'aVR');
    expect(named!.samples).toEqual([43.92]);
  });

  test.each([
    [500, 0, 500],
    [5, 2, 500],
    [5000, -1, 500],
    [1, 3, 1000],
  ])('SampleBase %d and SampleExponent %d are %d Hz', (SampleBase, SampleExponent, rate) => {
    const read = decodeEcg(muse(waveform([lead('II', [1])], { SampleBase, SampleExponent })));
    expect(read.groups[0]!.leads[0]!.sampleRateHz).toBe(rate);
  });

  test('the rhythm comes first, whatever the order in the file', () => {
    const read = decodeEcg(
      muse(waveform([lead('I', [1])], { WaveformType: 'Median' }) + waveform([lead('I', [2, 3])])),
    );
    expect(read.groups.map(({ label, leads }) => [label, leads[0]!.samples.length])).toEqual([
      ['rhythm', 2],
      ['median', 1],
    ]);
  });

  test('what is odd is read and told', () => {
    const read = decodeEcg(
      muse(
        waveform(
          [
            lead('I', [1, 2], { LeadDataCRC32: 1 }),
            lead('II', [1, 2], { LeadSampleCountTotal: 5000, LeadOff: 'TRUE' }),
            lead('V1', [1, 2], { LeadAmplitudeUnits: 'FURLONGS' }),
            lead('V2', [1, 2], { LeadSampleSize: 4 }),
            lead('V3', []),
            lead('V4', [1, 2, 3]),
          ],
          { NumberofLeads: 8 },
        ),
      ),
    );
    expect(read.groups[0]!.leads.map((entry) => entry.name)).toEqual(['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V4']);
    expect(read.warnings).toEqual([
      'MUSE waveform Rhythm, lead I: the checksum is wrong, so the samples may be damaged',
      'MUSE waveform Rhythm, lead II: LeadSampleCountTotal is 5000, the file holds 2 samples',
      'MUSE waveform Rhythm, lead II: the device reports the lead off',
      'MUSE waveform Rhythm, lead V1: no amplitude of a bit in volts, so it cannot be calibrated; left out',
      'MUSE waveform Rhythm, lead V2: samples of 4 bytes are not read; left out',
      'MUSE waveform Rhythm, lead V3: no samples; left out',
      'MUSE waveform Rhythm: NumberofLeads is 8, the file holds 6',
      'MUSE waveform Rhythm: the leads are not of one length',
      'MUSE waveform Rhythm: without V1, V2, V3, V5, V6',
      'The file names no patient',
      'The file names no time of acquisition',
    ]);
  });

  test('a lead that starts later has no samples before (LeadTimeOffset)', () => {
    const read = decodeEcg(
      muse(waveform([lead('V1', [1, 2], { LeadTimeOffset: 100 }), lead('V2', [3], { LeadTimeOffset: 104 })])),
    );
    expect(read.groups[0]).toMatchObject({ startMs: 100 });
    expect(read.groups[0]!.leads[1]!.samples).toEqual([null, null, 14.64]);
    expect(read.warnings.join('\n')).toMatch(/V2: starts 4 ms after/);
  });
});

describe('restecg.dtd demographics, measurements, diagnosis', () => {
  const trace = waveform([lead('I', [1]), lead('II', [1]), ...chest]);

  test('the pieces of a statement are one until ENDSLINE; the reader’s diagnosis goes before the machine’s', () => {
    const statement = (text: string, flag = '') =>
      `<DiagnosisStatement>${flag}<StmtText>${text}</StmtText></DiagnosisStatement>`;
    const ends = '<StmtFlag>ENDSLINE</StmtFlag>';
    const machine = `<OriginalDiagnosis>${statement('Normal ECG', ends)}</OriginalDiagnosis>`;
    const edited = `<Diagnosis><Modality>RESTING</Modality>${statement('Sinus', '')}${statement('bradycardia', ends)}${statement('Unended')}</Diagnosis>`;
    expect(decodeEcg(muse(machine + edited + trace)).statements).toEqual(['Sinus bradycardia', 'Unended']);
    expect(decodeEcg(muse(machine + trace)).statements).toEqual(['Normal ECG']);
  });

  test('measurements that the device did not make are left out', () => {
    const measured =
      '<RestingECGMeasurements><VentricularRate>120</VentricularRate><PRInterval>0</PRInterval><PAxis>*</PAxis>' +
      '<TAxis>-5</TAxis><POnset>0</POnset><POffset>0</POffset><ECGSampleBase>500</ECGSampleBase></RestingECGMeasurements>';
    expect(decodeEcg(muse(measured + trace)).measurements).toEqual({ heartRatePerMinute: 120, tAxisDegrees: -5 });
  });

  test('an age in months and a day that does not exist are passed over', () => {
    const person =
      '<PatientDemographics><PatientID>7</PatientID><PatientAge>4</PatientAge><AgeUnits>MONTHS</AgeUnits>' +
      '<DateofBirth>02-30-1980</DateofBirth></PatientDemographics>';
    expect(decodeEcg(muse(person + trace)).patient).toEqual({ id: '7' });
  });
});

describe('hostile MUSE files', () => {
  test.each([
    ['an internal subset', '<!DOCTYPE RestingECG [<!ENTITY a "b">]>'],
    [
      'an external one and a subset',
      '<!DOCTYPE RestingECG SYSTEM "restecg.dtd" [<!ENTITY % x SYSTEM "file:///x"> %x;]>',
    ],
  ])('a DOCTYPE with %s is refused', (_, declared) => {
    expect(() => decodeEcg(muse(waveform([lead('I', [1])]), declared))).toThrow(refusal('hostile-xml'));
  });

  test('an entity that is not XML’s own is refused', () => {
    const person = '<PatientDemographics><PatientID>&secret;</PatientID></PatientDemographics>';
    expect(() => decodeEcg(muse(person + waveform([lead('I', [1])])))).toThrow(refusal('malformed', /entity/));
  });

  test.each([
    ['a foreign character', 'AQA!AQ=='],
    ['a cut end', 'AQABA'],
    ['padding inside', 'AQ==AQ=='],
  ])('Base64 with %s is refused with its lead', (_, text) => {
    const bytes = muse(waveform([lead('V2', [1], { WaveFormData: text })]));
    expect(() => decodeEcg(bytes)).toThrow(refusal('malformed', /Rhythm, lead V2: .*Base64/));
  });

  test.each([['0'], ['-500'], ['1e9'], ['fast'], ['']])('a SampleBase of "%s" is refused', (SampleBase) => {
    expect(() => decodeEcg(muse(waveform([lead('I', [1])], { SampleBase })))).toThrow(refusal('malformed', /rate/));
  });

  test('an exponent, a count and an offset beyond reason cost nothing', () => {
    const bodies = [
      waveform([lead('I', [1])], { SampleExponent: 999999999 }),
      waveform([lead('I', [1], { LeadSampleCountTotal: '9'.repeat(30) })]),
      waveform([lead('I', [1]), lead('II', [1], { LeadTimeOffset: '9'.repeat(30) })]),
    ];
    const ends = bodies.map((body) => timedOutcome(muse(body)));
    expect(ends.map(({ ended }) => ended)).toEqual(['malformed', 'read', 'too-large']);
    for (const { milliseconds } of ends) expect(milliseconds).toBeLessThan(1000);
  });

  test('too many waveforms, leads and samples are refused', () => {
    const many = (count: number, text: string) => new Array<string>(count).fill(text).join('');
    const leads = new Array<string>(decodeLimits.leadsPerGroup + 1).fill(lead('I', [1]));
    for (const body of [
      many(decodeLimits.groups + 1, waveform([lead('I', [1])])),
      waveform(leads),
      waveform([lead('I', [1], { WaveFormData: 'A'.repeat(Math.ceil((decodeLimits.totalSamples * 8) / 3) + 8) })]),
    ]) {
      expect(() => decodeEcg(muse(body))).toThrow(refusal('too-large'));
    }
  });

  test('white space of megabytes inside Base64 costs no more than itself', () => {
    const text = `AQAB${' '.repeat(4 * 2 ** 20)}!`;
    const { ended, milliseconds } = timedOutcome(muse(waveform([lead('I', [1], { WaveFormData: text })])));
    expect(ended).toBe('malformed');
    expect(milliseconds).toBeLessThan(3000);
  });

  test('a file without a waveform or with none that can be read has no trace to show', () => {
    expect(() => decodeEcg(muse(''))).toThrow(refusal('malformed', /no waveform/));
    const compressed = waveform([lead('I', [1])], { SampleType: 'PACKED' });
    expect(() => decodeEcg(muse(compressed))).toThrow(refusal('malformed', /readable/));
  });

  test('UTF-16 is read by its byte order mark', () => {
    const text = Buffer.from(makerFile('muse-xml', { durationSeconds: 1 })).toString('utf8');
    const wide = Buffer.from(`\ufeff${text.replace('UTF-8', 'UTF-16')}`, 'utf16le');
    expect(decodeEcg(wide)).toEqual(decodeEcg(Buffer.from(text)));
    expect(decodeEcg(Buffer.from(wide).swap16())).toEqual(decodeEcg(Buffer.from(text)));
  });
});
