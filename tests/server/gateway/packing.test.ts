import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { writeDicomFile, type DicomElement } from '../../../server/imaging/dicom-writer.ts';
import { nodeCodecs } from '../../../server/imaging/node-codecs.ts';
import { packInstance, type PictureCoder } from '../../../server/imaging/packing/pack-instance.ts';
import {
  encodeHead,
  encodePieceHead,
  PackedDamaged,
  type PictureForm,
  type PieceHead,
} from '../../../server/imaging/packing/packed-format.ts';
import { openPictureCoder } from '../../../server/imaging/packing/picture-coder.ts';
import { unpackInstance } from '../../../server/imaging/packing/unpack-instance.ts';
import type { WasmDecoder } from '../../../shared/dicom/pixels/codecs.ts';

let coder: PictureCoder;
let decoder: () => WasmDecoder;
beforeAll(async () => {
  coder = await openPictureCoder();
  const { JpegLSDecoder } = await nodeCodecs.charLs();
  decoder = () => new JpegLSDecoder();
});

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const reader = (bytes: Buffer) => ({
  byteLength: bytes.length,
  read: (at: number, length: number) => bytes.subarray(at, at + length),
});
function packed(file: Uint8Array): Buffer | null {
  const written: Uint8Array[] = [];
  const length = packInstance({ ...reader(Buffer.from(file)), sha256: hashOf(file) }, coder, (bytes) => {
    written.push(new Uint8Array(bytes));
  });
  const whole = Buffer.concat(written);
  if (length !== null) expect(whole.length).toBe(length);
  return length === null ? null : whole;
}
function unpacked(bytes: Buffer, mostBytes = 1e8): { file: Buffer; begun: number | null } {
  const written: Uint8Array[] = [];
  let begun: number | null = null;
  const { sha256, byteLength } = unpackInstance(reader(bytes), decoder, {
    mostBytes,
    begin: (length) => (begun = length),
    write: (piece) => void written.push(new Uint8Array(piece)),
  });
  const file = Buffer.concat(written);
  expect([sha256, byteLength]).toEqual([hashOf(file).toString('hex'), file.length]);
  return { file, begun };
}

/** Anatomy enough: slopes with a little noise, from a fixed seed. */
function wordAt(x: number, y: number): number {
  const noise = (Math.imul(x * 7919 + y * 104_729 + 1, 2_654_435_761) >>> 27) - 16;
  return Math.round(900 * Math.sin(x / 40) * Math.cos(y / 30)) + noise;
}
function picture(rows: number, columns: number, planes: 1 | 3, make: (value: number, plane: number) => number) {
  const samples = new Int32Array(rows * columns * planes);
  for (let y = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1)
      for (let plane = 0; plane < planes; plane += 1)
        samples[(y * columns + x) * planes + plane] = make(wordAt(x, y), plane);
  return samples;
}
const bytesOf = (samples: Int32Array, bytes: 1 | 2) =>
  bytes === 1 ? Uint8Array.from(samples) : new Uint8Array(Uint16Array.from(samples).buffer);

interface Made {
  rows: number;
  columns: number;
  bits: 8 | 16;
  planes?: 1 | 3;
  frames?: number;
  colours?: string;
  planar?: boolean;
  transferSyntaxUid?: string;
  after?: DicomElement[];
}
function instance(native: Uint8Array, made: Made): Uint8Array {
  const { rows, columns, bits, planes = 1, frames = 1 } = made;
  return writeDicomFile({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    sopInstanceUid: '2.25.8000',
    elements: [
      { tag: 0x00080018, vr: 'UI', value: '2.25.8000' },
      { tag: 0x00280002, vr: 'US', value: planes },
      { tag: 0x00280004, vr: 'CS', value: made.colours ?? (planes === 3 ? 'RGB' : 'MONOCHROME2') },
      ...(planes === 3 ? [{ tag: 0x00280006, vr: 'US', value: made.planar === true ? 1 : 0 }] : []),
      { tag: 0x00280008, vr: 'IS', value: String(frames) },
      { tag: 0x00280010, vr: 'US', value: rows },
      { tag: 0x00280011, vr: 'US', value: columns },
      { tag: 0x00280100, vr: 'US', value: bits },
      ...(made.after ?? []),
    ],
    pixelData: { native, bitsAllocated: bits },
    ...(made.transferSyntaxUid !== undefined && { transferSyntaxUid: made.transferSyntaxUid }),
  });
}

const grey = (value: number) => (value + 1000) & 0xff;
/** The three colours of a frame one behind the other. */
function planar(samples: Int32Array): Int32Array {
  const length = samples.length / 3;
  return samples.map((_, at) => samples[(at % length) * 3 + Math.floor(at / length)]!);
}
const pictures: [string, Uint8Array, Made][] = [
  [
    '8 bits',
    bytesOf(
      picture(120, 161, 1, (v) => 128 + (v >> 4)),
      1,
    ),
    { rows: 120, columns: 161, bits: 8 },
  ],
  [
    '16 bits, unsigned',
    bytesOf(
      picture(128, 128, 1, (v) => v + 2000),
      2,
    ),
    { rows: 128, columns: 128, bits: 16 },
  ],
  [
    '16 bits, signed around zero',
    bytesOf(
      picture(128, 128, 1, (v) => v),
      2,
    ),
    { rows: 128, columns: 128, bits: 16 },
  ],
  [
    '12 bits signed, without their sign in the upper bits',
    bytesOf(
      picture(128, 128, 1, (v) => v & 0xfff),
      2,
    ),
    { rows: 128, columns: 128, bits: 16 },
  ],
  [
    'overlays in the four upper bits',
    bytesOf(
      picture(128, 128, 1, (v) => ((v + 1000) & 0xfff) | (v > 500 ? 0xa000 : 0)),
      2,
    ),
    { rows: 128, columns: 128, bits: 16 },
  ],
  [
    'every value there is',
    bytesOf(
      picture(256, 256, 1, (v) => v * 36),
      2,
    ),
    { rows: 256, columns: 256, bits: 16 },
  ],
  [
    'an odd height and width',
    bytesOf(
      picture(97, 301, 1, (v) => v),
      2,
    ),
    { rows: 97, columns: 301, bits: 16 },
  ],
  [
    'one line',
    bytesOf(
      picture(1, 4001, 1, (v) => v),
      2,
    ),
    { rows: 1, columns: 4001, bits: 16 },
  ],
  [
    'frames',
    bytesOf(
      picture(5 * 64, 64, 1, (v) => v),
      2,
    ),
    { rows: 64, columns: 64, bits: 16, frames: 5 },
  ],
  [
    'grey in colours',
    bytesOf(
      picture(90, 101, 3, (v) => grey(v)),
      1,
    ),
    { rows: 90, columns: 101, bits: 8, planes: 3 },
  ],
  [
    'colours beside each other, in frames',
    bytesOf(
      picture(3 * 60, 70, 3, (v, plane) => grey(v + plane * 9)),
      1,
    ),
    { rows: 60, columns: 70, bits: 8, planes: 3, frames: 3 },
  ],
  [
    'colours in planes',
    bytesOf(planar(picture(90, 100, 3, (v, plane) => grey(v - plane * 5))), 1),
    { rows: 90, columns: 100, bits: 8, planes: 3, planar: true },
  ],
  [
    'brightness and colour',
    bytesOf(
      picture(90, 100, 3, (v, plane) => (plane === 0 ? grey(v) : 128)),
      1,
    ),
    { rows: 90, columns: 100, bits: 8, planes: 3, colours: 'YBR_FULL' },
  ],
  [
    'colours of 16 bits',
    bytesOf(
      picture(90, 100, 3, (v, plane) => v + 2000 - plane * 70),
      2,
    ),
    { rows: 90, columns: 100, bits: 16, planes: 3 },
  ],
];

describe('packed and unpacked', () => {
  test.each(pictures)(
    '[GW13] %s: the file comes out bit for bit, and smaller by a good part on its way',
    (_, native, made) => {
      const file = instance(native, made);
      const small = packed(file)!;
      expect(small.length).toBeLessThan(file.length * 0.8);
      expect(unpacked(small)).toEqual({ file: Buffer.from(file), begun: file.length });
    },
  );

  test('[GW13] what stands behind the pixels, and pixels more than the frames need, come out as well', () => {
    const [, native, made] = pictures[1]!;
    const longer = Buffer.concat([native, Buffer.alloc(1000, 5)]);
    const file = Buffer.concat([instance(longer, made), Buffer.from('\xfc\xff\xfc\xffOB\0\0\0\0\0\0', 'latin1')]);
    expect(unpacked(packed(file)!).file.equals(file)).toBe(true);
  });

  test('[GW13] a file of text alone is deflated, also one that is no DICOM', () => {
    const file = Buffer.from('一二三四五六七八九十'.repeat(3000));
    const small = packed(file)!;
    expect(small.length).toBeLessThan(file.length / 10);
    expect(unpacked(small).file.equals(file)).toBe(true);
  });

  test.each<[string, (index: number) => number, number]>([
    ['noise of all bits', (index) => Math.imul(Math.imul(index + 1, 0x9e3779b1) ^ (index << 7), 0x85ebca6b) >>> 15, 16],
    ['nothing at all, which would come out far greater than it went in', () => 0, 8],
  ])('[GW13] %s goes as it is', (_, valueOf, bits) => {
    const side = bits === 8 ? 6000 : 128;
    const values = new (bits === 8 ? Uint8Array : Uint16Array)(side * side).map((__, index) => valueOf(index));
    const native = new Uint8Array(values.buffer);
    expect(packed(instance(native, { rows: side, columns: side, bits: bits === 8 ? 8 : 16 }))).toBeNull();
  });

  test('[GW13] what is compressed already goes as it is', () => {
    const file = writeDicomFile({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
      sopInstanceUid: '2.25.8001',
      transferSyntaxUid: '1.2.840.10008.1.2.4.80',
      elements: [],
      pixelData: { fragments: [new Uint8Array(40_000)] },
    });
    expect(packed(file)).toBeNull();
  });
});

describe('a packed file that lies', () => {
  const raw = Buffer.alloc(4096, 'abcdefgh');
  const deflated = deflateRawSync(raw);
  const honest: PieceHead = { coding: 'deflated', rawLength: raw.length, codedLength: deflated.length };
  const form: PictureForm = {
    ...{ columns: 64, lines: 64, planes: 1, bytesPerSample: 1 },
    ...{ interleaved: false, difference: false, base: 0 },
  };
  const whole = (pieces: [PieceHead, Uint8Array][], head: Partial<{ byteLength: number; sha256: Buffer }> = {}) =>
    Buffer.concat([
      encodeHead({ byteLength: raw.length, sha256: hashOf(raw), ...head }),
      ...pieces.flatMap(([piece, bytes]) => [encodePieceHead(piece), bytes]),
    ]);
  const coded = (lines: number, columns: number) =>
    coder.encode({ samples: new Uint8Array(lines * columns), form: { ...form, lines, columns }, precision: 8 });
  const pictured = (bytes: Uint8Array, more: Partial<PictureForm> = {}): [PieceHead, Uint8Array] => [
    { coding: 'picture', rawLength: 4096, codedLength: bytes.length, form: { ...form, ...more } },
    bytes,
  ];
  const changed = (bytes: Buffer, at: number, value: number) => {
    const other = Buffer.from(bytes);
    other[at] = value;
    return other;
  };

  test('[GW14] is told from one that does not', () => {
    expect(unpacked(whole([[honest, deflated]])).file.equals(raw)).toBe(true);
  });

  test.each<[string, () => Buffer]>([
    ['nothing', () => Buffer.alloc(0)],
    ['another kind of file', () => Buffer.alloc(4000, 1)],
    ['no pieces', () => whole([])],
    ['another hash', () => whole([[honest, deflated]], { sha256: hashOf(deflated) })],
    ['a greater length', () => whole([[honest, deflated]], { byteLength: raw.length + 1 })],
    ['a smaller length', () => whole([[honest, deflated]], { byteLength: raw.length - 1 })],
    ['no length', () => whole([[honest, deflated]], { byteLength: 0 })],
    ['more bytes than are taken', () => whole([[honest, deflated]], { byteLength: 2e8 })],
    ['more bytes than so few can pack', () => whole([[honest, deflated]], { byteLength: 4e7 })],
    ['a piece that is longer than it says', () => whole([[{ ...honest, rawLength: 4095 }, deflated]])],
    ['a piece that is shorter than it says', () => whole([[{ ...honest, rawLength: 5000 }, deflated]])],
    ['a piece of no known coding', () => changed(whole([[honest, deflated]]), 48, 9)],
    ['a piece of noise', () => whole([[{ ...honest, codedLength: 600 }, Buffer.alloc(600, 0xa5)]])],
    ['half a head of a piece', () => whole([[honest, deflated]]).subarray(0, 60)],
    ['half a piece', () => whole([[honest, deflated]]).subarray(0, -2)],
    [
      'one piece twice',
      () =>
        whole([
          [honest, deflated],
          [honest, deflated],
        ]),
    ],
    ['a picture that is no picture', () => whole([pictured(Buffer.alloc(300, 7))])],
    ['a picture of gigabytes in a small piece', () => whole([pictured(changed(Buffer.from(coded(64, 64)), 7, 255))])],
    ['a picture with fewer lines than said', () => whole([pictured(coded(32, 64))])],
    ['a picture that is cut off', () => whole([pictured(coded(64, 64).subarray(0, 30))])],
    ['a picture of other samples', () => whole([pictured(coded(64, 64), { bytesPerSample: 2, lines: 32 })])],
    ['a picture of other values', () => whole([pictured(coded(64, 64))])],
    ['a picture of planes that do not fit', () => whole([pictured(coded(64, 64), { planes: 3 })])],
  ])('[GW14] %s: refused', (_, bytes) => {
    expect(() => unpacked(bytes())).toThrow(PackedDamaged);
  });

  test('[GW14] any one byte that changed on the way is noticed', () => {
    const [, native, made] = pictures[2]!;
    const good = packed(instance(native, made))!;
    for (let at = 0; at < good.length; at += 997)
      expect(() => unpacked(changed(good, at, good[at]! ^ 0x10))).toThrow(PackedDamaged);
  });
});
