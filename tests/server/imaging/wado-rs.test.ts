import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DicomElement } from '../../../server/imaging/dicom-writer.ts';
import { synthesizeCt } from '../../../server/imaging/synthesize/synthesize-studies.ts';
import { encodeRle } from '../../support/dicom-files/compressed-pixels.ts';
import { nodeEncoder } from '../../support/dicom-files/node-codecs.ts';
import { addressOf, partsOf, refusalOf, rowsOf, smallInstance, stow } from '../../support/dicom-web.ts';
import { startTestHub, type TestClient, type TestHub } from '../../support/hub.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const JPEG = '1.2.840.10008.1.2.4.50';
const RLE = '1.2.840.10008.1.2.5';
const ROWS = 16;
const COLUMNS = 24;
let hub: TestHub;
let person: TestClient;
let next = 0;

beforeAll(async () => {
  hub = await startTestHub();
  person = await hub.signIn('clinic1');
}, 180_000);
afterAll(() => hub.close());

const number = (tag: number, value: number): DicomElement => ({ tag, vr: 'US', value });
/** Grey values of a frame, 12 bits in 16. */
const greys = (frame: number) => Uint16Array.from({ length: ROWS * COLUMNS }, (_, at) => (at * 7 + frame * 501) % 4096);
const bytesOf = (values: Uint16Array) => Buffer.from(values.buffer.slice(0));
const shape = (bits: 8 | 16, stored: number, more: DicomElement[] = []): DicomElement[] => [
  number(0x00280010, ROWS),
  number(0x00280011, COLUMNS),
  number(0x00280100, bits),
  number(0x00280101, stored),
  number(0x00280102, stored - 1),
  { tag: 0x00281050, vr: 'DS', value: '2048' },
  { tag: 0x00281051, vr: 'DS', value: '4096' },
  ...more,
];

/** Stores an instance and answers its address. */
async function stored(
  pixelData: Parameters<typeof smallInstance>[0]['pixelData'],
  elements: DicomElement[],
  transferSyntaxUid = EXPLICIT,
): Promise<string> {
  next += 1;
  const studyInstanceUid = `2.25.200.${next}`;
  const file = smallInstance({ studyInstanceUid, elements, transferSyntaxUid, ...(pixelData && { pixelData }) });
  const answer = await stow(person, '', [file]);
  if (answer.status !== 200) throw new Error(await answer.text());
  return `/dicom-web/studies/${studyInstanceUid}/series/${studyInstanceUid}.1/instances/${studyInstanceUid}.1.1`;
}

async function coded(codec: 'charls' | 'openjpeg', values: Uint16Array): Promise<Uint8Array> {
  const { JpegLSEncoder, J2KEncoder } = await nodeEncoder(codec);
  const encoder = codec === 'charls' ? new JpegLSEncoder() : new J2KEncoder();
  const info = { width: COLUMNS, height: ROWS, bitsPerSample: 12, componentCount: 1, isSigned: false };
  encoder
    .getDecodedBuffer(codec === 'openjpeg' ? { ...info, isUsingColorTransform: false } : info)
    .set(new Uint8Array(values.buffer));
  encoder.setQuality?.(true, 0);
  encoder.setDecompositions?.(1);
  encoder.encode();
  const bytes = Uint8Array.from(encoder.getEncodedBuffer());
  encoder.delete();
  return bytes;
}

const get = (path: string, accept?: string) => person.http(path, accept === undefined ? {} : { headers: { accept } });
const octets = 'multipart/related; type="application/octet-stream"';

describe('frames', () => {
  const threeFrames = () =>
    stored(
      { native: Buffer.concat([0, 1, 2].map((frame) => bytesOf(greys(frame)))), bitsAllocated: 16 },
      shape(16, 12, [{ tag: 0x00280008, vr: 'IS', value: '3' }]),
    );

  test('[WR1] of uncompressed pixels are given one by one, several or as bulk data', async () => {
    const address = await threeFrames();
    const answer = await get(`${address}/frames/3,1`, octets);
    expect(answer.headers.get('content-type')).toMatch(/^multipart\/related; type="application\/octet-stream"/);
    const parts = await partsOf(answer);
    expect(parts.map(({ type }) => type)).toEqual(
      Array(2).fill(`application/octet-stream; transfer-syntax=${EXPLICIT}`),
    );
    expect(parts.map(({ body }) => body.equals(bytesOf(greys(0))))).toEqual([false, true]);
    expect(parts[0]!.body.equals(bytesOf(greys(2)))).toBe(true);
    const single = await get(`${address}/frames/2`, 'application/octet-stream');
    expect(Buffer.from(await single.arrayBuffer()).equals(bytesOf(greys(1)))).toBe(true);
    for (const accept of [undefined, '*/*', 'multipart/related; type=application/octet-stream; transfer-syntax=*'])
      expect((await partsOf(await get(`${address}/frames/1`, accept)))[0]!.body.equals(bytesOf(greys(0)))).toBe(true);
    const [metadata] = await rowsOf(person, `${address}/metadata`.replace('/dicom-web', ''));
    const bulk = await partsOf(await get(metadata!['7FE00010']!.BulkDataURI!.replace(hub.url, ''), octets));
    expect(bulk.map(({ body }, frame) => body.equals(bytesOf(greys(frame))))).toEqual([true, true, true]);
  });

  const lossless: [string, string, string, () => Promise<Uint8Array>][] = [
    ['JPEG-LS', JPEG_LS, 'image/jls', () => coded('charls', greys(0))],
    ['JPEG 2000', JPEG_2000, 'image/jp2', () => coded('openjpeg', greys(0))],
    ['RLE', RLE, 'image/dicom-rle', async () => encodeRle(new Uint8Array(greys(0).buffer), 1, 2)],
  ];
  test.each(lossless)(
    '[WR1] of %s are given as they are stored, or decoded for who takes only that',
    async (_name, syntax, media, encode) => {
      const fragment = await encode();
      const address = await stored({ fragments: [fragment] }, shape(16, 12), syntax);
      const asStored = async (accept: string | undefined, type: string) => {
        const [part] = await partsOf(await get(`${address}/frames/1`, accept));
        expect(part!.type).toBe(`${type}; transfer-syntax=${syntax}`);
        expect(part!.body.subarray(0, fragment.length).equals(fragment)).toBe(true);
      };
      await asStored(undefined, media);
      await asStored(`multipart/related; type="${media}"`, media);
      await asStored(`multipart/related; type="${media}"; transfer-syntax=${syntax}`, media);
      await asStored('multipart/related; type="image/*"', media);
      await asStored('multipart/related; type=application/octet-stream; transfer-syntax=*', 'application/octet-stream');
      await asStored(`${octets}; q=0.5, multipart/related; type="${media}"`, media);

      for (const accept of [octets, `${octets}; transfer-syntax=${EXPLICIT}`]) {
        const [part] = await partsOf(await get(`${address}/frames/1`, accept));
        expect(part!.type).toBe(`application/octet-stream; transfer-syntax=${EXPLICIT}`);
        expect(part!.body.equals(bytesOf(greys(0)))).toBe(true);
      }
    },
  );

  test('[WR1] of several fragments each are told apart without an offset table', async () => {
    const [one, two] = [await coded('charls', greys(0)), await coded('charls', greys(1))];
    const halves = (bytes: Uint8Array) => [bytes.subarray(0, 20), bytes.subarray(20)];
    const frames = { tag: 0x00280008, vr: 'IS', value: '2' };
    const address = await stored({ fragments: [...halves(one), ...halves(two)] }, shape(16, 12, [frames]), JPEG_LS);
    const parts = await partsOf(await get(`${address}/frames/2,1`, octets));
    expect(parts.map(({ body }) => body.equals(bytesOf(greys(1))))).toEqual([true, false]);
    expect(parts[1]!.body.equals(bytesOf(greys(0)))).toBe(true);
  });

  test('[WR2] that are not there or cannot be given so are refused', async () => {
    const address = await threeFrames();
    expect(await refusalOf(await get(`${address}/frames/4`))).toEqual({ status: 404, code: 'not-found' });
    for (const list of ['0', 'x', '1,,2', '1;2', '99999999', '-1'])
      expect((await get(`${address}/frames/${list}`)).status).toBe(400);
    expect((await get(`${address}/frames/${Array(2001).fill(1).join(',')}`)).status).toBe(413);
    const none = { status: 406, code: 'not-acceptable' };
    for (const accept of [
      'multipart/related; type="image/jpeg"',
      'text/html',
      `${octets}; transfer-syntax=${JPEG}`,
      'nonsense',
    ])
      expect(await refusalOf(await get(`${address}/frames/1`, accept))).toEqual(none);
    expect(await refusalOf(await get(`${address}/frames/1,2`, 'application/octet-stream'))).toEqual(none);
    expect(
      await refusalOf(await get(address, `multipart/related; type="application/dicom"; transfer-syntax=${JPEG}`)),
    ).toEqual(none);
    expect(await refusalOf(await get(`${address}/metadata`, 'text/html'))).toEqual(none);
    const stranger = await hub.signIn('clinic2');
    for (const path of ['frames/1', 'rendered', 'thumbnail', 'bulkdata/7FE00010', 'frames/1/rendered'])
      expect((await stranger.http(`${address}/${path}`)).status).toBe(404);
  });

  test('[WR2] whose codestream is damaged or lies about its size are refused, and the hub lives on', async () => {
    const good = await coded('charls', greys(0));
    const address = await stored({ fragments: [good.subarray(0, 60)] }, shape(16, 12), JPEG_LS);
    for (const path of ['frames/1', 'rendered', 'thumbnail'])
      expect(await refusalOf(await get(`${address}/${path}`, path === 'frames/1' ? octets : undefined))).toEqual({
        status: 422,
        code: 'dicom-damaged',
      });
    const huge = Uint8Array.from(good);
    // Width and height of SOF55 (ISO/IEC 14495-1 C.2.2).
    const at = Buffer.from(huge).indexOf(Buffer.from([0xff, 0xf7]));
    huge.set([0xff, 0xff, 0xff, 0xff], at + 5);
    const lying = await stored({ fragments: [huge] }, shape(16, 12), JPEG_LS);
    expect((await get(`${lying}/frames/1`, octets)).status).toBe(422);
    expect((await get(`${await threeFrames()}/frames/1`, octets)).status).toBe(200);
  });
});

test('[IM1] [PS3.18, F.2.2] attributes stand in the order of their tags, delimiters and group lengths are none of them', async () => {
  const address = await stored(undefined, [
    { tag: 0x00080000, vr: 'UL', value: 100 },
    { tag: 0x00081140, vr: 'SQ', value: [] },
    { tag: 0x00280009, vr: 'AT', value: [0x00181063, 0x00181065] },
    { tag: 0x20500020, vr: 'CS', value: 'IDENTITY' },
  ]);
  const study = address.replace(/\/series.*/, '').replace('/dicom-web/studies/', '');
  for (const path of [`${address}/metadata`, `/dicom-web/studies?StudyInstanceUID=${study}&includefield=all`]) {
    const text = await (await get(path, 'application/dicom+json')).text();
    const tags = [...text.matchAll(/"([0-9A-F]{8})":\{/g)].map(([, tag]) => tag!);
    expect(tags.length).toBeGreaterThan(8);
    expect(tags).toEqual([...tags].sort());
  }
  const [metadata] = await rowsOf(person, `${address}/metadata`.replace('/dicom-web', ''));
  expect(metadata).toMatchObject({ '00280009': { vr: 'AT', Value: ['00181063', '00181065'] } });
  expect(metadata!['00081140']).toEqual({ vr: 'SQ' });
  expect(metadata).not.toHaveProperty('00080000');
});

test('[WR3] bulk data is found by the address that the metadata gives, in sequences too', async () => {
  const long = 'x'.repeat(3000);
  const address = await stored(undefined, [
    { tag: 0x00420011, vr: 'OB', value: new Uint8Array([1, 2, 3, 4]) },
    { tag: 0x00204000, vr: 'LT', value: long },
    {
      tag: 0x00081140,
      vr: 'SQ',
      value: [[], [{ tag: 0x00282000, vr: 'OB', value: new Uint8Array([9, 8]) }]],
    },
    { tag: 0x00091001, vr: 'LO', value: 'private' },
  ]);
  const [metadata] = await rowsOf(person, `${address}/metadata`.replace('/dicom-web', ''));
  const nested = (metadata!['00081140']!.Value as Record<string, { BulkDataURI: string }>[])[1]!['00282000']!;
  const read = async (uri: string) => {
    expect(uri.startsWith(`${hub.url}${address}/bulkdata/`)).toBe(true);
    const answer = await get(uri.replace(hub.url, ''), 'application/octet-stream');
    return Buffer.from(await answer.arrayBuffer());
  };
  expect([...(await read(metadata!['00420011']!.BulkDataURI!))]).toEqual([1, 2, 3, 4]);
  expect((await read(metadata!['00204000']!.BulkDataURI!)).toString()).toBe(long);
  expect([...(await read(nested.BulkDataURI))]).toEqual([9, 8]);
  expect(metadata).not.toHaveProperty('00091001');
  for (const path of ['00091002', '0008114', '00081140/9/00282000', '00081140/1', '00081140/0/1/2'])
    expect((await get(`${address}/bulkdata/${path}`)).status).toBe(404);
});

/** Width and height that a picture's own header states. */
async function sizeOf(answer: Response): Promise<[type: string, columns: number, rows: number]> {
  const bytes = Buffer.from(await answer.arrayBuffer());
  const type = answer.headers.get('content-type')!;
  if (type === 'image/png') return [type, bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (type !== 'image/jpeg') throw new Error(`${answer.status} ${bytes.toString()}`);
  const at = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  return [type, bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
}

describe('pictures', () => {
  const ct = synthesizeCt({ patient: { name: 'Zhao^Er=赵^二', id: '1' }, seed: 77, slices: 3, rows: 64, columns: 64 });
  const address = addressOf(ct);
  beforeAll(async () => {
    expect((await stow(person, '', ct.files)).status).toBe(200);
  });

  test('[WR4] are drawn as JPEG or PNG in the size and part that is asked for', async () => {
    expect(await sizeOf(await get(`${address}/rendered`))).toEqual(['image/jpeg', 64, 64]);
    expect(await sizeOf(await get(`${address}/rendered`, 'image/png'))).toEqual(['image/png', 64, 64]);
    expect(await sizeOf(await get(`${address}/rendered?accept=image/png`))).toEqual(['image/png', 64, 64]);
    expect(await sizeOf(await get(`${address}/rendered`, 'image/gif, image/png;q=0.9'))).toEqual(['image/png', 64, 64]);
    expect(await sizeOf(await get(`${address}/rendered?viewport=32,100`))).toEqual(['image/jpeg', 32, 32]);
    expect(await sizeOf(await get(`${address}/rendered?viewport=200,200,0,0,64,32`))).toEqual(['image/jpeg', 200, 100]);
    expect(await sizeOf(await get(`${address}/frames/1/rendered`))).toEqual(['image/jpeg', 64, 64]);
    const worse = await get(`${address}/rendered?quality=5`);
    const better = await get(`${address}/rendered?quality=95`);
    expect((await worse.arrayBuffer()).byteLength).toBeLessThan((await better.arrayBuffer()).byteLength);
  });

  test('[WR4] of a series or study are all of its frames, in reading order, as many as one answer may have', async () => {
    const two = [0, 1].map((frame) => bytesOf(greys(frame)));
    const pair = await stored(
      { native: Buffer.concat(two), bitsAllocated: 16 },
      shape(16, 12, [{ tag: 0x00280008, vr: 'IS', value: '2' }]),
    );
    const [study, series] = [pair.split('/series/')[0]!, pair.split('/instances/')[0]!];
    for (const place of [study, series]) {
      const parts = await partsOf(await get(`${place}/rendered`));
      expect(parts.map(({ type }) => type)).toEqual(['image/jpeg', 'image/jpeg']);
      const alone = await Promise.all([1, 2].map((frame) => get(`${pair}/frames/${frame}/rendered`)));
      const bodies = await Promise.all(alone.map(async (one) => Buffer.from(await one.arrayBuffer())));
      expect(parts.map(({ body }, index) => body.equals(bodies[index]!))).toEqual([true, true]);
    }
    const many = await stored(
      { native: Buffer.concat(Array(101).fill(two[0])), bitsAllocated: 16 },
      shape(16, 12, [{ tag: 0x00280008, vr: 'IS', value: '101' }]),
    );
    const refusal = await refusalOf(await get(`${many.split('/series/')[0]}/rendered`));
    expect(refusal).toEqual({ status: 413, code: 'too-large' });
    const stranger = await hub.signIn('clinic2');
    expect((await stranger.http(`${study}/rendered`)).status).toBe(404);
  });

  test('[WR4] show the window that is asked for, else the image’s own', async () => {
    const gradient = await stored({ native: bytesOf(greys(0)), bitsAllocated: 16 }, shape(16, 12));
    const pixels = async (query: string) => {
      const { inflateSync } = await import('node:zlib');
      const bytes = Buffer.from(await (await get(`${gradient}/rendered${query}`, 'image/png')).arrayBuffer());
      const at = bytes.indexOf('IDAT');
      const rows = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
      // Filter type Up; the first row is as it is.
      return [...rows.subarray(1, COLUMNS + 1)];
    };
    const linear = (center: number, width: number) =>
      [...greys(0).subarray(0, COLUMNS)].map((value) =>
        Math.min(255, Math.max(0, Math.round(((value - (center - 0.5)) / (width - 1) + 0.5) * 255))),
      );
    expect(await pixels('')).toEqual(linear(2048, 4096));
    expect(await pixels('?window=80,100,linear')).toEqual(linear(80, 100));
    const sigmoid = await pixels('?window=80,100,sigmoid');
    expect(sigmoid[0]).toBe(Math.round(255 / (1 + Math.exp((-4 * (0 - 80)) / 100))));
  });

  test('[WR4] of colour keep their colours', async () => {
    const rgb = Buffer.from(Array.from({ length: ROWS * COLUMNS }, () => [250, 120, 10]).flat());
    const colour = await stored({ native: rgb, bitsAllocated: 8 }, [
      ...shape(8, 8).filter(({ tag }) => tag < 0x00281050),
      number(0x00280002, 3),
      { tag: 0x00280004, vr: 'CS', value: 'RGB' },
      number(0x00280006, 0),
    ]);
    const { inflateSync } = await import('node:zlib');
    const bytes = Buffer.from(await (await get(`${colour}/rendered`, 'image/png')).arrayBuffer());
    const at = bytes.indexOf('IDAT');
    expect([...inflateSync(bytes.subarray(at + 4)).subarray(1, 7)]).toEqual([250, 120, 10, 250, 120, 10]);
    expect(await sizeOf(await get(`${colour}/rendered`))).toEqual(['image/jpeg', COLUMNS, ROWS]);
  });

  test('[WR4] that cannot be drawn or are asked for in another way are refused', async () => {
    const bad = [
      'window=1',
      'window=1,0',
      'window=a,b',
      'window=1,2,cubic',
      'viewport=0,10',
      'viewport=9999,1',
      'viewport=1,2,3',
      'quality=0',
      'quality=x',
    ];
    for (const query of bad)
      expect(await refusalOf(await get(`${address}/rendered?${query}`))).toEqual({ status: 400, code: 'malformed' });
    expect((await get(`${address}/rendered`, 'image/gif')).status).toBe(406);
    expect((await get(`${address}/rendered`, 'application/dicom')).status).toBe(406);
    const report = smallInstance({
      studyInstanceUid: '2.25.300',
      modality: 'SR',
      elements: [{ tag: 0x0040a040, vr: 'CS', value: 'CONTAINER' }],
    });
    // Without pixels: everything from the rows on is left away.
    const at = Buffer.from(report).indexOf(Buffer.from([0x28, 0x00, 0x02, 0x00]));
    expect((await stow(person, '', [report.subarray(0, at)])).status).toBe(200);
    const study = '/dicom-web/studies/2.25.300';
    for (const place of [study, `${study}/series/2.25.300.1`, `${study}/series/2.25.300.1/instances/2.25.300.1.1`])
      for (const path of ['rendered', 'thumbnail']) expect((await get(`${place}/${path}`)).status).toBe(406);
  });

  test('[WR5] small ones stand for an instance, a series and a study, and are drawn once', async () => {
    const study = `/dicom-web/studies/${ct.studyInstanceUid}`;
    const middle = addressOf(ct, 1);
    const first = await get(`${middle}/thumbnail`);
    expect(await sizeOf(first.clone())).toEqual(['image/jpeg', 160, 160]);
    const bytes = Buffer.from(await first.arrayBuffer());
    for (const path of [
      `${middle}/thumbnail`,
      `${study}/series/${ct.seriesInstanceUid}/thumbnail`,
      `${study}/thumbnail`,
    ])
      expect(Buffer.from(await (await get(path)).arrayBuffer()).equals(bytes)).toBe(true);
    expect(await sizeOf(await get(`${middle}/thumbnail?viewport=40,40`))).toEqual(['image/jpeg', 40, 40]);
    expect(await sizeOf(await get(`${middle}/frames/1/thumbnail`, 'image/png'))).toEqual(['image/png', 160, 160]);
  });
});
