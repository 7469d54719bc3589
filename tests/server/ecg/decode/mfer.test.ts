import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { writeMfer } from '../../../../server/ecg/encode/mfer.ts';
import { synthesizeEcg } from '../../../../shared/ecg/synthesize.ts';
import { fingerprint, testPatient } from '../../../support/ecg-files/synthetic-files.ts';

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** One definition: tag, length, value; a channel's attributes have the tag [0x3f, index]. */
const tlv = (tag: number | number[], ...value: number[]) => [...[tag].flat(), value.length, ...value];
const preamble = tlv(0x40, ...Buffer.from('MFR '));
const file = (...definitions: number[][]) => Uint8Array.from([...preamble, ...definitions.flat()]);
const groups = (...definitions: number[][]) => decodeEcg(file(...definitions)).groups;
const first = (...definitions: number[][]) => groups(...definitions)[0]!.leads[0]!;

const lead = (index: number, code: number, ...more: number[][]) =>
  tlv([0x3f, index], ...tlv(0x09, 0, code), ...more.flat());
/** Two channels, one sample in each block, of 16 bits, highest byte first. */
const two = [tlv(0x05, 2), tlv(0x04, 1), lead(0, 1), lead(1, 2)];
const wave = (...values: number[]) => tlv(0x1e, ...values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]));

describe('MFER definitions (ISO 22077-1 clauses 4 and 5)', () => {
  test.each([true, false])('both byte orders give the same recording (little endian: %s)', (littleEndian) => {
    const { document } = synthesizeEcg({ noiseMicrovolts: 5 });
    const read = decodeEcg(writeMfer(document, { patient: testPatient, littleEndian }));
    expect(fingerprint(read.groups)).toEqual(fingerprint(document.groups));
    expect(read).toMatchObject({ patient: testPatient, acquiredAt: '2026-01-05T08:00:00', device: document.device });
    expect(read.statements).toEqual(document.statements);
  });

  test('without any definition but the data, defaults hold: one channel, 16 bits, 1 kHz, 1 uV', () => {
    expect(groups(wave(1, -2, 3))).toEqual([
      { label: 'rhythm', leads: [{ name: 'channel 1', sampleRateHz: 1000, unit: 'uV', samples: [1, -2, 3] }] },
    ]);
  });

  test('blocks of channels alternate in each sequence', () => {
    const [group] = groups(
      tlv(0x05, 2),
      tlv(0x04, 2),
      tlv(0x06, 2),
      lead(0, 1),
      lead(1, 61),
      wave(1, 2, 11, 12, 3, 4, 13, 14),
    );
    expect(group!.leads.map(({ name, samples }) => [name, samples])).toEqual([
      ['I', [1, 2, 3, 4]],
      ['III', [11, 12, 13, 14]],
    ]);
  });

  test('a channel may have its own rate, block, sequences and scale', () => {
    const own = [tlv(0x04, 2), tlv(0x0b, 0, 0, 0x07, 0xd0), tlv(0x0c, 0, 0xfa, 0, 5), tlv(0x06, 1)];
    const [group] = groups(tlv(0x05, 2), tlv(0x04, 1), tlv(0x06, 2), lead(0, 1), lead(1, 3, ...own), wave(7, 1, 2, 8));
    expect(group!.leads).toEqual([
      { name: 'I', sampleRateHz: 1000, unit: 'uV', samples: [7, 8] },
      { name: 'V1', sampleRateHz: 2000, unit: 'uV', samples: [5, 10] },
    ]);
  });

  test.each([
    ['hertz', [0, 0, 1, 0xf4], 500],
    ['hertz with a power', [0, 1, 50], 500],
    ['seconds', [1, 0xfd, 2], 500],
    ['microseconds', [1, 0xfa, 0x07, 0xd0], 500],
  ])('the sampling interval is given in %s', (_, value, rate) => {
    expect(first(tlv(0x0b, ...value), wave(1)).sampleRateHz).toBe(rate);
  });

  test('resolution, offset and missing value make the sample', () => {
    expect(
      first(tlv(0x0c, 0, 0xf7, 0x13, 0x10), tlv(0x0d, 0xff, 0xf6), tlv(0x12, 0x80, 0), wave(10, 11, -32768)).samples,
    ).toEqual([0, 4.88, null]);
  });

  test.each([
    [0, [0xff, 0xfe], -2],
    [1, [0xff, 0xfe], 65534],
    [2, [0xff, 0xff, 0xff, 0xfe], -2],
    [3, [0xfe], 254],
    [5, [0xfe], -2],
    [6, [0xff, 0xff, 0xff, 0xfe], 4294967294],
    [7, [0x3f, 0xc0, 0, 0], 1.5],
    [8, [0xbf, 0xf8, 0, 0, 0, 0, 0, 0], -1.5],
  ])('data type %d', (type, bytes, value) => {
    expect(first(tlv(0x0a, type), tlv(0x1e, ...bytes)).samples).toEqual([value]);
    expect(first(tlv(0x01, 1), tlv(0x0a, type), tlv(0x1e, ...bytes.toReversed())).samples).toEqual([value]);
  });

  test('a stored value that is no number is a missing sample', () => {
    expect(first(tlv(0x0a, 7), tlv(0x1e, 0x7f, 0xc0, 0, 0, 0x7f, 0x7f, 0xff, 0xff, 0, 0, 0, 0)).samples).toEqual([
      null,
      null,
      0,
    ]);
  });

  test('lead codes of the 12 leads and of those on the back and on the right', () => {
    const codes = [1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8, 9, 66, 67, 11, 12, 13, 14, 15];
    const [group] = groups(tlv(0x05, codes.length), ...codes.map((code, i) => lead(i, code)), wave(...codes));
    expect(group!.leads.map(({ name }) => name).join()).toBe(
      'I,II,III,aVR,aVL,aVF,V1,V2,V3,V4,V5,V6,V7,V8,V9,V3R,V4R,V5R,V6R,V7R',
    );
  });

  test('a lead without a code that is known has its words or its number', () => {
    const [group] = groups(tlv(0x05, 2), tlv([0x3f, 0], ...tlv(0x09, 0x7f, 0xff, 0x42, 0x31)), wave(1, 2));
    expect(group!.leads.map(({ name }) => name)).toEqual(['B1', 'channel 2']);
  });

  test('long lengths, channel numbers of two bytes, contents without length, padding and unknown tags are understood', () => {
    const long = [0x1e, 0x83, 0, 0, 4, 0, 1, 0, 2];
    const open = [0x3f, 0x80, 1, 0x80, ...tlv(0x09, 0, 2), 0, 0];
    const [group] = groups(tlv(0x05, 2), tlv(0x6f, 1, 2, 3), [0, 0, 0], lead(0, 1), open, long, [0x80, 0], [0xff]);
    expect(group!.leads.map(({ name, samples }) => [name, samples])).toEqual([
      ['I', [1]],
      ['II', [2]],
    ]);
  });

  test('a file without preamble is recognised by its definitions', () => {
    const bytes = Uint8Array.from([...tlv(0x01, 0), ...two.flat(), ...wave(1, 2)]);
    expect(decodeEcg(bytes).groups[0]!.leads).toHaveLength(2);
  });

  test('definitions inside a group hold like others (tag 67)', () => {
    expect(groups(tlv(0x67, ...two.flat()), wave(1, 2))[0]!.leads).toHaveLength(2);
  });

  test('channels that are no voltage are stepped over with a warning', () => {
    const read = decodeEcg(
      file(tlv(0x05, 3), lead(0, 1), lead(1, 2, tlv(0x0a, 4)), lead(2, 3, tlv(0x0c, 1, 0, 1)), wave(1, 2, 3)),
    );
    expect(read.groups[0]!.leads).toEqual([{ name: 'I', sampleRateHz: 1000, unit: 'uV', samples: [1] }]);
    expect(read.warnings).toEqual(
      expect.arrayContaining([
        'MFER frame 1: channel 2 (II) is no voltage and was left out',
        'MFER frame 1: channel 3 (V1) is no voltage and was left out',
      ]),
    );
  });
});

describe('MFER frames (ISO 22077-1 tags 1E and 07)', () => {
  test('frames that continue each other are one group, by their pointer or without one', () => {
    for (const pointer of [[], tlv(0x07, 2)]) {
      expect(groups(...two, wave(1, 2, 3, 4), pointer, wave(5, 6)).map(({ leads }) => leads[0]!.samples)).toEqual([
        [1, 3, 5],
      ]);
    }
  });

  test('frames with a gap between them stay apart, with their start', () => {
    const found = groups(...two, wave(1, 2), tlv(0x07, 0x27, 0x10), wave(3, 4));
    expect(found.map(({ startMs, leads }) => [startMs, leads[1]!.samples])).toEqual([
      [undefined, [2]],
      [10_000, [4]],
    ]);
  });

  test('frames of other leads, and the dominant beat, are groups of their own (tag 08)', () => {
    const found = groups(...two, wave(1, 2), tlv(0x08, 0, 9), wave(3, 4), tlv(0x08, 0, 40), wave(5, 6));
    expect(found.map(({ label }) => label)).toEqual(['rhythm', 'median', 'other']);
  });

  test('bytes behind the last sequence are told', () => {
    expect(decodeEcg(file(...two, wave(1, 2, 3))).warnings).toContain(
      'MFER frame 1: 2 bytes behind the last sequence were left out',
    );
  });
});

describe('MFER patient and notes (ISO 22077-1 tags 81 to 85, 16, 17, 41)', () => {
  const words = (tag: number, text: string) => tlv(tag, ...Buffer.from(text));

  test.each([
    ['山田^ヤマダ^太郎^タロウ', '山田太郎'],
    ['Smith^^John^', 'Smith John'],
    ['Smith^John', 'Smith John'],
    ['王小明', '王小明'],
  ])('the name %s', (text, name) => {
    expect(decodeEcg(file(words(0x81, text), wave(1))).patient).toEqual({ name });
  });

  test('a name in GBK, and one in a declared set', () => {
    expect(decodeEcg(file(tlv(0x81, 0xcd, 0xf5), wave(1))).patient).toEqual({ name: '王' });
    const sjis = [0x8e, 0x52, 0x93, 0x63];
    expect(decodeEcg(file(words(0x03, 'Shift_JIS'), tlv(0x81, ...sjis), wave(1))).patient).toEqual({ name: '山田' });
  });

  test('unknown age, sex and birth date are left out', () => {
    const read = decodeEcg(file(words(0x82, 'A1^x'), tlv(0x83, 0, 0, 0, 0, 0, 0, 0), tlv(0x84, 0), wave(1)));
    expect(read.patient).toEqual({ id: 'A1' });
  });

  test('time with milliseconds, maker, comment and event', () => {
    const event = [0, 5, 0, 0, 0x03, 0xe8, 0, 0, 0, 0, ...Buffer.from('PVC')];
    const read = decodeEcg(
      file(
        tlv(0x85, 0x07, 0xea, 3, 4, 5, 6, 7, 0, 250, 0, 0),
        words(0x17, 'A^B^C^D'),
        words(0x16, 'note'),
        tlv(0x41, ...event),
        wave(1),
      ),
    );
    expect(read.acquiredAt).toBe('2026-03-04T05:06:07.250');
    expect(read.device).toEqual({ manufacturer: 'A', model: 'B', softwareVersion: 'C', serialNumber: 'D' });
    expect(read.statements).toEqual(['note', '1 s: PVC']);
  });
});

describe('MFER that is refused', () => {
  test.each([
    ['compressed data', [tlv(0x0e, 0, 1), wave(1)], 'unsupported-format', /compressed \(tag 0E\)/],
    ['AHA compression', [tlv(0x0a, 9), wave(1)], 'unsupported-format', /AHA/],
    ['an unknown data type', [tlv(0x0a, 77), wave(1)], 'malformed', /data type 77/],
    ['an unknown byte order', [tlv(0x01, 7), wave(1)], 'malformed', /byte order 7/],
    ['no channels', [tlv(0x05, 0), wave(1)], 'malformed', /no channels/],
    ['too many channels', [tlv(0x05, 0xff, 0xff, 0xff, 0xff), wave(1)], 'too-large', /4294967295 channels/],
    ['a number too long', [tlv(0x05, 0, 0, 0, 0, 1), wave(1)], 'malformed', /number of 5 bytes/],
    ['an empty block', [tlv(0x04, 0), wave(1)], 'malformed', /data block of channel 1 is empty/],
    ['an interval of zero', [tlv(0x0b, 0, 0, 0), wave(1)], 'malformed', /sampling interval/],
    ['an interval in metres', [tlv(0x0b, 2, 0, 1), wave(1)], 'malformed', /sampling interval/],
    ['an interval cut short', [tlv(0x0b, 0, 0), wave(1)], 'malformed', /unit, power and number/],
    ['a frame shorter than it says', [tlv(0x04, 2), tlv(0x06, 1), wave(1)], 'truncated', /ask for 4 bytes, it has 2/],
    [
      'an absurd frame',
      [tlv(0x04, 0x7f, 0xff, 0xff, 0xff), tlv(0x06, 0x7f, 0xff, 0xff, 0xff), wave(1)],
      'truncated',
      /ask for/,
    ],
    ['an empty frame', [wave()], 'truncated', /no whole sequence/],
    ['no frame', [tlv(0x05, 1)], 'malformed', /no frame/],
    [
      'a value behind the end',
      [[0x1e, 0x84, 0x7f, 0xff, 0xff, 0xff, 1, 2]],
      'truncated',
      /needs 2147483647 bytes, 2 follow/,
    ],
    ['a length of nine bytes', [[0x1e, 0x89]], 'malformed', /length of tag 1E/],
    ['a tag without length', [[0x1e]], 'truncated', /inside tag 1E/],
    ['contents without an end', [[0x3f, 0, 0x80, 9, 2, 0, 1]], 'truncated', /no end/],
    ['attributes inside attributes', [tlv([0x3f, 0], ...lead(0, 1)), wave(1)], 'malformed', /inside another's/],
    [
      'groups inside groups',
      [[...Array.from({ length: 9 }, (_, i) => [0x67, 16 - 2 * i])].flat()],
      'malformed',
      /nested too deeply/,
    ],
  ])('%s', (_, definitions, code, message) => {
    expect(() => decodeEcg(file(...definitions))).toThrow(refusal(code, message));
  });

  test('more separate pieces than groups are kept', () => {
    const pieces = Array.from({ length: 65 }, (_, i) => [...tlv(0x07, i, 0), ...wave(1)]);
    expect(() => decodeEcg(file(...pieces))).toThrow(refusal('too-large', /65 separate pieces/));
  });
});
