import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { decodeLimits } from '../../../../server/ecg/decode/decode-limits.ts';
import { bytesInMemory, withFileBytes } from '../../../../server/ecg/decode/file-bytes.ts';
import { openRecording } from '../../../../server/ecg/decode/long-recording.ts';
import { annotationSignal, edfVariant, type EdfVariant } from '../../../support/ecg-files/edf-variants.ts';
import { writeHolter } from '../../../support/ecg-files/holter-file.ts';
import { fingerprint, syntheticFile, testPatient } from '../../../support/ecg-files/synthetic-files.ts';

const opened = (bytes: Uint8Array) => openRecording(bytesInMemory(bytes));

/** 24 hours of each lead, counting from -1000 to 999 again and again. */
function holterDay(hertz: number, leads: number): Uint8Array {
  const bytes = new Uint8Array(522 + 86_400 * hertz * leads * 2);
  bytes.set(syntheticFile('ishne', { durationSeconds: 1 }).subarray(0, 522));
  const view = new DataView(bytes.buffer);
  view.setInt32(14, 86_400 * hertz, true);
  view.setInt16(156, leads, true);
  view.setInt16(272, hertz, true);
  const numbers = new Int16Array(bytes.buffer, 522);
  const period = 2000 * leads;
  for (let index = 0; index < period; index++) numbers[index] = Math.floor(index / leads) - 1000;
  for (let filled = period; filled < numbers.length; filled *= 2) numbers.copyWithin(filled, 0, filled);
  return bytes;
}

describe.each(['mfer', 'edf', 'ishne', 'scp-ecg'] as const)('windows of %s', (format) => {
  const bytes = syntheticFile(format, { durationSeconds: 4, sampleRateHz: 250 });
  const [whole] = decodeEcg(bytes).groups;

  test('a window holds exactly the samples of its span', () => {
    for (const [start, seconds] of [
      [0, 4],
      [1.5, 0.1],
      [3.9, 10],
      [-1, 2],
      [0.001, 0.5],
    ] as const) {
      const [window] = opened(bytes).window(start, seconds);
      const from = Math.max(0, Math.ceil(start * 250 - 1e-6));
      const to = Math.min(1000, Math.ceil((start + seconds) * 250 - 1e-6));
      expect(window!.startMs ?? 0).toBeCloseTo(from * 4, 6);
      window!.leads.forEach((lead, i) => {
        expect(lead).toEqual({ ...whole!.leads[i], samples: whole!.leads[i]!.samples.slice(from, to) });
      });
    }
    expect(opened(bytes).window(4, 1)).toEqual([]);
    expect(opened(bytes).window(Number.NaN, 1)).toEqual([]);
  });

  test('the overview has the least and the greatest sample of each span', () => {
    opened(bytes)
      .overview(0.5)
      .forEach((lead, i) => {
        const samples = whole!.leads[i]!.samples.map(Number);
        expect(lead.minimum).toHaveLength(8);
        for (let bucket = 0; bucket < 8; bucket++) {
          const span = samples.slice(bucket * 125, (bucket + 1) * 125);
          expect(lead.minimum[bucket]).toBeCloseTo(Math.min(...span), 2);
          expect(lead.maximum[bucket]).toBeCloseTo(Math.max(...span), 2);
        }
      });
  });
});

describe('long recordings', () => {
  test('windows of an EDF+D file know its gaps (EDF+ 2.1.4)', () => {
    const bytes = edfVariant({
      reserved: 'EDF+D',
      signals: [{ label: 'ECG II', samplesPerRecord: 2 }, annotationSignal(10)],
      records: [
        [[1, 2], '+0\x14\x14\0'],
        [[3, 4], '+10\x14\x14\0'],
      ],
    });
    expect(opened(bytes).durationSeconds).toBe(11);
    const spans = opened(bytes)
      .window(0.5, 9.7)
      .map(({ startMs, leads }) => [startMs, leads[0]!.samples]);
    expect(spans).toEqual([
      [500, [2]],
      [10_000, [3]],
    ]);
  });

  test('a day of three leads at 200 Hz is too large for a document and pages at once', () => {
    const bytes = holterDay(200, 3);
    expect(() => decodeEcg(bytes)).toThrow(expect.objectContaining({ code: 'too-large' }));
    const recording = opened(bytes);
    expect(recording.durationSeconds).toBe(86_400);
    expect(recording.leadNames).toEqual(['I', 'II', 'III']);
    expect(recording.describe()).toMatchObject({ format: 'ishne', patient: { name: testPatient.name } });
    const start = process.cpuUsage();
    const [window] = recording.window(86_000, 10);
    expect(process.cpuUsage(start).user / 1e3).toBeLessThan(200);
    expect(window!.leads[1]!.samples.slice(0, 3)).toEqual([-1000, -999, -998].map((value) => value * scaleOf(bytes)));
    expect(() => recording.window(0, 86_400)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  test('the overview of a day costs little memory, and an absurd one is refused', () => {
    const recording = opened(holterDay(100, 1));
    const before = process.memoryUsage().heapUsed;
    const [overview] = recording.overview(30);
    expect((process.memoryUsage().heapUsed - before) / 2 ** 20).toBeLessThan(100);
    expect(overview!.maximum).toHaveLength(2880);
    expect(() => recording.overview(0.001)).toThrow(expect.objectContaining({ code: 'too-large' }));
    expect(() => recording.overview(0)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  test.each(['edf', 'ishne'] as const)(
    '%s reads the same from a file as from memory, wherever a block ends',
    async (format) => {
      const folder = await mkdtemp(join(tmpdir(), 'lianzhen-recording-'));
      const path = join(folder, 'recording');
      try {
        // Ten minutes of three leads are several blocks; an odd place for the samples puts numbers across their edges.
        await writeHolter(path, { format, minutes: 20, fastFromMinute: 10 });
        const bytes = format === 'edf' ? await readFile(path) : movedByOne(await readFile(path));
        await writeFile(path, bytes);
        const held = opened(bytes);
        withFileBytes(path, (file) => {
          const read = openRecording(file);
          expect(read.describe()).toEqual(held.describe());
          expect(fingerprint(read.window(0, 1200))).toEqual(fingerprint(held.window(0, 1200)));
          expect(read.window(600, 10, ['V5'])).toEqual(
            held.window(600, 10).map((group) => ({ ...group, leads: group.leads.slice(2) })),
          );
          expect(read.overview(7)).toEqual(held.overview(7));
        });
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  test('a day is walked through in a few megabytes of memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lianzhen-recording-'));
    const path = join(folder, 'day');
    try {
      await writeHolter(path, { format: 'ishne', minutes: 1440, fastFromMinute: 0 });
      withFileBytes(path, (file) => {
        const used = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
        const before = used();
        const { window, overview, durationSeconds } = openRecording(file);
        for (let start = 0; start < durationSeconds; start += 3600) window(start, 90);
        overview(durationSeconds / 200);
        expect((used() - before) / 2 ** 20).toBeLessThan(100);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.each([
    [
      '2147483647 samples a record',
      { signals: [{ label: 'ECG II', samplesPerRecord: 2_147_483_647 }], records: [] },
      'truncated',
    ],
    ['records of one sample that may lie apart (EDF+ 2.1.4)', apart(4_000_001), 'too-large'],
  ] as const)('an EDF file of %s is refused before anything is reserved', (_what, variant, code) => {
    const before = process.memoryUsage().arrayBuffers;
    const file = edfVariant(variant as EdfVariant);
    const bytes = new Uint8Array(file.length + 8_000_002);
    bytes.set(file);
    expect(() => opened(bytes)).toThrow(expect.objectContaining({ code }));
    expect((process.memoryUsage().arrayBuffers - before) / 2 ** 20).toBeLessThan(30);
  });

  test('an ISHNE file whose text is longer than a megabyte is refused', () => {
    const bytes = Uint8Array.from(syntheticFile('ishne', { durationSeconds: 1 }));
    const view = new DataView(bytes.buffer);
    view.setInt32(10, 2_000_000_000, true);
    view.setInt32(22, 2_000_000_522, true);
    expect(() => opened(bytes)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  test('a file beyond the cap of bytes is refused here too', () => {
    expect(() => opened(new Uint8Array(decodeLimits.fileBytes + 1))).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });
});

/** An EDF+D file of so many records of one sample and no annotation. */
function apart(records: number): EdfVariant {
  return {
    reserved: 'EDF+D',
    stated: { records: String(records) },
    signals: [{ label: 'ECG II', samplesPerRecord: 1 }],
    records: [],
  };
}

/** ISHNE with a variable block of one byte: all samples lie at odd places. */
function movedByOne(file: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(file.length + 1);
  bytes.set(file.subarray(0, 522));
  bytes.set(file.subarray(522), 523);
  const view = new DataView(bytes.buffer);
  view.setInt32(10, 1, true);
  view.setInt32(22, 523, true);
  return bytes;
}

/** Microvolts for each unit of the first lead. */
const scaleOf = (bytes: Uint8Array) => new DataView(bytes.buffer).getInt16(206, true) / 1000;
