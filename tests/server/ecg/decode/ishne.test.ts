import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { crcCcitt } from '../../../../server/ecg/decode/crc-ccitt.ts';
import { writeIshne } from '../../../../server/ecg/encode/ishne.ts';
import { synthesizeEcg } from '../../../../shared/ecg/synthesize.ts';
import { fingerprint, syntheticFile } from '../../../support/ecg-files/synthetic-files.ts';

const whole = syntheticFile('ishne', { durationSeconds: 1, sampleRateHz: 100 });

/** The file with 16-bit or 32-bit numbers of its header replaced, and a checksum that fits them. */
function changed(shorts: Record<number, number>, longs: Record<number, number> = {}): Uint8Array {
  const bytes = Uint8Array.from(whole);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of Object.entries(shorts)) view.setInt16(Number(at), value, true);
  for (const [at, value] of Object.entries(longs)) view.setInt32(Number(at), value, true);
  view.setUint16(8, crcCcitt(bytes.subarray(10, 522)), true);
  return bytes;
}

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('ISHNE Holter 1.0 (Badilini 1998)', () => {
  test('a wrong checksum is told and the trace is read', () => {
    const bytes = Uint8Array.from(whole);
    bytes[8]! ^= 1;
    const read = decodeEcg(bytes);
    expect(read.warnings).toEqual(['ISHNE: the checksum of the header is wrong']);
    expect(fingerprint(read.groups)).toEqual(fingerprint(decodeEcg(whole).groups));
  });

  test('the number of samples may count one lead or all of them (Sample_Size_ECG)', () => {
    const read = decodeEcg(changed({}, { 14: 100 * 12 }));
    expect(read).toEqual(decodeEcg(whole));
  });

  test('a number of samples that the file does not hold is told, and what is there is read', () => {
    const read = decodeEcg(changed({}, { 14: 2_000_000_000 }));
    expect(read.groups[0]!.leads[0]!.samples).toHaveLength(100);
    expect(read.warnings).toEqual([
      'ISHNE: the header states 2000000000 samples; the file holds 100 of each lead, which were read',
    ]);
  });

  test('a variable block before the samples is stepped over and covered by the checksum', () => {
    const bytes = Buffer.concat([whole.subarray(0, 522), Buffer.from('notes of the recorder'), whole.subarray(522)]);
    bytes.writeInt32LE(21, 10);
    bytes.writeInt32LE(543, 22);
    bytes.writeUInt16LE(crcCcitt(bytes.subarray(10, 543)), 8);
    const read = decodeEcg(bytes);
    expect(read.warnings).toEqual([]);
    expect(fingerprint(read.groups)).toEqual(fingerprint(decodeEcg(whole).groups));
  });

  test('a lead fault is a missing sample', () => {
    const { document } = synthesizeEcg({ durationSeconds: 1, sampleRateHz: 100 });
    document.groups[0]!.leads[3]!.samples[9] = null;
    expect(fingerprint(decodeEcg(writeIshne(document)).groups)).toEqual(fingerprint(document.groups));
  });

  test('lead names, quality and pacemaker are told (Lead_Spec, Lead_Qual)', () => {
    const read = decodeEcg(changed({ 158: 17, 160: 1, 184: 5, 230: 3 }));
    expect(read.groups[0]!.leads.slice(0, 3).map((lead) => lead.name)).toEqual(['ES', 'channel 2', 'III']);
    expect(read.warnings).toEqual([
      'ISHNE: lead 2 has no standard name (code 1)',
      'ISHNE: the recorder notes for lead channel 2: frequent disconnection (over 10 % of the recording)',
    ]);
    expect(read.statements).toEqual(['The recorder notes a dual-chamber unipolar pacemaker']);
  });

  test('a lead without a resolution is left out with a warning', () => {
    const read = decodeEcg(changed({ 206: -9 }));
    expect(read.groups[0]!.leads).toHaveLength(11);
    expect(read.warnings).toEqual(['ISHNE: lead I has no resolution and was left out']);
  });

  test('given name and family name in Chinese are joined the Chinese way', () => {
    const bytes = Buffer.from(syntheticFile('ishne', { durationSeconds: 1 }, { name: '王' }));
    bytes.write('小明', 28);
    expect(decodeEcg(bytes).patient).toEqual({ name: '王小明' });
  });

  test('dates that do not exist are left out', () => {
    const read = decodeEcg(changed({ 132: 31, 134: 2, 138: 31, 140: 2 }));
    expect(read.patient?.birthDate).toBeUndefined();
    expect(read.acquiredAt).toBeUndefined();
    expect(read.warnings).toEqual(['The file names no time of acquisition']);
  });

  test.each([
    ['no leads', changed({ 156: 0 }), 'malformed', /0 leads/],
    ['too many leads', changed({ 156: 32767 }), 'malformed', /32767 leads/],
    ['a rate below zero', changed({ 272: -500 }), 'malformed', /-500 Hz/],
    ['samples inside the header', changed({}, { 22: 10 }), 'malformed', /byte 10, inside/],
    ['samples behind the end', changed({}, { 22: 2_000_000_000 }), 'truncated', /behind the file's end/],
    ['a variable block below zero', changed({}, { 10: -1 }), 'malformed', /variable block/],
    ['a cut header', whole.subarray(0, 521), 'truncated', /only 521/],
    ['no sample', whole.subarray(0, 522), 'truncated', /no whole sample/],
  ])('%s is refused', (_, bytes, code, message) => {
    expect(() => decodeEcg(bytes)).toThrow(refusal(code, message));
  });
});
