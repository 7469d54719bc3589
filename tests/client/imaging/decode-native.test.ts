/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import { decodeFrame } from '../../../shared/dicom/pixels/decode-frame.ts';
import { loadFrame } from '../../../shared/dicom/pixels/load-frame.ts';
import { parseInstance } from '../../../client/features/imaging/viewer/loader/part10.ts';
import { synthesizeCtSeries, synthesizeDr } from '../../../server/imaging/synthesize/synthesize-studies.ts';
import { asImplicit, implicitDataSet } from '../../support/dicom-files/as-implicit.ts';
import { wordsOf, writeBigEndian, writeImage, type TestImage } from '../../support/dicom-files/image-files.ts';
import { nodeCodecs } from '../../support/dicom-files/node-codecs.ts';

const codecs = nodeCodecs();
const decode = (file: Uint8Array, frameIndex = 0) => decodeFrame(parseInstance(file), frameIndex, codecs);
const load = (file: Uint8Array, frameNumber = 1) => loadFrame(parseInstance(file), frameNumber, codecs);
const patient = { name: 'Zhang^San=张^三', id: 'P1' };
const ramp = Array.from({ length: 24 }, (_, index) => index * 100);
const grey: TestImage = { rows: 4, columns: 6, bitsAllocated: 16 };

describe('generated studies', () => {
  const slices = synthesizeCtSeries({ patient, slices: 3, rows: 64, columns: 64 });

  test('a CT slice comes in Hounsfield units, with air, tissue and bone in it', async () => {
    const { pixels, description } = await load(slices[1]!);
    if (pixels.kind !== 'grey') throw new Error('not grey');
    expect(description.unit).toBe('HU');
    expect(pixels.minimum * pixels.slope + pixels.intercept).toBeLessThan(-900);
    expect(pixels.maximum * pixels.slope + pixels.intercept).toBeGreaterThan(300);
    expect(description.windows).toMatchObject([
      { center: 40, width: 400 },
      { center: -600, width: 1500 },
    ]);
  });

  test('slices lie one below the other, with their spacing and orientation', async () => {
    const described = await Promise.all(slices.map(async (file) => (await load(file)).description));
    const places = described.map(({ sliceLocationMm }) => sliceLocationMm!);
    expect(places[0]! - places[1]!).toBeCloseTo(places[1]! - places[2]!, 3);
    expect(described[0]!.spacing).toMatchObject({ plane: 'patient' });
    expect(described[0]!.orientation).toEqual([1, 0, 0, 0, 1, 0]);
  });

  test('a DR in MONOCHROME1 is marked so and measures at the detector', async () => {
    const file = synthesizeDr({ patient, rows: 80, columns: 70, photometricInterpretation: 'MONOCHROME1' });
    const { pixels, description } = await load(file);
    expect(pixels).toMatchObject({ kind: 'grey', lowIsBright: true });
    expect(description.spacing?.plane).toBe('detector');
    expect(description.patientOrientation).toEqual(['L', 'F']);
  });
});

describe('the four encodings, PS3.5 annex A', () => {
  test('explicit little endian, implicit little endian and explicit big endian give the same pixels', async () => {
    const files = [
      writeImage(grey, wordsOf(ramp)),
      asImplicit(writeImage(grey, wordsOf(ramp)), { stated: true }),
      writeBigEndian(grey, ramp),
    ];
    for (const file of files) expect([...(await decode(file)).samples]).toEqual(ramp);
  });

  test('a data set without preamble and meta information is recognised, PS3.10 clause 7.1', async () => {
    for (const bare of [
      implicitDataSet(writeImage(grey, wordsOf(ramp)), { stated: true }),
      writeBigEndian(grey, ramp, { withMeta: false }),
    ])
      expect([...(await decode(bare)).samples]).toEqual(ramp);
  });

  test('an Extended Offset Table of VR OV before the pixels does no harm, PS3.5 clause 7.1.2', async () => {
    const table = { tag: 0x7fe00001, vr: 'OV', value: new Uint8Array(8) };
    const file = writeImage({ ...grey, extra: [table] }, wordsOf(ramp));
    expect([...(await decode(file)).samples]).toEqual(ramp);
  });
});

describe('stored bits, PS3.5 clause 8.1.1', () => {
  test('an overlay in the bits above is cut away', async () => {
    const values = ramp.map((value) => (value & 0xfff) | 0xa000);
    const image: TestImage = { ...grey, bitsStored: 12, highBit: 11 };
    const { samples } = await decode(writeImage(image, wordsOf(values)));
    expect([...samples]).toEqual(ramp.map((value) => value & 0xfff));
  });

  test('a sign in twelve bits reaches the whole number', async () => {
    const image: TestImage = { rows: 1, columns: 3, bitsAllocated: 16, bitsStored: 12, signed: true };
    const { samples } = await decode(writeImage(image, wordsOf([0xfff, 0x800, 0x7ff])));
    expect([...samples]).toEqual([-1, -2048, 2047]);
  });

  test('one-bit frames may begin inside a byte', async () => {
    const image: TestImage = { rows: 2, columns: 3, bitsAllocated: 1, frames: 2 };
    const bits = { native: Uint8Array.from([0b01101001, 0b00001010]), bitsAllocated: 8 as const };
    expect([...(await decode(writeImage(image, bits))).samples]).toEqual([1, 0, 0, 1, 0, 1]);
    expect([...(await decode(writeImage(image, bits), 1)).samples]).toEqual([1, 0, 0, 1, 0, 1]);
  });

  test('values of 32 bits keep their meaning on a table of 65536 steps', async () => {
    const native = new Uint8Array(Uint32Array.from([0, 1_000_000, 4_000_000_000]).buffer);
    const file = writeImage({ rows: 1, columns: 3, bitsAllocated: 32 }, { native, bitsAllocated: 16 });
    const { pixels } = await load(file);
    if (pixels.kind !== 'grey') throw new Error('not grey');
    expect(pixels.values[2]! * pixels.slope + pixels.intercept).toBeCloseTo(4_000_000_000, 0);
  });
});

describe('colour, PS3.3 C.7.6.3.1.2', () => {
  const rgba = async (file: Uint8Array) => {
    const { pixels } = await load(file);
    if (pixels.kind !== 'colour') throw new Error('not colour');
    return [...pixels.rgba];
  };
  const colour: TestImage = {
    rows: 1,
    columns: 2,
    bitsAllocated: 8,
    samplesPerPixel: 3,
    photometricInterpretation: 'RGB',
  };
  const bytes = (...native: number[]) => ({ native: Uint8Array.from(native), bitsAllocated: 8 as const });

  test('RGB by pixel and by plane are the same', async () => {
    const expected = [255, 0, 10, 255, 0, 128, 20, 255];
    expect(await rgba(writeImage(colour, bytes(255, 0, 10, 0, 128, 20)))).toEqual(expected);
    expect(await rgba(writeImage({ ...colour, planar: true }, bytes(255, 0, 0, 128, 10, 20)))).toEqual(expected);
  });

  test('YBR_FULL becomes RGB', async () => {
    const file = writeImage({ ...colour, photometricInterpretation: 'YBR_FULL' }, bytes(76, 85, 255, 149, 43, 21));
    const [red, green] = [(await rgba(file)).slice(0, 3), (await rgba(file)).slice(4, 7)];
    [254, 0, 0].forEach((value, index) => expect(Math.abs(red[index]! - value)).toBeLessThanOrEqual(2));
    [0, 255, 0].forEach((value, index) => expect(Math.abs(green[index]! - value)).toBeLessThanOrEqual(2));
  });

  test('YBR_FULL_422 shares colours between neighbours', async () => {
    const file = writeImage({ ...colour, photometricInterpretation: 'YBR_FULL_422' }, bytes(50, 200, 128, 128));
    expect(await rgba(file)).toEqual([50, 50, 50, 255, 200, 200, 200, 255]);
  });

  test.each([
    ['16 bits', 16, [0x0000, 0xff00, 0x8000]],
    ['8 bits in words', 8, [0, 255, 128]],
  ])('a palette of %s', async (_name, bits, entries) => {
    const table = wordsOf(entries).native;
    const extra = [0x00281101, 0x00281102, 0x00281103].flatMap((tag) => [
      { tag, vr: 'US', value: [3, 10, bits] },
      { tag: tag + 0x100, vr: 'OW', value: table },
    ]);
    const image: TestImage = {
      rows: 1,
      columns: 4,
      bitsAllocated: 8,
      photometricInterpretation: 'PALETTE COLOR',
      extra,
    };
    // Below the first entry the first holds, above the last the last.
    const shown = await rgba(writeImage(image, bytes(0, 11, 12, 200)));
    expect([shown[0], shown[4], shown[8], shown[12]]).toEqual([0, 255, 128, 128]);
  });
});

describe('lookup tables, PS3.3 C.11.1', () => {
  test('a modality table replaces slope and intercept', async () => {
    const lut = [
      { tag: 0x00283002, vr: 'US', value: [3, 1, 16] },
      { tag: 0x00283004, vr: 'LO', value: 'US' },
      { tag: 0x00283006, vr: 'US', value: [500, 700, 60000] },
    ];
    const image: TestImage = {
      rows: 1,
      columns: 4,
      bitsAllocated: 8,
      extra: [{ tag: 0x00283000, vr: 'SQ', value: [lut] }],
    };
    const { pixels } = await load(writeImage(image, { native: Uint8Array.from([0, 1, 2, 9]), bitsAllocated: 8 }));
    expect(pixels).toMatchObject({ kind: 'grey', slope: 1, intercept: 0 });
    expect(pixels.kind === 'grey' && [...pixels.values]).toEqual([500, 500, 700, 60000]);
  });

  test('per-frame functional groups win over shared ones, PS3.3 C.7.6.16', async () => {
    const macro = (slope: string) => [
      {
        tag: 0x00289145,
        vr: 'SQ',
        value: [
          [
            { tag: 0x00281052, vr: 'DS', value: '-10' },
            { tag: 0x00281053, vr: 'DS', value: slope },
          ],
        ],
      },
    ];
    const image: TestImage = {
      rows: 1,
      columns: 2,
      bitsAllocated: 8,
      frames: 2,
      extra: [
        { tag: 0x52009229, vr: 'SQ', value: [macro('2')] },
        { tag: 0x52009230, vr: 'SQ', value: [[], macro('3')] },
      ],
    };
    const file = writeImage(image, { native: Uint8Array.from([1, 2, 3, 4]), bitsAllocated: 8 });
    expect((await load(file, 1)).pixels).toMatchObject({ slope: 2, intercept: -10 });
    expect((await load(file, 2)).pixels).toMatchObject({ slope: 3, intercept: -10 });
  });

  test('Pixel Spacing 0\\0 means unknown', async () => {
    const image: TestImage = { ...grey, extra: [{ tag: 0x00280030, vr: 'DS', value: '0\\0' }] };
    expect((await load(writeImage(image, wordsOf(ramp)))).description.spacing).toBe(undefined);
  });
});
