import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { EcgDecodeError } from '../../../../server/ecg/decode/ecg-decode-error.ts';
import { fingerprint, syntheticFile, writtenFormats } from '../../../support/ecg-files/synthetic-files.ts';

function refusal(bytes: Uint8Array | string): EcgDecodeError {
  try {
    decodeEcg(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(EcgDecodeError);
    return error as EcgDecodeError;
  }
  throw new Error('The bytes were read');
}

describe('recognition by content', () => {
  test.each([['WFDB', '100s 2 360 21600\n100s.dat 212 200 11 1024 995\n']])(
    '%s is named and refused as not read yet',
    (name, bytes) => {
      const error = refusal(bytes);
      expect(error.code).toBe('unsupported-format');
      expect(error.message).toContain(name);
    },
  );

  test.each([
    ['empty', ''],
    ['a PDF', '%PDF-1.7'],
    ['a PNG', '\x89PNG\r\n'],
    ['a JPEG', '\xff\xd8\xff\xe0'],
    ['HTML', '<html><body></body></html>'],
    ['text', 'Hello, this is no ECG'],
    ['zeros', '\0'.repeat(2000)],
  ])('%s is no ECG', (_, bytes) => {
    expect(refusal(bytes).code).toBe('not-an-ecg');
  });

  test('a DICOM file that lost its preamble is still read (met in the field; PS3.10 7.1 requires it)', () => {
    const whole = syntheticFile('dicom', { durationSeconds: 1 });
    expect(decodeEcg(whole.subarray(132)).groups[0]!.leads).toHaveLength(12);
  });

  test.each(writtenFormats)('%s is read from a view into a larger buffer', (format) => {
    const bytes = syntheticFile(format, { durationSeconds: 1 });
    const padded = new Uint8Array(bytes.length + 13).fill(0x5a);
    padded.set(bytes, 13);
    expect(fingerprint(decodeEcg(padded.subarray(13)).groups)).toEqual(fingerprint(decodeEcg(bytes).groups));
  });
});
