import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { decodeLimits } from '../../../../server/ecg/decode/decode-limits.ts';
import { openRecording, readOverview, readWindow } from '../../../../server/ecg/decode/long-recording.ts';
import { annotationSignal, edfVariant } from '../../../support/ecg-files/edf-variants.ts';
import { syntheticFile } from '../../../support/ecg-files/synthetic-files.ts';

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
      const [window] = readWindow(bytes, start, seconds);
      const from = Math.max(0, Math.ceil(start * 250 - 1e-6));
      const to = Math.min(1000, Math.ceil((start + seconds) * 250 - 1e-6));
      expect(window!.startMs ?? 0).toBeCloseTo(from * 4, 6);
      window!.leads.forEach((lead, i) => {
        expect(lead).toEqual({ ...whole!.leads[i], samples: whole!.leads[i]!.samples.slice(from, to) });
      });
    }
    expect(readWindow(bytes, 4, 1)).toEqual([]);
    expect(readWindow(bytes, Number.NaN, 1)).toEqual([]);
  });

  test('the overview has the least and the greatest sample of each span', () => {
    const [overview] = readOverview(bytes, 0.5);
    overview!.leads.forEach((lead, i) => {
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
    expect(openRecording(bytes).durationSeconds).toBe(11);
    const spans = readWindow(bytes, 0.5, 9.7).map(({ startMs, leads }) => [startMs, leads[0]!.samples]);
    expect(spans).toEqual([
      [500, [2]],
      [10_000, [3]],
    ]);
  });

  test('a day of three leads at 200 Hz is too large for a document and pages at once', () => {
    const bytes = holterDay(200, 3);
    expect(() => decodeEcg(bytes)).toThrow(expect.objectContaining({ code: 'too-large' }));
    const recording = openRecording(bytes);
    expect(recording.durationSeconds).toBe(86_400);
    expect(recording.leads[2]).toMatchObject({ name: 'III', sampleRateHz: 200, samples: 17_280_000 });
    const start = process.cpuUsage();
    const [window] = recording.window(86_000, 10);
    expect(process.cpuUsage(start).user / 1e3).toBeLessThan(200);
    expect(window!.leads[1]!.samples.slice(0, 3)).toEqual([-1000, -999, -998].map((value) => value * scaleOf(bytes)));
    expect(() => recording.window(0, 86_400)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  test('the overview of a day costs little memory, and an absurd one is refused', () => {
    const recording = openRecording(holterDay(100, 1));
    const before = process.memoryUsage().heapUsed;
    const [overview] = recording.overview(30);
    expect((process.memoryUsage().heapUsed - before) / 2 ** 20).toBeLessThan(100);
    expect(overview!.leads[0]!.maximum).toHaveLength(2880);
    expect(() => recording.overview(0.001)).toThrow(expect.objectContaining({ code: 'too-large' }));
    expect(() => recording.overview(0)).toThrow(RangeError);
  });

  test('a file beyond the cap of bytes is refused here too', () => {
    expect(() => openRecording(new Uint8Array(decodeLimits.fileBytes + 1))).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });
});

/** Microvolts for each unit of the first lead. */
const scaleOf = (bytes: Uint8Array) => new DataView(bytes.buffer).getInt16(206, true) / 1000;
