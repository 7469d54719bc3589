import { describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { writeScpEcg } from '../../../../server/ecg/encode/scp-ecg.ts';
import { writeWfdb } from '../../../../server/ecg/encode/wfdb.ts';
import { synthesizeEcg } from '../../../../shared/ecg/synthesize.ts';
import { outcome } from '../../../support/ecg-files/decode-outcome.ts';
import { fingerprint } from '../../../support/ecg-files/synthetic-files.ts';

const { document } = synthesizeEcg({ seed: 3 });
const rhythm = document.groups.filter(({ label }) => label === 'rhythm');
const { header, samples } = writeWfdb(document, { name: 'case7' });
const scp = writeScpEcg(document);
const refusal = (code: string, message = /./) =>
  expect.objectContaining({ name: 'EcgDecodeError', code, message: expect.stringMatching(message) });

describe('[APPNOTE 4.3] a ZIP archive that carries one ECG', () => {
  test('a WFDB record, in a folder and with what archivers leave beside it, is read whole', () => {
    const read = decodeEcg(
      zipSync({
        'export/case7.hea': header.bytes,
        'export/case7.dat': samples.bytes,
        'export/case7.atr': new Uint8Array([0, 0]),
        '__MACOSX/export/._case7.hea': header.bytes,
        'export/.DS_Store': new Uint8Array(9),
      }),
    );
    expect(read.format).toBe('wfdb');
    expect(fingerprint(read.groups)).toEqual(fingerprint(rhythm));
  });

  test('a record of segments is one record', () => {
    const frames = rhythm[0]!.leads[0]!.samples.length;
    const master = strToU8(`whole/2 ${rhythm[0]!.leads.length} 500 ${2 * frames}\ncase7 ${frames}\ncase7 ${frames}\n`);
    const read = decodeEcg(
      zipSync({ 'whole.hea': master, 'case7.hea': header.bytes, 'case7.dat': samples.bytes }, { level: 0 }),
    );
    expect(read.groups[0]!.leads[0]!.samples).toHaveLength(2 * frames);
  });

  test('a file of any other format is read as if it had come alone', () => {
    const read = decodeEcg(zipSync({ 'ecg/9.SCP': scp, 'ecg/readme.txt': strToU8('Exported on Monday') }));
    expect(read).toEqual(decodeEcg(scp));
  });

  test.each([
    ['none', { 'readme.txt': strToU8('nothing') }, 'not-an-ecg', /no file in it is an ECG/],
    ['nothing at all', {}, 'not-an-ecg', /./],
    ['two ECGs', { 'a.scp': scp, 'b.scp': scp }, 'not-an-ecg', /2 ECGs \(a\.scp, b\.scp\)/],
    [
      'two records',
      { 'a.hea': header.bytes, 'b.hea': header.bytes, 'case7.dat': samples.bytes },
      'not-an-ecg',
      /2 WFDB records/,
    ],
    ['a record without its samples', { 'case7.hea': header.bytes }, 'truncated', /case7\.dat is not beside/],
    ['an archive in the archive', { 'inner.zip': zipSync({ 'a.scp': scp }) }, 'not-an-ecg', /./],
    ['names that lead out of it', { '../../case7.hea': header.bytes, 'case7.dat': samples.bytes }, 'truncated', /./],
  ])('%s: refused with what is wrong', (_, files: Record<string, Uint8Array>, code, message) => {
    expect(() => decodeEcg(zipSync(files))).toThrow(refusal(code, message));
  });

  test('a bomb is refused before it is unpacked, also one that lies about its size', () => {
    // The size when unpacked, in the central directory's header (4.3.12) and in the local one (4.3.7).
    const claiming = (archive: Uint8Array, size: number) => {
      const claims = archive.slice();
      const view = new DataView(claims.buffer);
      for (let at = 0; at + 4 < claims.length; at += 1) {
        const signature = view.getUint32(at, true);
        if (signature === 0x02014b50) view.setUint32(at + 24, size, true);
        if (signature === 0x04034b50) view.setUint32(at + 22, size, true);
      }
      return claims;
    };
    const bomb = zipSync({ 'bomb.dat': [new Uint8Array(32 * 1024 * 1024), { level: 1 }] });
    expect(() => decodeEcg(claiming(bomb, 200 * 1024 * 1024))).toThrow(refusal('too-large', /when unpacked/));
    const lying = claiming(bomb, 1000);
    const { held, ended } = heldBy(() => outcome(lying));
    expect(ended).toMatch(/^(?:malformed|not-an-ecg)$/);
    expect(held).toBeLessThan(4 * 1024 * 1024);
  });

  test('a damaged archive is refused, wherever it is cut', () => {
    const whole = zipSync({ 'case7.hea': header.bytes, 'case7.dat': samples.bytes });
    for (let length = 4; length < whole.length; length += 997) {
      expect(outcome(whole.subarray(0, length))).toMatch(/^(?:malformed|not-an-ecg|truncated)$/);
    }
  });
});

/** What a call leaves in typed arrays, which is where unpacked bytes would lie. */
function heldBy<T>(call: () => T): { held: number; ended: T } {
  const before = process.memoryUsage().arrayBuffers;
  const ended = call();
  return { held: process.memoryUsage().arrayBuffers - before, ended };
}
