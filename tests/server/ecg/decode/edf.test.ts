import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { writeEdf } from '../../../../server/ecg/encode/edf.ts';
import { synthesizeEcg } from '../../../../shared/ecg/synthesize.ts';
import { annotationSignal, edfVariant } from '../../../support/ecg-files/edf-variants.ts';
import type { EdfVariant } from '../../../support/ecg-files/edf-variants.ts';

const two = { signals: [{ label: 'ECG II', samplesPerRecord: 2 }], records: [[[1, -2]], [[3, -4]]] };
const read = (variant: EdfVariant) => decodeEcg(edfVariant(variant));
const samplesOf = (variant: EdfVariant) => read(variant).groups[0]!.leads[0]!.samples;
const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('EDF signals (EDF 2.1.3)', () => {
  test.each([
    ['uV', 1],
    ['\xb5V', 1],
    ['\xc2\xb5V', 1],
    ['mV', 1000],
    ['mv', 1000],
    ['V', 1_000_000],
    ['nV', 0.001],
  ])('the dimension %s is turned into microvolts', (dimension, factor) => {
    const signals = [{ label: 'ECG II', dimension, samplesPerRecord: 2 }];
    expect(samplesOf({ ...two, signals })).toEqual(
      [1, -2, 3, -4].map((value) => Math.round(value * factor * 1e6) / 1e6),
    );
  });

  test('physical and digital ranges give scale, offset and polarity', () => {
    const signal = { label: 'ECG II', samplesPerRecord: 2, digital: ['0', '1000'] as [string, string] };
    expect(samplesOf({ ...two, signals: [{ ...signal, physical: ['-100', '400'] }] })).toEqual([
      -99.5, -101, -98.5, -102,
    ]);
    expect(samplesOf({ ...two, signals: [{ ...signal, physical: ['400', '-100'] }] })).toEqual([
      399.5, 401, 398.5, 402,
    ]);
    expect(samplesOf({ ...two, signals: [{ ...signal, physical: ['-0,5', '0,5'] }] })).toEqual([
      -0.499, -0.502, -0.497, -0.504,
    ]);
  });

  test.each([
    ['ECG I', 'I'],
    ['EKG II', 'II'],
    ['ECG V1-REF', 'V1'],
    ['ECG aVR', 'aVR'],
    ['ecg_v6', 'V6'],
    ['Lead III', 'III'],
    ['V2', 'V2'],
    ['ECG', 'ECG'],
    ['ECG I-II', 'ECG I-II'],
  ])('the label "%s" is an ECG and means %s', (label, name) => {
    const [group] = read({ ...two, signals: [{ label, samplesPerRecord: 2 }] }).groups;
    expect(group).toMatchObject({ label: 'rhythm', leads: [{ name }] });
  });

  test('signals of different rates, other voltages and no voltages keep apart', () => {
    const document = read({
      recordSeconds: '0.5',
      signals: [
        { label: 'EEG Fpz-Cz', samplesPerRecord: 1 },
        { label: 'ECG I', samplesPerRecord: 4 },
        { label: 'Temp rectal', dimension: 'degC', samplesPerRecord: 1 },
        { label: 'ECG V1', samplesPerRecord: 2 },
      ],
      records: [
        [[7], [1, 2, 3, 4], [99], [10, 20]],
        [[8], [5, 6, 7, 8], [99], [30, 40]],
      ],
    });
    expect(document.groups).toEqual([
      {
        label: 'rhythm',
        leads: [
          { name: 'I', sampleRateHz: 8, unit: 'uV', samples: [1, 2, 3, 4, 5, 6, 7, 8] },
          { name: 'V1', sampleRateHz: 4, unit: 'uV', samples: [10, 20, 30, 40] },
        ],
      },
      { label: 'other', leads: [{ name: 'EEG Fpz-Cz', sampleRateHz: 2, unit: 'uV', samples: [7, 8] }] },
    ]);
    expect(document.warnings).toContain('EDF: signal "Temp rectal" is in "degC", which is no voltage; it was left out');
  });

  test('a signal without a usable calibration is left out, and alone refused', () => {
    const good = { label: 'ECG I', samplesPerRecord: 2 };
    for (const bad of [
      { physical: ['5', '5'] },
      { digital: ['7', '7'] },
      { digital: ['100', '-100'] },
      { physical: ['abc', '1'] },
      { physical: ['1e307', '9e307'] },
      { physical: ['', ''] },
    ] as { physical?: [string, string] }[]) {
      const signal = { label: 'ECG II', samplesPerRecord: 2, ...bad };
      const records = [
        [
          [1, 2],
          [3, 4],
        ],
      ];
      const document = read({ signals: [good, signal], records });
      expect(document.groups[0]!.leads.map((lead) => lead.name)).toEqual(['I']);
      expect(document.warnings).toContain('EDF: signal "II" has no usable calibration; it was left out');
      expect(() => read({ signals: [signal], records: [[[1, 2]]] })).toThrow(refusal('not-an-ecg', /no signal/));
    }
  });

  test('BDF holds samples of 24 bits (BioSemi)', () => {
    const digital: [string, string] = ['-8388608', '8388607'];
    const signals = [{ label: 'ECG II', samplesPerRecord: 3, digital, physical: digital }];
    const records = [[[-8388608, 8388607, -1]]];
    const samples = samplesOf({ version: '\xffBIOSEMI', reserved: '24BIT', bytesPerSample: 3, signals, records });
    expect(samples).toEqual([-8388608, 8388607, -1]);
  });
});

describe('EDF records (EDF 2.1.3.2, EDF+ 2.1.4)', () => {
  test('a record that lasts no whole second gives its rate', () => {
    const { sampleRateHz } = read({ ...two, recordSeconds: '0.004' }).groups[0]!.leads[0]!;
    expect(sampleRateHz).toBe(500);
  });

  test('an unknown number of records is taken from the length, with a warning', () => {
    const document = read({ ...two, stated: { records: '-1' } });
    expect(document.groups[0]!.leads[0]!.samples).toEqual([1, -2, 3, -4]);
    expect(document.warnings).toContain(
      'EDF: the number of data records is unknown (-1); the file holds 2, which were read',
    );
  });

  test('a cut last record is left out with a warning', () => {
    const document = decodeEcg(edfVariant(two).subarray(0, -1));
    expect(document.groups[0]!.leads[0]!.samples).toEqual([1, -2]);
    expect(document.warnings).toEqual(
      expect.arrayContaining([
        'EDF: the header states 2 data records, the file holds 1 whole ones, which were read',
        'EDF: the file ends with a part of a data record, which was left out',
      ]),
    );
  });

  test('what lies behind the stated records is left out', () => {
    const document = read({ ...two, stated: { records: '1' } });
    expect(document.groups[0]!.leads[0]!.samples).toEqual([1, -2]);
    expect(document.warnings).toContain('EDF: the header states 1 data records; what lies behind them was left out');
  });

  const gapped = (starts: string[], reserved = 'EDF+D') => ({
    reserved,
    signals: [{ label: 'ECG II', samplesPerRecord: 2 }, annotationSignal(10)],
    records: starts.map((start, i): (number[] | string)[] => [[i, -i], `${start}\x14\x14\0`]),
  });

  test('pieces of an EDF+D file that do not touch stay separate groups with their own start', () => {
    const { groups } = read(gapped(['+0', '+1', '+60.5', '+61.5', '+62.5']));
    expect(groups.map(({ startMs, leads }) => [startMs, leads[0]!.samples])).toEqual([
      [undefined, [0, 0, 1, -1]],
      [60_500, [2, -2, 3, -3, 4, -4]],
    ]);
  });

  test('records that overlap or go back are never joined either', () => {
    expect(read(gapped(['+0', '+0.5', '+0.2'])).groups).toHaveLength(3);
  });

  test('an EDF+D record that does not say when it starts is refused', () => {
    expect(() => read(gapped(['+0', 'x']))).toThrow(refusal('malformed', /data record 2 does not say/));
  });

  test('more pieces than groups are kept is refused', () => {
    const starts = Array.from({ length: 65 }, (_, i) => `+${i * 10}`);
    expect(() => read(gapped(starts))).toThrow(refusal('too-large', /65 separate pieces/));
  });

  test('a continuous file starts where its first record says', () => {
    expect(read(gapped(['+0.25', '+1.25'], 'EDF+C')).groups[0]!.startMs).toBe(250);
  });
});

describe('EDF+ annotations (EDF+ 2.2)', () => {
  test('texts with onset become statements, not samples', () => {
    const document = read({
      reserved: 'EDF+C',
      signals: [{ label: 'ECG II', samplesPerRecord: 1 }, annotationSignal(60)],
      records: [
        [[1], '+0\x14\x14\0+0.5\x1530\x14Tachycardia\x14室性早搏\x14\0broken\0'],
        [[2], '+1\x14\x14\0+1.25\x14Button pressed\x14\0'],
      ],
    });
    expect(document.statements).toEqual(['0.5 s: Tachycardia', '0.5 s: 室性早搏', '1.25 s: Button pressed']);
    expect(document.groups).toHaveLength(1);
  });

  test('statements of our writer come back as annotations', () => {
    const document = decodeEcg(writeEdf(synthesizeEcg({ durationSeconds: 1 }).document));
    expect(document.statements).toEqual(['0 s: SYNTHETIC ECG, NOT OF A PERSON', '0 s: Sinus rhythm']);
  });

  test('a file of annotations alone is no ECG', () => {
    const variant = {
      reserved: 'EDF+C',
      recordSeconds: '0',
      signals: [annotationSignal(10)],
      records: [['+0\x14\x14\0']],
    };
    expect(() => read(variant)).toThrow(refusal('not-an-ecg', /no signal is a calibrated voltage/));
  });
});

describe('EDF patient and time (EDF+ 2.1.3.3)', () => {
  test('code, sex, birth date and name', () => {
    const { patient } = read({ ...two, reserved: 'EDF+C', patient: 'MCH-0234567 F 02-MAY-1951 Haagse_Harry' });
    expect(patient).toEqual({ id: 'MCH-0234567', sex: 'female', birthDate: '1951-05-02', name: 'Haagse Harry' });
  });

  test('the free text of plain EDF is a name', () => {
    expect(read({ ...two, patient: '王小明 ward 3' }).patient).toEqual({ name: '王小明 ward 3' });
    expect(read(two).patient).toBeUndefined();
  });

  test.each([
    ['85', '', '1985-03-02'],
    ['84', '', '2084-03-02'],
    ['yy', 'Startdate 02-MAR-2099 X X X', '2099-03-02'],
    ['26', 'Startdate X X X X', '2026-03-02'],
  ])('the year %s with "%s" is read as %s', (year, recording, date) => {
    const document = read({ ...two, reserved: 'EDF+C', startDate: `02.03.${year}`, recording });
    expect(document.acquiredAt).toBe(`${date}T04:05:06`);
  });

  test('an unknown date is none', () => {
    const document = read({ ...two, reserved: 'EDF+C', startDate: '01.01.85' });
    expect(document.acquiredAt).toBeUndefined();
    expect(document.warnings).toContain('The file names no time of acquisition');
  });

  test('a header field of impossible text is refused with its name', () => {
    const bad: [EdfVariant['stated'], RegExp][] = [
      [{ signals: '0' }, /number of signals is "0"/],
      [{ signals: '-1' }, /number of signals/],
      [{ signals: 'many' }, /number of signals is "many"/],
      [{ records: 'x\ny' }, /number of data records is "x\?y"/],
      [{ records: '-7' }, /number of data records/],
      [{ seconds: '-1' }, /duration of a data record/],
      [{ seconds: '1e99' }, /duration of a data record/],
      [{ seconds: '0' }, /last 0 seconds/],
      [{ headerBytes: 'z' }, /length of the header/],
    ];
    for (const [stated, message] of bad)
      expect(() => read({ ...two, stated: stated! })).toThrow(refusal('malformed', message));
  });

  test('counts beyond the file are refused before anything is allocated', () => {
    expect(() => read({ ...two, stated: { signals: '9999' } })).toThrow(refusal('too-large', /9999 signals/));
    expect(() => read({ ...two, stated: { signals: '500' } })).toThrow(refusal('truncated', /500 signals/));
    const huge = { label: 'ECG II', samplesPerRecord: 99_999_999 };
    const bytes = edfVariant({ signals: [{ ...huge, samplesPerRecord: 2 }], records: [[[1, 2]]] });
    bytes.set(Buffer.from('99999999'), 256 + 216);
    expect(() => decodeEcg(bytes)).toThrow(refusal('truncated', /no whole data record/));
  });
});
