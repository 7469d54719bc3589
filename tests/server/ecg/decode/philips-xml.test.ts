import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { decodeLimits } from '../../../../server/ecg/decode/decode-limits.ts';
import { restoreLimbLeads, unpackXli } from '../../../../server/ecg/decode/philips/xli.ts';
import { writePhilipsXml } from '../../../../server/ecg/encode/philips-xml.ts';
import type { PhilipsXmlOptions } from '../../../../server/ecg/encode/philips-xml.ts';
import { limbLeadDifferences, packXliLead } from '../../../../server/ecg/encode/xli-packing.ts';
import { synthesizeEcg } from '../../../../shared/ecg/synthesize.ts';
import { outcome, timedOutcome } from '../../../support/ecg-files/decode-outcome.ts';
import { makerFile, withMedian } from '../../../support/ecg-files/maker-files.ts';
import { fingerprint, testPatient } from '../../../support/ecg-files/synthetic-files.ts';

const { document } = synthesizeEcg({ durationSeconds: 1, sampleRateHz: 500 });

/** The text of a written file with pieces replaced, as UTF-8. */
function changed(replace: (text: string) => string, options: PhilipsXmlOptions = {}): Buffer {
  const written = Buffer.from(writePhilipsXml(document, { patient: testPatient, ...options }));
  return Buffer.from(replace(written.toString('utf16le').slice(1).replace('utf-16', 'utf-8')), 'utf8');
}

const packedText = /(<parsedwaveforms[^>]*>)([^<]*)/;
const packedBytes = (text: string) => Buffer.from(packedText.exec(text)![2]!, 'base64');

/** The file with the bytes of its packed rhythm replaced. */
function repacked(replace: (bytes: Buffer) => Uint8Array): Buffer {
  return changed((text) =>
    text.replace(packedText, (_, tag: string) => `${tag}${Buffer.from(replace(packedBytes(text))).toString('base64')}`),
  );
}

const refusal = (code: string, message = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('SierraECGSchema parsedwaveforms and repbeats', () => {
  test.each<[string, PhilipsXmlOptions]>([
    ['1.04 packed', { version: '1.04', packed: true }],
    ['1.04 not packed', { version: '1.04', packed: false }],
    ['1.03 packed', { version: '1.03', packed: true }],
    ['1.03 not packed', { version: '1.03', packed: false }],
  ])('version %s brings every sample back', (_, options) => {
    const whole = withMedian(synthesizeEcg({ rhythm: 'inferior-stemi', noiseMicrovolts: 12 }).document);
    const read = decodeEcg(writePhilipsXml(whole, { patient: testPatient, ...options }));
    expect(fingerprint(read.groups)).toEqual(fingerprint(whole.groups));
    expect(read.measurements).toEqual(whole.measurements);
    expect(read.patient).toEqual(testPatient);
    expect(read.warnings).toEqual([]);
  });

  test('UTF-8, UTF-16 of either order and another prefix are one recording', () => {
    const wide = Buffer.from(makerFile('philips-xml', { durationSeconds: 1 }));
    const text = wide.toString('utf16le').slice(1);
    const narrow = Buffer.from(text.replace('utf-16', 'utf-8'));
    const prefixed = text
      .replace(/<(\/?)([a-z])/g, '<$1p:$2')
      .replace('xmlns=', 'xmlns:p=')
      .replace('utf-16', 'utf-8');
    const read = decodeEcg(wide);
    expect(read.groups[0]!.leads).toHaveLength(12);
    for (const bytes of [narrow, Buffer.from(wide).swap16(), Buffer.from(prefixed)]) {
      expect(decodeEcg(bytes)).toEqual(read);
    }
  });

  test.each(['Plain', 'Hex'])('the encoding %s is read', (encoding) => {
    const bytes = changed(
      (text) => {
        const raw = packedBytes(text);
        const numbers = Array.from({ length: raw.length / 2 }, (_, i) => raw.readInt16LE(2 * i));
        const content = encoding === 'Hex' ? raw.toString('hex') : numbers.join(' \r\n');
        return text.replace(packedText, (_, tag: string) => tag.replace('Base64', encoding) + content);
      },
      { packed: false },
    );
    expect(fingerprint(decodeEcg(bytes).groups)).toEqual(fingerprint(document.groups));
  });

  test('limb leads stored as differences without packing are put together and told', () => {
    const bytes = changed(
      (text) => {
        const raw = packedBytes(text);
        const leads = Array.from({ length: 12 }, (_, k) =>
          Array.from({ length: 500 }, (_, i) => raw.readInt16LE(2 * (500 * k + i))),
        );
        const stored = [...limbLeadDifferences(leads.slice(0, 6)), ...leads.slice(6)].flat();
        return text.replace(packedText, (_, tag: string) => tag.replace('Base64', 'Plain') + stored.join(' '));
      },
      { packed: false },
    );
    const read = decodeEcg(bytes);
    expect(fingerprint(read.groups)).toEqual(fingerprint(document.groups));
    expect(read.warnings).toEqual([
      'Philips parsedwaveforms: III, aVR, aVL and aVF are stored as differences, from which they were put together',
    ]);
  });

  test('channels behind the stated number of leads are not shown', () => {
    const bytes = repacked((raw) => Buffer.concat([raw, packXliLead([0, 0, 7]), packXliLead([0, 0, 7])]));
    const read = decodeEcg(bytes);
    expect(read.groups[0]!.leads).toHaveLength(12);
    expect(read.warnings).toEqual([]);
  });

  test('leads and samples that are stated and not there are told, never made up', () => {
    const lead = Array.from({ length: 500 }, (_, i) => i % 50);
    const flat = lead.map(() => 0);
    const short = [lead, lead, flat, flat, flat, flat, lead.slice(0, 300)].map((samples) => packXliLead(samples));
    const read = decodeEcg(repacked(() => Buffer.concat(short)));
    expect(read.groups[0]!.leads.map(({ samples }) => samples.length)).toEqual([500, 500, 500, 500, 500, 500, 300]);
    expect(read.warnings).toEqual([
      'Philips parsedwaveforms: 12 leads are stated, the file holds 7',
      'Philips parsedwaveforms, lead V1: 500 samples are stated, the file holds 300',
      'Philips parsedwaveforms: without V2, V3, V4, V5, V6',
    ]);
  });

  test('a lead without a name in the file is a channel with a number; C1 is V1', () => {
    const named = changed((text) => text.replace(/leadlabels="[^"]*"/, 'leadlabels="X Y Z C1"'), { packed: false });
    const names = decodeEcg(named).groups[0]!.leads.map(({ name }) => name);
    expect(names).toEqual(['X', 'Y', 'Z', 'V1', ...Array.from({ length: 8 }, (_, i) => `Channel ${i + 5}`)]);
  });
});

describe('SierraECGSchema interpretations and measurements', () => {
  const older =
    '<interpretation date="2010-01-01" time="10:00:00"><statement><leftstatement>OLD</leftstatement></statement></interpretation>';
  const newer =
    '<interpretation date="2010-01-02" time="09:00:00"><severity code="AB">- ABNORMAL ECG -</severity>' +
    '<statement><leftstatement>SINUS RHYTHM</leftstatement><rightstatement>V-rate 60-99</rightstatement></statement></interpretation>';

  test('the latest interpretation is taken, with its reasons and its severity', () => {
    for (const order of [older + newer, newer + older]) {
      const bytes = changed((text) =>
        text.replace(/<interpretations>.*<\/interpretations>/s, `<interpretations>${order}</interpretations>`),
      );
      expect(decodeEcg(bytes).statements).toEqual(['SINUS RHYTHM (V-rate 60-99)', 'ABNORMAL ECG']);
    }
  });

  test('without an interpretation the program’s own means are taken; a poor signal is told', () => {
    const internal =
      '<internalmeasurements><crossleadmeasurements><meanventrate>84</meanventrate><meanprint/>' +
      '<meanqtc>Failed</meanqtc><qrsfrontaxis>-30</qrsfrontaxis><qaactioncode>Poor ECG, retry if possible</qaactioncode>' +
      '</crossleadmeasurements></internalmeasurements>';
    const bytes = changed((text) => text.replace(/<interpretations>.*<\/interpretations>/s, internal));
    const read = decodeEcg(bytes);
    expect(read.measurements).toEqual({ heartRatePerMinute: 84, qrsAxisDegrees: -30 });
    expect(read.warnings).toEqual(['The device says of the signal: Poor ECG, retry if possible']);
  });

  test('an unknown version is read and told', () => {
    const read = decodeEcg(changed((text) => text.replace('1.04</documentversion>', '9.9</documentversion>')));
    expect(read.warnings).toEqual(['Philips: document type "PhilipsECG" and version "9.9" are not known here']);
  });
});

describe('XLI packing', () => {
  const lead = fc.array(fc.integer({ min: -8000, max: 8000 }), { minLength: 3, maxLength: 400 });

  test('whatever is packed is unpacked again', () => {
    fc.assert(
      fc.property(fc.array(lead, { minLength: 1, maxLength: 4 }), (leads) => {
        const longest = Math.max(...leads.map((samples) => samples.length));
        const read = unpackXli(Buffer.concat(leads.map(packXliLead)), leads.length, longest, (i) => `lead ${i}`);
        expect(read.map((samples) => [...samples])).toEqual(leads);
      }),
      { numRuns: 200 },
    );
  });

  test('a long run, whose strings end in their own copy, is unpacked', () => {
    const flat = new Array<number>(20_000).fill(-3);
    expect([...unpackXli(packXliLead(flat), 1, flat.length, () => 'lead')[0]!]).toEqual(flat);
  });

  test('limb leads are put together from their differences, odd sums included', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 6, maxLength: 6 }), (samples) => {
        const leads = samples.map((sample) => [sample]);
        const restored = restoreLimbLeads(limbLeadDifferences(leads).map((values) => Int16Array.from(values)));
        expect(restored.map((values) => [...values])).toEqual(leads);
      }),
    );
  });
});

describe('hostile Philips files', () => {
  test('a stated length of a chunk beyond the data is refused', () => {
    const bytes = repacked((raw) => {
      raw.writeUInt32LE(0xffffffff, 0);
      return raw;
    });
    expect(() => decodeEcg(bytes)).toThrow(refusal('truncated', /lead I: 4294967295 bytes are stated/));
  });

  test('packed data cut inside a lead are refused, or the lead is missing', () => {
    for (let cut = 1; cut < 400; cut += 13) {
      const ended = outcome(repacked((raw) => raw.subarray(0, raw.length - cut)));
      expect(ended).toBe('truncated');
    }
  });

  test('more samples than stated are refused instead of shown in the wrong place', () => {
    const bytes = changed((text) => text.replace('durationperchannel="1000"', 'durationperchannel="998"'));
    expect(() => decodeEcg(bytes)).toThrow(refusal('malformed', /more than the 499/));
  });

  test('a code without a meaning and samples beyond 16 bits are refused', () => {
    const early = Uint8Array.from([4, 0, 0, 0, 1, 0, 0, 0, 0xff, 0x80, 0, 0]);
    expect(() => unpackXli(early, 1, 500, () => 'lead I')).toThrow(refusal('malformed', /code 1022/));
    const steep = packXliLead(new Array<number>(300).fill(0));
    new DataView(steep.buffer, steep.byteOffset).setInt16(6, -30_000, true);
    expect(() => unpackXli(steep, 1, 300, () => 'lead I')).toThrow(refusal('malformed', /leave 16 bits/));
  });

  test.each([
    ['durationperchannel="1000"', 'durationperchannel="999999999"', 'too-large'],
    ['durationperchannel="1000"', 'durationperchannel="-1"', 'malformed'],
    ['durationperchannel="1000"', '', 'malformed'],
    ['numberofleads="12"', 'numberofleads="1000000"', 'too-large'],
    ['samplespersecond="500"', 'samplespersecond="1e9"', 'malformed'],
    ['resolution="1"', 'resolution="0"', 'malformed'],
    ['dataencoding="Base64"', 'dataencoding="Morse"', 'unsupported-format'],
    ['compression="XLI"', 'compression="ZIP"', 'unsupported-format'],
  ])('%s replaced by "%s" is refused at once', (from, to, code) => {
    const bytes = changed((text) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    });
    const { ended, milliseconds } = timedOutcome(bytes);
    expect(ended).toBe(code);
    expect(milliseconds).toBeLessThan(1000);
  });

  test('a DOCTYPE that declares an entity is refused', () => {
    const bytes = changed((text) => text.replace('?>', '?><!DOCTYPE restingecgdata [<!ENTITY a "b">]>'));
    expect(() => decodeEcg(bytes)).toThrow(refusal('hostile-xml'));
  });

  test('too many beats and interpretations are refused', () => {
    const many = (count: number, text: string) => new Array<string>(count).fill(text).join('');
    const beats = `<repbeats resolution="5">${many(decodeLimits.leadsPerGroup + 1, '<repbeat leadname="I"/>')}</repbeats>`;
    const bytes = changed((text) => text.replace('</waveforms>', `${beats}</waveforms>`));
    expect(() => decodeEcg(bytes)).toThrow(refusal('too-large'));
    const readings = changed((text) =>
      text.replace('</interpretations>', `${many(60, '<interpretation/>')}</interpretations>`),
    );
    expect(() => decodeEcg(readings)).toThrow(refusal('too-large'));
  });

  test('changed packed bytes end in a result or a refusal, quickly', () => {
    const change = fc.record({ at: fc.nat(20_000), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = repacked((raw) => {
          for (const { at, value } of changes) raw[at % raw.length] = value;
          return raw;
        });
        expect(timedOutcome(bytes).milliseconds).toBeLessThan(3000);
      }),
      { numRuns: 200, seed: 20_261_122, interruptAfterTimeLimit: 30_000 },
    );
  });

  test('a file without waveforms has no trace to show', () => {
    const bytes = changed((text) => text.replace(/<waveforms>.*<\/waveforms>/s, '<waveforms/>'));
    expect(() => decodeEcg(bytes)).toThrow(refusal('malformed', /no waveforms/));
  });
});
