import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DataSet } from 'dicom-parser';
import { dicomJson, withBulkDataAddresses } from '../../../server/imaging/dicom-json.ts';
import type { DicomElement } from '../../../server/imaging/dicom-writer.ts';
import { nodeCodecs } from '../../../server/imaging/node-codecs.ts';
import { parseFile } from '../../../server/imaging/read-instance.ts';
import { decodeFrame } from '../../../shared/dicom/pixels/decode-frame.ts';
import { asImplicit } from '../../support/dicom-files/as-implicit.ts';
import { encodeRle } from '../../support/dicom-files/compressed-pixels.ts';
import { partsOf, refusalOf, smallInstance, stow } from '../../support/dicom-web.ts';
import { startTestHub, type TestClient, type TestHub } from '../../support/hub.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const RLE = '1.2.840.10008.1.2.5';
const SIDE = 64;
let hub: TestHub;
let person: TestClient;
let next = 0;

beforeAll(async () => {
  hub = await startTestHub();
  person = await hub.signIn('clinic1');
}, 180_000);
afterAll(() => hub.close());

const get = (path: string, accept?: string) => person.http(path, accept === undefined ? {} : { headers: { accept } });
const number = (tag: number, value: number): DicomElement => ({ tag, vr: 'US', value });
/** A square picture of so many bits in 16, as far as `more` says nothing else. */
function shape(bits: number, more: DicomElement[]): DicomElement[] {
  const own = new Set(more.map(({ tag }) => tag));
  const preset = [
    number(0x00280010, SIDE),
    number(0x00280011, SIDE),
    number(0x00280100, 16),
    number(0x00280101, bits),
    number(0x00280102, bits - 1),
  ];
  return [...preset.filter(({ tag }) => !own.has(tag)), ...more];
}

/** Stores an instance and answers its address. */
async function stored(
  pixelData: NonNullable<Parameters<typeof smallInstance>[0]['pixelData']>,
  elements: DicomElement[],
  transferSyntaxUid = EXPLICIT,
): Promise<string> {
  next += 1;
  const studyInstanceUid = `2.25.201.${next}`;
  const answer = await stow(person, '', [smallInstance({ studyInstanceUid, elements, transferSyntaxUid, pixelData })]);
  if (answer.status !== 200) throw new Error(await answer.text());
  return `/dicom-web/studies/${studyInstanceUid}/series/${studyInstanceUid}.1/instances/${studyInstanceUid}.1.1`;
}

describe('an instance in JPEG-LS', () => {
  const dicom = 'multipart/related; type="application/dicom"';
  const packed = `${dicom}; transfer-syntax=${JPEG_LS}`;
  const either = `${packed}, ${dicom}; transfer-syntax=*; q=0.5`;
  const smooth = (of: (x: number, y: number) => number) =>
    Int16Array.from({ length: SIDE * SIDE }, (_, at) => of(at % SIDE, Math.floor(at / SIDE)));
  const native = (samples: Int16Array) => ({ native: new Uint8Array(samples.buffer), bitsAllocated: 16 as const });
  const framesIn = async (file: Uint8Array, count: number) => {
    // Decoding counts on a copy of its own, not on a part of a Buffer.
    const { dataSet } = parseFile(new Uint8Array(file));
    const transferSyntaxUid = dataSet.string('x00020010')!;
    const frames = [];
    for (let index = 0; index < count; index += 1)
      frames.push(await decodeFrame({ dataSet, transferSyntaxUid }, index, nodeCodecs));
    return { transferSyntaxUid, frames, tags: Object.keys(dataSet.elements).filter((tag) => !tag.startsWith('x0002')) };
  };

  test.each([
    ['12 bits', 12, false, smooth((x, y) => x * 13 + y * 7), 1],
    ['16 bits', 16, false, smooth((x, y) => x * 700 + y * 300), 1],
    ['signed numbers', 16, true, smooth((x, y) => x * 20 - y * 24), 1],
    ['signed numbers of 12 bits', 12, true, smooth((x, y) => x * 20 - y * 24), 1],
    ['several frames', 12, false, new Int16Array([...smooth((x) => x * 40), ...smooth((_x, y) => y * 40)]), 2],
  ])('[WR6] of %s has every sample and every attribute as they were', async (_name, bits, signed, samples, count) => {
    const more: DicomElement[] = [number(0x00280103, signed ? 1 : 0)];
    if (count > 1) more.push({ tag: 0x00280008, vr: 'IS', value: String(count) });
    const address = await stored(native(samples), shape(bits, more));
    const original = (await partsOf(await get(address)))[0]!;
    const [part] = await partsOf(await get(address, either));
    expect(part!.type).toBe(`application/dicom; transfer-syntax=${JPEG_LS}`);
    expect(part!.body.length).toBeLessThan(original.body.length * 0.7);
    const before = await framesIn(original.body, count);
    const after = await framesIn(part!.body, count);
    expect(after).toEqual({ ...before, transferSyntaxUid: JPEG_LS });
    const single = await get(address, `application/dicom; transfer-syntax=${JPEG_LS}`);
    expect(Buffer.from(await single.arrayBuffer()).equals(part!.body)).toBe(true);
  });

  /** What an old radiograph has: numbers that may be signed, codes in sequences, a table, overlays, its maker's own. */
  const old: DicomElement[] = [
    number(0x00280103, 1),
    { tag: 0x00080008, vr: 'CS', value: 'ORIGINAL\\PRIMARY' },
    {
      ...{ tag: 0x00082218, vr: 'SQ' },
      value: [
        [
          { tag: 0x00080100, vr: 'SH', value: 'T-D3000' },
          { tag: 0x00080104, vr: 'LO', value: '胸部' },
          { tag: 0x00082220, vr: 'SQ', value: [[{ tag: 0x00080100, vr: 'SH', value: 'R-10206' }], []] },
        ],
        // A value that is empty at an item's end looks like a sequence to who does not know the registry.
        [
          { tag: 0x00080100, vr: 'SH', value: 'T-D1100' },
          { tag: 0x00080104, vr: 'LO', value: '' },
        ],
      ],
    },
    { tag: 0x00090010, vr: 'LO', value: 'A MAKER' },
    { tag: 0x00091001, vr: 'UN', value: new Uint8Array([1, 2, 3, 4]) },
    { tag: 0x00280009, vr: 'AT', value: [0x00181063] },
    { tag: 0x00280106, vr: 'SS', value: -1024 },
    { tag: 0x00280107, vr: 'SS', value: 3071 },
    // As an item and a length of nothing would be.
    { tag: 0x00283006, vr: 'OW', value: new Uint8Array([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]) },
    { tag: 0x00289001, vr: 'UL', value: 1 },
    { tag: 0x00284000, vr: 'LT', value: '' },
    { tag: 0x60003000, vr: 'OW', value: new Uint8Array(512) },
    { tag: 0x60000010, vr: 'US', value: SIDE },
  ];
  const valuesIn = (set: DataSet): unknown =>
    Object.entries(set.elements)
      .filter(([key]) => !key.startsWith('x0002') && key !== 'x7fe00010')
      .map(([key, { vr, items, dataOffset, length }]) => [
        key,
        vr,
        items?.map(({ dataSet }) => dataSet && valuesIn(dataSet)) ??
          Buffer.from(set.byteArray.subarray(dataOffset, dataOffset + length)).toString('hex'),
      ]);

  test.each([true, false])(
    '[WR6] of an implicit data set has every value under the VR of the registry; lengths stated: %s',
    async (stated) => {
      const samples = smooth((x, y) => x * 20 - y * 24);
      next += 1;
      const studyInstanceUid = `2.25.201.${next}`;
      const file = smallInstance({ studyInstanceUid, elements: shape(16, old), pixelData: native(samples) });
      const implicit = asImplicit(file, { stated });
      expect((await stow(person, '', [implicit])).status).toBe(200);
      const address = `/dicom-web/studies/${studyInstanceUid}/series/${studyInstanceUid}.1/instances/${studyInstanceUid}.1.1`;
      expect((await partsOf(await get(address)))[0]!.body.equals(implicit)).toBe(true);
      const [part] = await partsOf(await get(address, either));
      expect(part!.type).toBe(`application/dicom; transfer-syntax=${JPEG_LS}`);
      const packedFile = new Uint8Array(part!.body);
      expect(valuesIn(parseFile(packedFile).dataSet)).toEqual(valuesIn(parseFile(file).dataSet));
      expect((await framesIn(packedFile, 1)).frames).toEqual((await framesIn(file, 1)).frames);
      // Its metadata are those of the explicit file.
      const [metadata] = (await (await get(`${address}/metadata`)).json()) as Record<string, unknown>[];
      const { dataSet } = parseFile(file);
      const expected = JSON.parse(
        withBulkDataAddresses(JSON.stringify(dicomJson(dataSet, ['ISO_IR 192'])), `${hub.url}${address}`),
      ) as object;
      expect(metadata).toMatchObject(expected);
    },
  );

  test('[WR6] of an implicit data set in which a tag stands twice is not made: one of its values would be lost', async () => {
    next += 1;
    const studyInstanceUid = `2.25.201.${next}`;
    const pixelData = native(smooth((x) => x * 40));
    const once = asImplicit(smallInstance({ studyInstanceUid, elements: shape(12, []), pixelData }), { stated: true });
    const pixels = Buffer.from(once).indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
    // (0028,0103) again, of two bytes.
    const again = [0x28, 0x00, 0x03, 0x01, 2, 0, 0, 0, 0, 0];
    const twice = Buffer.concat([once.subarray(0, pixels), Buffer.from(again), once.subarray(pixels)]);
    expect((await stow(person, '', [twice])).status).toBe(200);
    const address = `/dicom-web/studies/${studyInstanceUid}/series/${studyInstanceUid}.1/instances/${studyInstanceUid}.1.1`;
    expect((await partsOf(await get(address, either)))[0]!.body.equals(twice)).toBe(true);
    expect(await refusalOf(await get(address, packed))).toEqual({ status: 406, code: 'not-acceptable' });
  });

  test('[WR6] of what it cannot hold, and of noise, is not made', async () => {
    const more = [number(0x00280103, 0)];
    const noise = smooth(() => randomInt(65536));
    // An overlay in the unused bits.
    const overlaid = smooth((x, y) => x * 13 + y * 7 + (x % 2) * 0x2000);
    const inColour = shape(8, [
      number(0x00280002, 3),
      { tag: 0x00280004, vr: 'CS', value: 'RGB' },
      number(0x00280006, 0),
      number(0x00280100, 8),
    ]);
    const rle = encodeRle(new Uint8Array(smooth((x) => x * 40).buffer), 1, 2);
    const addresses = [
      await stored(native(noise), shape(16, more)),
      await stored(native(overlaid), shape(12, more)),
      await stored({ native: new Uint8Array(SIDE * SIDE * 3), bitsAllocated: 8 }, inColour),
      await stored({ fragments: [rle] }, shape(12, more), RLE),
      // A group's length before the pixels would no longer be true.
      await stored(native(smooth((x) => x * 40)), shape(12, [...more, { tag: 0x7fe00000, vr: 'UL', value: 8204 }])),
    ];
    for (const address of addresses) {
      const [asStored] = await partsOf(await get(address));
      const [part] = await partsOf(await get(address, either));
      expect(part!.type).toBe(asStored!.type);
      expect(part!.body.equals(asStored!.body)).toBe(true);
      expect(await refusalOf(await get(address, packed))).toEqual({ status: 406, code: 'not-acceptable' });
    }
  });
});
