import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { dicomTestFile, waveformGroup, waveformObject } from '../../../support/ecg-files/dicom-variants.ts';
import type { Encoding, TestElement, TestGroup } from '../../../support/ecg-files/dicom-variants.ts';

const ramp = (length: number, factor = 1): number[] => Array.from({ length }, (_, i) => (i - 20) * factor);

function file(group: Partial<TestGroup> = {}, extra: readonly TestElement[] = [], encoding: Encoding = {}): Buffer {
  const whole: TestGroup = {
    channels: [{ name: 'Lead I' }, { name: 'Lead II' }],
    samples: [ramp(50), ramp(50, -3)],
    ...group,
  };
  return dicomTestFile(waveformObject([waveformGroup(whole, encoding)], extra), encoding);
}

describe('PS3.3 C.10.9 waveform module', () => {
  const encodings: [string, Encoding][] = [
    ['explicit little endian', {}],
    ['implicit little endian', { implicit: true }],
    ['explicit big endian', { bigEndian: true }],
    ['deflated', { deflated: true }],
    ['undefined lengths', { undefinedLengths: true }],
    ['implicit with undefined lengths', { implicit: true, undefinedLengths: true }],
  ];
  test.each(encodings)('samples are read in %s (PS3.5 annex A)', (_, encoding) => {
    const [group] = decodeEcg(file({}, [], encoding)).groups;
    expect(group!.leads.map((lead) => lead.name)).toEqual(['I', 'II']);
    expect(group!.leads[0]!.samples).toEqual(ramp(50));
    expect(group!.leads[1]!.samples).toEqual(ramp(50, -3).map((value) => value + 0));
  });

  test('samples that look like a sequence item in implicit VR are still samples', () => {
    const samples = [
      [-2, 5, 6],
      [-8192, 7, 8],
    ];
    expect(decodeEcg(file({ samples }, [], { implicit: true })).groups[0]!.leads[0]!.samples).toEqual([-2, 5, 6]);
  });

  test.each([
    ['SB', [-128, 0, 127], [-128, 0, 127]],
    ['UB', [0, 128, 255], [0, 128, 255]],
  ])('8-bit samples of interpretation %s are read', (interpretation, stored, read) => {
    const group = file({ bits: 8, interpretation, samples: [stored, stored] });
    expect(decodeEcg(group).groups[0]!.leads[1]!.samples).toEqual(read);
  });

  test('sensitivity, correction factor and baseline give microvolts (C.10.9.1.4)', () => {
    const channels = [
      { name: 'I', sensitivity: '2.44', correction: '1.5', baseline: '-10' },
      { name: 'II', sensitivity: '0.00125', unit: 'mV' },
    ];
    const { leads } = decodeEcg(
      file({
        channels,
        samples: [
          [0, 100, -1],
          [0, 100, -1],
        ],
      }),
    ).groups[0]!;
    expect(leads[0]!.samples).toEqual([-10, 356, -13.66]);
    expect(leads[1]!.samples).toEqual([0, 125, -1.25]);
  });

  test('a channel without sensitivity or in another unit is left out with a warning', () => {
    const channels = [{ name: 'I' }, { name: 'ABP', unit: 'mm[Hg]' }, { name: 'II', sensitivity: null }];
    const document = decodeEcg(file({ channels, samples: [ramp(5), ramp(5), ramp(5)] }));
    expect(document.groups[0]!.leads.map((lead) => lead.name)).toEqual(['I']);
    expect(document.warnings.join()).toMatch(/ABP.*mm\[Hg\]/);
    expect(document.warnings.join()).toMatch(/II has no sensitivity/);
  });

  test('without any calibrated channel the file is refused', () => {
    const channels = [
      { name: 'I', unit: null },
      { name: 'II', unit: null },
    ];
    expect(() => decodeEcg(file({ channels }))).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  test('the padding value is a missing sample (C.10.9.1.7)', () => {
    const samples = [
      [1, -32768, 3],
      [4, 5, -32768],
    ];
    const { leads } = decodeEcg(file({ samples, padding: -32768 })).groups[0]!;
    expect(leads.map((lead) => lead.samples)).toEqual([
      [1, null, 3],
      [4, 5, null],
    ]);
  });

  test('a skew is told, not corrected', () => {
    const document = decodeEcg(
      file({
        channels: [
          { name: 'I', skew: '3' },
          { name: 'II', skew: '0' },
        ],
      }),
    );
    expect(document.warnings.filter((line) => line.includes('skew'))).toHaveLength(1);
  });

  test.each([
    ['RHYTHM', 'ORIGINAL', 'rhythm'],
    ['MEDIAN BEAT', 'DERIVED', 'median'],
    ['ANNOTATED BEATS', 'DERIVED', 'annotated-beats'],
    ['', 'DERIVED', 'median'],
    ['', 'ORIGINAL', 'rhythm'],
  ])('a group labelled "%s" and %s is %s', (label, originality, expected) => {
    expect(decodeEcg(file({ label, originality })).groups[0]!.label).toBe(expected);
  });

  test('every multiplex group is read, each at its rate', () => {
    const one = waveformGroup({ channels: [{ name: 'V1' }], samples: [ramp(10)], rate: '250' });
    const two = waveformGroup({ channels: [{ name: 'V2' }], samples: [ramp(20)], rate: '599.88' });
    const { groups } = decodeEcg(dicomTestFile(waveformObject([one, two])));
    expect(groups.map((group) => group.leads[0]!.sampleRateHz)).toEqual([250, 599.88]);
  });
});

describe('PS3.3 C.10.9 counts that lie', () => {
  test('fewer samples than declared are refused as truncated', () => {
    expect(() => decodeEcg(file({ declaredSamples: 51 }))).toThrow(expect.objectContaining({ code: 'truncated' }));
    expect(() => decodeEcg(file({ declaredSamples: 0xffffffff }))).toThrow(
      expect.objectContaining({ code: 'truncated' }),
    );
  });

  test('more data than declared are left out with a warning', () => {
    const document = decodeEcg(file({ declaredSamples: 40 }));
    expect(document.groups[0]!.leads[0]!.samples).toHaveLength(40);
    expect(document.warnings.join()).toMatch(/more samples than the 40 declared/);
  });

  test('absurd channel counts and frequencies are refused', () => {
    expect(() => decodeEcg(file({ declaredChannels: 65535 }))).toThrow(expect.objectContaining({ code: 'too-large' }));
    for (const rate of ['0', '-1', '1e999', 'abc', '']) {
      expect(() => decodeEcg(file({ rate }))).toThrow(expect.objectContaining({ code: 'malformed' }));
    }
  });

  test('companded samples are named as not read', () => {
    expect(() => decodeEcg(file({ bits: 8, interpretation: 'MB' }))).toThrow(
      expect.objectContaining({ code: 'unsupported-format' }),
    );
  });

  test('DICOM that is no ECG is told apart', () => {
    const image = dicomTestFile([[0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2']]);
    expect(() => decodeEcg(image)).toThrow(expect.objectContaining({ code: 'not-an-ecg' }));
  });
});

describe('PS3.5 6.1 character sets of the patient', () => {
  const gb = Buffer.from([0xcd, 0xf5, 0x5e, 0xd0, 0xa1, 0xc3, 0xf7]);
  const withName = (charset: string | null, name: Buffer | string): Buffer =>
    file({}, [
      ...(charset === null ? [] : [[0x00080005, 'CS', charset] as TestElement]),
      [0x00100010, 'PN', name],
      [0x00100020, 'LO', 'A1'],
    ]);

  test.each([
    ['GB18030', gb],
    ['GBK', gb],
    ['ISO_IR 192', Buffer.from('王^小明')],
    ['iso_ir 192', Buffer.from('\ufeff王^小明')],
    [
      '\\ISO 2022 IR 58',
      Buffer.concat([Buffer.from('\x1b$)A'), gb.subarray(0, 3), Buffer.from('\x1b$)A'), gb.subarray(3)]),
    ],
  ])('%s is read', (charset, name) => {
    const document = decodeEcg(withName(charset, name));
    expect(document.patient).toEqual({ id: 'A1', name: '王小明' });
    expect(document.warnings.filter((line) => line.includes('character set'))).toEqual([]);
  });

  test.each([
    [null, gb],
    ['ISO_IR 192', gb],
  ])('text that contradicts the declared set (%s) is read as what it is, with a warning', (charset, name) => {
    const document = decodeEcg(withName(charset, name));
    expect(document.patient!.name).toBe('王小明');
    expect(document.warnings.join()).toMatch(/character set/);
  });

  test('the ideographic name group goes before the alphabetic one (PS3.5 6.2.1)', () => {
    expect(decodeEcg(withName('ISO_IR 192', 'Wang^XiaoMing=王^小明')).patient!.name).toBe('王小明');
    expect(decodeEcg(withName('ISO_IR 100', 'Wang^Xiao Ming')).patient!.name).toBe('Wang Xiao Ming');
  });
});

describe('PS3.3 C.10.10 waveform annotations', () => {
  const concept = (code: string, scheme: string, meaning: string): TestElement[] => [
    [0x00080100, 'SH', code],
    [0x00080102, 'SH', scheme],
    [0x00080104, 'LO', meaning],
  ];
  const measured = (name: TestElement[], value: string, unit: string, channels: number[] = [1, 0]): TestElement[] => [
    [0x0040a0b0, 'US', { u16: channels }],
    [0x0040a043, 'SQ', { items: [name] }],
    [0x004008ea, 'SQ', { items: [concept(unit, 'UCUM', unit)] }],
    [0x0040a30a, 'DS', value],
  ];

  test('global measurements are taken by code or words, single leads and zeros are not', () => {
    const items = [
      measured(concept('5.13.5-7', 'SCPECG', 'PR Interval'), '161', 'ms'),
      measured(concept('2:16156', 'MDC', 'whatever'), '0.09', 's'),
      measured(concept('X1', '99VENDOR', 'QT interval'), '380', 'ms'),
      measured(concept('X2', '99VENDOR', 'P Duration'), '100', 'ms', [1, 2]),
      measured(concept('5.10.2.1-3', 'SCPECG', 'RR Interval'), '0', 'ms'),
      measured(concept('5.10.3-13', 'SCPECG', 'QRS Axis'), '-30', 'deg'),
      [[0x00700006, 'ST', 'Sinus rhythm'] as TestElement],
    ];
    const document = decodeEcg(file({}, [[0x0040b020, 'SQ', { items }]]));
    expect(document.measurements).toEqual({
      prIntervalMs: 161,
      qrsDurationMs: 90,
      qtIntervalMs: 380,
      qrsAxisDegrees: -30,
    });
    expect(document.statements).toEqual(['Sinus rhythm']);
  });
});
