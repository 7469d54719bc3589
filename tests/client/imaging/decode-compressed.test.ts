/** @jest-environment node */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeFrame } from '../../../shared/dicom/pixels/decode-frame.ts';
import { inflateRaw } from '../../../shared/dicom/pixels/inflate.ts';
import { loadFrame } from '../../../shared/dicom/pixels/load-frame.ts';
import { parseInstance } from '../../../client/features/imaging/viewer/loader/part10.ts';
import { DEFLATED_LITTLE_ENDIAN } from '../../../shared/dicom/pixels/transfer-syntax.ts';
import { encodeJpeg12, encodeJpegLossless, encodeRle } from '../../support/dicom-files/compressed-pixels.ts';
import { wordsOf, writeImage, type TestImage } from '../../support/dicom-files/image-files.ts';
import { nodeCodecs, nodeEncoder, type WasmEncoder } from '../../support/dicom-files/node-codecs.ts';

const RLE = '1.2.840.10008.1.2.5';
const codecs = nodeCodecs();
const decode = async (file: Uint8Array, frameIndex = 0) => decodeFrame(parseInstance(file), frameIndex, codecs);
const grey: TestImage = { rows: 16, columns: 20, bitsAllocated: 16, bitsStored: 12 };
const values = Array.from({ length: 320 }, (_, index) => (index * 37) % 4096);
const encapsulated = (image: TestImage, syntax: string, ...fragments: Uint8Array[]) =>
  writeImage(image, { fragments }, syntax);

describe('RLE, PS3.5 annex G', () => {
  test('whatever is coded comes back, 8 and 16 bits, grey and colour', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<[1 | 3, 8 | 16]>([1, 8], [1, 16], [3, 8], [3, 16]),
        fc.array(fc.constantFrom(0, 0, 0, 7, 255, 128), { minLength: 12 * 6, maxLength: 12 * 6 }),
        async ([samplesPerPixel, bitsAllocated], source) => {
          const bytesPerSample = bitsAllocated / 8;
          const samples = Uint8Array.from(source.slice(0, 12 * samplesPerPixel * bytesPerSample));
          const image: TestImage = {
            rows: 3,
            columns: 4,
            bitsAllocated,
            samplesPerPixel,
            photometricInterpretation: samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2',
          };
          const coded = encodeRle(samples, samplesPerPixel, bytesPerSample);
          const decoded = await decode(encapsulated(image, RLE, coded));
          expect([...new Uint8Array(decoded.samples.buffer)]).toEqual([...samples]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a segment that ends early is an error, not a half black image', async () => {
    const coded = encodeRle(wordsOf(values).native, 1, 2);
    const cut = coded.slice(0, coded.length - 40);
    await expect(decode(encapsulated(grey, RLE, cut))).rejects.toMatchObject({ code: 'truncated' });
  });

  test('two frames are told apart by the offset table', async () => {
    const frames = [values, values.map((value) => 4095 - value)];
    const coded = frames.map((frame) => encodeRle(wordsOf(frame).native, 1, 2));
    const file = encapsulated({ ...grey, frames: 2 }, RLE, ...coded);
    expect([...(await decode(file, 0)).samples]).toEqual(frames[0]);
    expect([...(await decode(file, 1)).samples]).toEqual(frames[1]);
  });
});

describe('deflate, PS3.5 annex A.5', () => {
  test('whatever zlib deflates is inflated, at every level', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 5, maxLength: 4000 }),
        fc.integer({ min: 0, max: 9 }),
        fc.nat(300),
        (data, level, repeat) => {
          const whole = Buffer.concat([data, Buffer.alloc(repeat * 7, data.subarray(0, 5)), data]);
          expect(Buffer.from(inflateRaw(deflateRawSync(whole, { level }), whole.length)).equals(whole)).toBe(true);
        },
      ),
    );
  });

  test('a deflated data set gives the same pixels, padding byte and all', async () => {
    const { samples } = await decode(writeImage(grey, wordsOf(values), DEFLATED_LITTLE_ENDIAN));
    expect([...samples]).toEqual(values);
  });

  test('a bomb is stopped at the cap', () => {
    const bomb = writeImage(grey, { native: new Uint8Array(36_000_000), bitsAllocated: 16 }, DEFLATED_LITTLE_ENDIAN);
    expect(bomb.length).toBeLessThan(100_000);
    expect(() => parseInstance(bomb)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  test('cut-off deflate data is an error', () => {
    const file = writeImage(grey, wordsOf(values), DEFLATED_LITTLE_ENDIAN);
    expect(() => parseInstance(file.slice(0, file.length - 60))).toThrow(
      expect.objectContaining({ code: 'truncated' }),
    );
  });

  test('a frame that is deflated by itself is inflated, PS3.5 annex A.4.13', async () => {
    const file = encapsulated(grey, '1.2.840.10008.1.2.8.1', deflateRawSync(wordsOf(values).native));
    expect([...(await decode(file)).samples]).toEqual(values);
  });
});

describe('JPEG', () => {
  test('12 bits by DCT (process 4, 1.2.840.10008.1.2.4.51) come back exactly where nothing was lost', async () => {
    const blocks = [0, 4095, 2048, 17, 3000, 1];
    const image: TestImage = { rows: 16, columns: 24, bitsAllocated: 16, bitsStored: 12 };
    const { samples } = await decode(encapsulated(image, '1.2.840.10008.1.2.4.51', encodeJpeg12(blocks, 3)));
    const expected = Array.from({ length: 16 * 24 }, (_, index) => {
      const row = Math.floor(index / 24);
      return blocks[Math.floor(row / 8) * 3 + Math.floor((index % 24) / 8)];
    });
    expect([...samples]).toEqual(expected);
  });

  test('a 12-bit scan that is cut off is an error', async () => {
    const image: TestImage = { rows: 64, columns: 64, bitsAllocated: 16, bitsStored: 12 };
    const coded = encodeJpeg12(
      Array.from({ length: 64 }, (_, index) => (index * 997) % 4096),
      8,
    );
    const file = encapsulated(image, '1.2.840.10008.1.2.4.51', coded.slice(0, coded.length - 100));
    await expect(decode(file)).rejects.toMatchObject({ code: 'truncated' });
  });

  test.each([
    ['lossless JPEG', '1.2.840.10008.1.2.4.70', () => encodeJpegLossless(values, 20, 12)],
    ['12-bit JPEG', '1.2.840.10008.1.2.4.51', () => encodeJpeg12([1, 2, 3, 4, 5, 6], 3)],
  ])('%s without its end mark is an error', async (_name, syntax, encode) => {
    const image: TestImage = syntax.endsWith('.51') ? { ...grey, columns: 24 } : grey;
    const coded = encode();
    const whole = encapsulated(image, syntax, coded);
    await expect(decode(whole)).resolves.toBeDefined();
    const cut = encapsulated(image, syntax, coded.slice(0, -2));
    await expect(decode(cut)).rejects.toMatchObject({ code: 'truncated' });
  });

  test('lossless, first-order prediction (1.2.840.10008.1.2.4.70)', async () => {
    const coded = encodeJpegLossless(values, 20, 12);
    expect([...(await decode(encapsulated(grey, '1.2.840.10008.1.2.4.70', coded))).samples]).toEqual(values);
  });

  test('8 bits of colour stay near what was coded, and the component order is right', async () => {
    const { JPEGEncoder } = await nodeEncoder('libjpeg-turbo-8bit');
    const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, index) => [220, 40, 90][index % 3]!);
    const coded = encodeWith(new JPEGEncoder(), pixels, {
      width: 32,
      height: 32,
      bitsPerSample: 8,
      componentCount: 3,
      isSigned: false,
    });
    const image: TestImage = {
      rows: 32,
      columns: 32,
      bitsAllocated: 8,
      samplesPerPixel: 3,
      photometricInterpretation: 'YBR_FULL_422',
    };
    const { samples, photometricInterpretation } = await decode(encapsulated(image, '1.2.840.10008.1.2.4.50', coded));
    expect(photometricInterpretation).toBe('RGB');
    [220, 40, 90].forEach((value, index) => expect(Math.abs(samples[index]! - value)).toBeLessThan(6));
  });
});

describe('JPEG-LS and JPEG 2000', () => {
  const info = { width: 20, height: 16, bitsPerSample: 16, componentCount: 1 };

  test('JPEG-LS (1.2.840.10008.1.2.4.80) comes back exactly, fragments joined', async () => {
    const { JpegLSEncoder } = await nodeEncoder('charls');
    const coded = encodeWith(new JpegLSEncoder(), wordsOf(values).native, { ...info, isSigned: false });
    const half = (coded.length >> 1) & ~1;
    const file = encapsulated(grey, '1.2.840.10008.1.2.4.80', coded.slice(0, half), coded.slice(half));
    expect([...(await decode(file)).samples]).toEqual(values);
  });

  test('JPEG 2000 (1.2.840.10008.1.2.4.90) comes back exactly, signed too', async () => {
    const { J2KEncoder } = await nodeEncoder('openjpeg');
    const signedValues = values.map((value) => value - 2048);
    const encoder = new J2KEncoder();
    encoder.setQuality?.(true, 0);
    encoder.setDecompositions?.(2);
    const coded = encodeWith(encoder, wordsOf(signedValues).native, { ...info, isSigned: true });
    const image: TestImage = { ...grey, bitsStored: 16, signed: true };
    expect([...(await decode(encapsulated(image, '1.2.840.10008.1.2.4.90', coded))).samples]).toEqual(signedValues);
  });

  test('a codestream of another size than Rows and Columns is refused', async () => {
    const coded = encodeJpegLossless(values, 10, 12);
    await expect(decode(encapsulated(grey, '1.2.840.10008.1.2.4.70', coded))).rejects.toMatchObject({
      code: 'damaged',
    });
  });
});

describe('what cannot be shown', () => {
  test.each([
    [
      'pixels that are cut off',
      () => writeImage(grey, { native: new Uint8Array(100), bitsAllocated: 16 }),
      'truncated',
    ],
    ['a file that ends inside its pixels', () => writeImage(grey, wordsOf(values)).slice(0, -20), 'truncated'],
    ['no pixels at all', () => writeImage(grey, undefined), 'no-pixels'],
    ['a video', () => encapsulated(grey, '1.2.840.10008.1.2.4.102', new Uint8Array(10)), 'unsupported-syntax'],
    [
      'an unknown colour space',
      () =>
        writeImage(
          { rows: 1, columns: 2, bitsAllocated: 8, samplesPerPixel: 3, photometricInterpretation: 'HSV' },
          { native: new Uint8Array(6), bitsAllocated: 8 },
        ),
      'unsupported-pixels',
    ],
    [
      'seven samples a pixel',
      () => writeImage({ ...grey, samplesPerPixel: 7 as 3 }, wordsOf(values)),
      'unsupported-pixels',
    ],
    ['absurd dimensions', () => writeImage({ ...grey, rows: 65535, columns: 65535 }, wordsOf(values)), 'too-large'],
    [
      'garbage for a codestream',
      () => encapsulated(grey, '1.2.840.10008.1.2.4.90', new Uint8Array(200).fill(9)),
      'damaged',
    ],
    [
      'a text file',
      () => new TextEncoder().encode('not an image at all, however long it may be'.repeat(9)),
      'not-dicom',
    ],
    ['nothing', () => new Uint8Array(0), 'not-dicom'],
  ])('%s gives a reason', async (_name, file, code) => {
    const attempt = async () => loadFrame(parseInstance(file()), 1, codecs);
    await expect(attempt()).rejects.toMatchObject({ name: 'ImagingError', code });
  });

  test('ten thousand nested sequences end in a reason, not in a crash', () => {
    const open = [
      0x08, 0x00, 0x15, 0x11, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff,
    ];
    const nested = Uint8Array.from({ length: open.length * 10_000 }, (_, index) => open[index % open.length]!);
    expect(() => parseInstance(nested)).toThrow(expect.objectContaining({ name: 'ImagingError' }));
  });

  test('two billion promised frames count as those that are there', async () => {
    const file = writeImage({ ...grey, frames: 2_000_000_000 }, wordsOf([...values, ...values]));
    const loaded = await loadFrame(parseInstance(file), 2, codecs);
    expect(loaded.frames).toBe(2);
  });
});

function encodeWith(
  encoder: WasmEncoder,
  pixels: Uint8Array,
  info: Parameters<WasmEncoder['getDecodedBuffer']>[0],
): Uint8Array {
  encoder.getDecodedBuffer(info).set(pixels);
  encoder.encode();
  const coded = Uint8Array.from(encoder.getEncodedBuffer());
  encoder.delete();
  return coded;
}
