import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import {
  beatSection,
  defaultHuffmanBytes,
  defaultTables,
  encodeWithTables,
  huffmanSection,
  leadSection,
  plainBytes,
  scpRecord,
  signalSection,
} from '../../../support/ecg-files/scp-variants.ts';
import type { TestHuffmanCode } from '../../../support/ecg-files/scp-variants.ts';
import { secondDifferences } from '../../../../server/ecg/encode/scp-sections.ts';
import { fingerprint, syntheticFile } from '../../../support/ecg-files/synthetic-files.ts';

/** A repeatable wiggle with small and large steps. */
const wiggle = (length: number, seed = 1): number[] =>
  Array.from(
    { length },
    (_, i) => Math.round(300 * Math.sin(i / 7 + seed) + ((i * 37 * seed) % 11) + (i % 50 === 0 ? 9000 : 0)) + 0,
  );

const firstDifferences = (values: readonly number[]): number[] =>
  values.map((v, i) => (i === 0 ? v : v - values[i - 1]!));

function samplesOf(bytes: Uint8Array, lead = 0, group = 0): (number | null)[] {
  return decodeEcg(bytes).groups[group]!.leads[lead]!.samples;
}

describe('EN 1064 5.8 and 5.9: storage of the samples', () => {
  const values = wiggle(400);
  const leads = leadSection([{ code: 1, start: 1, end: 400 }]);
  const record = (differences: number, stored: readonly number[]): Uint8Array =>
    scpRecord([
      defaultTables,
      leads,
      signalSection({
        id: 6,
        nanovolts: 1000,
        intervalMicroseconds: 2000,
        differences,
        leads: [defaultHuffmanBytes(stored)],
      }),
    ]);

  test('plain values, first and second differences read the same', () => {
    expect(samplesOf(record(0, values))).toEqual(values);
    expect(samplesOf(record(1, firstDifferences(values)))).toEqual(values);
    expect(samplesOf(record(2, secondDifferences(values)))).toEqual(values);
  });

  test('second differences beyond 16 bits wrap as in the writer', () => {
    const jumps = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 30000 : -30000));
    expect(samplesOf(record(2, secondDifferences(jumps)))).toEqual(jumps);
  });

  test('without section 2 the samples are plain 16-bit numbers (5.5)', () => {
    const section = {
      id: 6,
      nanovolts: 2500,
      intervalMicroseconds: 2000,
      differences: 0,
      leads: [plainBytes(values)],
    } as const;
    expect(samplesOf(scpRecord([leads, signalSection(section)]))).toEqual(values.map((value) => value * 2.5));
  });

  test('own tables, with offsets and switches between tables, are followed (5.5.4)', () => {
    const tables: TestHuffmanCode[][] = [
      [
        { prefix: '0', extraBits: 0, base: 0 },
        { prefix: '10', extraBits: 5, base: 3 },
        { prefix: '110', extraBits: 8, base: -40 },
        { prefix: '111', extraBits: 0, base: 0, switchTo: 2 },
      ],
      [
        { prefix: '1', extraBits: 16, base: 0 },
        { prefix: '01', extraBits: 0, base: 0, switchTo: 1 },
      ],
    ];
    // Two leads: the first table is in force again at the start of the second.
    const coded = [encodeWithTables(values, tables), encodeWithTables([...values].reverse(), tables)];
    const bytes = scpRecord([
      huffmanSection(tables),
      leadSection([
        { code: 1, start: 1, end: 400 },
        { code: 2, start: 1, end: 400 },
      ]),
      signalSection({ id: 6, nanovolts: 1000, intervalMicroseconds: 2000, differences: 0, leads: coded }),
    ]);
    expect(samplesOf(bytes)).toEqual(values);
    expect(samplesOf(bytes, 1)).toEqual([...values].reverse());
  });

  test('codes that cannot be told apart, or switch to nowhere, are refused', () => {
    const section = signalSection({
      id: 6,
      nanovolts: 1000,
      intervalMicroseconds: 2000,
      differences: 0,
      leads: [plainBytes(values)],
    });
    const ambiguous = huffmanSection([
      [
        { prefix: '1', extraBits: 0, base: 0 },
        { prefix: '10', extraBits: 0, base: 1 },
      ],
    ]);
    const nowhere = huffmanSection([
      [
        { prefix: '0', extraBits: 0, base: 0, switchTo: 9 },
        { prefix: '1', extraBits: 0, base: 0, switchTo: 9 },
      ],
    ]);
    for (const tables of [ambiguous, nowhere]) {
      expect(() => decodeEcg(scpRecord([tables, leads, section]))).toThrow(
        expect.objectContaining({ code: 'malformed' }),
      );
    }
  });

  test('intervals that are no whole hertz are kept', () => {
    const section = signalSection({
      id: 6,
      nanovolts: 1000,
      intervalMicroseconds: 1667,
      differences: 0,
      leads: [defaultHuffmanBytes(values)],
    });
    const [group] = decodeEcg(scpRecord([defaultTables, leads, section])).groups;
    expect(group!.leads[0]!.sampleRateHz).toBeCloseTo(599.88, 2);
  });

  test('leads by number: V3R, V7 and an unknown one (5.6.3)', () => {
    const coded = [1, 2, 3].map(() => defaultHuffmanBytes([1, 2, 3]));
    const definitions = leadSection([11, 9, 200].map((code) => ({ code, start: 1, end: 3 })));
    const section = signalSection({ id: 6, nanovolts: 1000, intervalMicroseconds: 2000, differences: 0, leads: coded });
    const names = decodeEcg(scpRecord([defaultTables, definitions, section])).groups[0]!.leads.map((lead) => lead.name);
    expect(names).toEqual(['V3R', 'V7', 'SCP lead 200']);
  });

  test('a lead that starts later begins with missing samples, not with invented ones', () => {
    const definitions = leadSection([
      { code: 1, start: 1, end: 6 },
      { code: 2, start: 4, end: 6 },
    ]);
    const section = signalSection({
      id: 6,
      nanovolts: 1000,
      intervalMicroseconds: 2000,
      differences: 0,
      leads: [defaultHuffmanBytes([1, 2, 3, 4, 5, 6]), defaultHuffmanBytes([7, 8, 9])],
    });
    expect(samplesOf(scpRecord([defaultTables, definitions, section]), 1)).toEqual([null, null, null, 7, 8, 9]);
  });
});

describe('EN 1064 5.7 and 5.9.5: reference beats and bimodal compression', () => {
  const reference = Array.from({ length: 60 }, (_, i) => Math.round(800 * Math.exp(-(((i - 30) / 6) ** 2))));
  const beats = [80, 220, 360].map((fiducial) => ({
    type: 0,
    start: fiducial - 30,
    fiducial,
    end: fiducial + 29,
    zone: [fiducial - 15, fiducial + 16] as [number, number],
  }));
  /** Sample number n (from 1) of the subtracted part: reference sample 31 falls on the fiducial point. */
  const beatAt = (n: number): number =>
    beats.reduce((sum, beat) => sum + (n >= beat.start && n <= beat.end ? reference[30 + n - beat.fiducial]! : 0), 0);

  test('the reference beat is added where it was subtracted, other beat types are left', () => {
    const rhythm = wiggle(480, 3).map((value, i) => value + beatAt(i + 1));
    const residual = rhythm.map((value, i) => value - beatAt(i + 1));
    const other = { type: 1, start: 420, fiducial: 440, end: 460, zone: [430, 450] as [number, number] };
    const bytes = scpRecord([
      defaultTables,
      leadSection([{ code: 2, start: 1, end: 480 }], 1),
      beatSection(120, 31, [...beats, other]),
      signalSection({
        id: 5,
        nanovolts: 1000,
        intervalMicroseconds: 2000,
        differences: 2,
        leads: [defaultHuffmanBytes(secondDifferences(reference))],
      }),
      signalSection({
        id: 6,
        nanovolts: 1000,
        intervalMicroseconds: 2000,
        differences: 1,
        leads: [defaultHuffmanBytes(firstDifferences(residual))],
      }),
    ]);
    expect(samplesOf(bytes)).toEqual(rhythm);
    expect(decodeEcg(bytes).groups[1]).toMatchObject({ label: 'median', leads: [{ name: 'II', samples: reference }] });
  });

  test('between protected zones one number stands for four samples; zones keep all', () => {
    // Between the zones the trace rests, so that its reconstruction is known exactly.
    const inZone = (n: number): boolean => beats.some((beat) => n >= beat.zone[0] && n <= beat.zone[1]);
    const rest = (n: number): number => (n < 150 ? 12 : n < 300 ? -40 : 7);
    const noise = wiggle(480, 5);
    const residual = Array.from({ length: 480 }, (_, i) => (inZone(i + 1) ? noise[i]! : rest(i + 1)));
    const stored: number[] = [];
    for (let n = 1; n <= 480;) {
      if (inZone(n)) stored.push(residual[n++ - 1]!);
      else {
        let length = 0;
        while (length < 4 && n + length <= 480 && !inZone(n + length)) length++;
        stored.push(residual[n - 1]!);
        n += length;
      }
    }
    const bytes = scpRecord([
      defaultTables,
      leadSection([{ code: 2, start: 1, end: 480 }], 1),
      beatSection(120, 31, beats),
      signalSection({
        id: 5,
        nanovolts: 1000,
        intervalMicroseconds: 2000,
        differences: 0,
        leads: [defaultHuffmanBytes(reference)],
      }),
      signalSection({
        id: 6,
        nanovolts: 1000,
        intervalMicroseconds: 8000,
        differences: 0,
        bimodal: true,
        leads: [defaultHuffmanBytes(stored)],
      }),
    ]);
    const document = decodeEcg(bytes);
    const { samples, sampleRateHz } = document.groups[0]!.leads[0]!;
    expect(sampleRateHz).toBe(500);
    expect(samples).toHaveLength(480);
    const expected = residual.map((value, i) => value + beatAt(i + 1));
    const differing = samples.flatMap((value, i) => (value === expected[i] ? [] : [i + 1]));
    // Only where the resting level jumps (150, 300) do lines join the two levels.
    expect(differing.every((n) => Math.abs(n - 150) <= 6 || Math.abs(n - 300) <= 6)).toBe(true);
    expect(document.warnings.join()).toMatch(/one of 4 samples/);
  });

  test('a subtraction that cannot be undone is refused', () => {
    const bytes = scpRecord([
      defaultTables,
      leadSection([{ code: 2, start: 1, end: 3 }], 1),
      signalSection({
        id: 6,
        nanovolts: 1000,
        intervalMicroseconds: 2000,
        differences: 0,
        leads: [defaultHuffmanBytes([1, 2, 3])],
      }),
    ]);
    expect(() => decodeEcg(bytes)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});

describe('EN 1064 5.2 and 5.3: records that lie', () => {
  test('counts of bytes that overflowed 16 bits are read on, with a warning', () => {
    const one = wiggle(40_000, 2);
    const two = wiggle(40_000, 4);
    const bytes = scpRecord([
      leadSection([
        { code: 1, start: 1, end: 40_000 },
        { code: 2, start: 1, end: 40_000 },
      ]),
      signalSection({
        id: 6,
        nanovolts: 1000,
        intervalMicroseconds: 2000,
        differences: 0,
        leads: [plainBytes(one), plainBytes(two)],
      }),
    ]);
    const document = decodeEcg(bytes);
    expect(
      document.groups[0]!.leads.map(
        (lead) => JSON.stringify(lead.samples) === JSON.stringify(lead.name === 'I' ? one : two),
      ),
    ).toEqual([true, true]);
    expect(document.warnings.filter((line) => line.includes('overflowed'))).toHaveLength(2);
  });

  test('a lead with fewer samples than declared keeps only those it has', () => {
    const bytes = scpRecord([
      leadSection([{ code: 1, start: 1, end: 4_000_000_000 }]),
      signalSection({
        id: 6,
        nanovolts: 1000,
        intervalMicroseconds: 2000,
        differences: 0,
        leads: [plainBytes([1, 2, 3])],
      }),
    ]);
    const document = decodeEcg(bytes);
    expect(document.groups[0]!.leads[0]!.samples).toEqual([1, 2, 3]);
    expect(document.warnings.join()).toMatch(/holds 3 of the 4000000000 samples declared/);
  });

  test('wrong checksums are told, and the record is read', () => {
    const bytes = Uint8Array.from(syntheticFile('scp-ecg', { durationSeconds: 1 }));
    const intact = decodeEcg(bytes);
    bytes[0] = bytes[0]! ^ 0xff;
    const section = new DataView(bytes.buffer).getUint32(6 + 16 + 10 + 6, true) - 1;
    bytes[section] = bytes[section]! ^ 0xff;
    const document = decodeEcg(bytes);
    expect(fingerprint(document.groups)).toEqual(fingerprint(intact.groups));
    expect(document.warnings).toEqual([
      "SCP-ECG: the record's checksum (CRC) is wrong",
      'SCP-ECG section 1: the checksum (CRC) is wrong',
    ]);
  });

  test('a section beyond the end of the file is named', () => {
    const bytes = syntheticFile('scp-ecg', { durationSeconds: 1 });
    expect(() => decodeEcg(bytes.subarray(0, bytes.length - 40))).toThrow(/SCP-ECG section \d+: reaches to byte/);
  });
});
