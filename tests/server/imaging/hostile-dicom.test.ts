import { once } from 'node:events';
import { connect } from 'node:net';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  DEFLATED_LITTLE_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  type DicomElement,
} from '../../../server/imaging/dicom-writer.ts';
import { bodyOf, refusalOf, related, smallInstance, stow, type DicomJson } from '../../support/dicom-web.ts';
import { startTestHub, type TestClient, type TestHub } from '../../support/hub.ts';

// The shapes of the advisories about Orthanc of April 2026 (CVE-2026-5437 to 5445) and of files that fuzzers make.
const QUICK_MS = 5000;
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const RLE = '1.2.840.10008.1.2.5';
let hub: TestHub;
let person: TestClient;
let next = 0;

beforeAll(async () => {
  hub = await startTestHub();
  person = await hub.signIn('clinic1');
}, 180_000);
afterAll(() => hub.close());
/** Whatever was sent, the hub answers the next one at once. */
afterEach(async () => {
  const began = performance.now();
  expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(1000);
});

const us = (tag: number, value: number | number[]): DicomElement => ({ tag, vr: 'US', value });
const is = (tag: number, value: string): DicomElement => ({ tag, vr: 'IS', value });
type Small = Partial<Parameters<typeof smallInstance>[0]>;
const file = (fields: Small = {}): Uint8Array => {
  next += 1;
  return smallInstance({ studyInstanceUid: `2.25.500.${next}`, ...fields });
};
const withElements = (...elements: DicomElement[]) => file({ elements });
/** The file with other bytes at the place where `find` stands. */
function patched(bytes: Uint8Array, find: number[], replacement: number[], behind = 0): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(Buffer.from(find));
  expect(at).toBeGreaterThan(0);
  copy.set(replacement, at + find.length + behind);
  return copy;
}
const sequence = (length: number[], body: number[]) =>
  Buffer.concat([file(), Buffer.from([0x70, 0xfe, 0x10, 0x00, 0x53, 0x51, 0, 0, ...length, ...body])]);
/** `depth` sequences of undefined length, each in an item of the one before, none of them closed. */
const nested = (depth: number) => {
  const level = [
    0x40, 0x00, 0x30, 0xa7, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff,
  ];
  const head = file();
  const meta = Buffer.from(head).indexOf(Buffer.from([0x08, 0x00, 0x05, 0x00]));
  return Buffer.concat([head.subarray(0, meta), ...Array.from({ length: depth }, () => Buffer.from(level))]);
};
/** A deflated data set that is one text of 40 MB. */
const deflated = () => {
  const head = file({ transferSyntaxUid: DEFLATED_LITTLE_ENDIAN });
  const meta = head.length - deflateRawSync(Buffer.alloc(0)).length;
  const text = Buffer.alloc(40 * 1024 * 1024, 0x20);
  const header = Buffer.from([0x10, 0x00, 0x00, 0x40, 0x55, 0x54, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(text.length, 8);
  const start = Buffer.from(head).indexOf(Buffer.from('LIANZHEN_1'));
  expect(meta).toBeGreaterThan(start);
  return Buffer.concat([head.subarray(0, start + 10), deflateRawSync(Buffer.concat([header, text]))]);
};
const uidOf = (tag: number, value: string) => withElements({ tag, vr: 'UI', value });

const refused: [string, () => Uint8Array, RegExp][] = [
  ['no frames at all', () => withElements(is(0x00280008, '0')), /dicom-damaged/],
  ['two thousand million frames', () => withElements(is(0x00280008, '2147483647')), /dicom-damaged/],
  ['a number of frames that is none', () => withElements(is(0x00280008, 'NaN')), /dicom-damaged/],
  [
    '65535 rows and columns over two pixels',
    () => withElements(us(0x00280010, 65535), us(0x00280011, 65535)),
    /dicom-damaged/,
  ],
  ['no rows', () => withElements(us(0x00280010, 0)), /dicom-damaged/],
  ['65535 samples a pixel', () => withElements(us(0x00280002, 65535)), /dicom-damaged/],
  ['no bits', () => withElements(us(0x00280100, 0)), /dicom-damaged/],
  ['pixels that are not coded as it says', () => file({ transferSyntaxUid: JPEG_LS }), /dicom-damaged/],
  [
    'pixels of undefined length that are not coded',
    () => patched(file(), [0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0], [0xff, 0xff, 0xff, 0xff]),
    /dicom-damaged/,
  ],
  [
    'an implicit data set that calls itself explicit',
    () => patched(file(), [...Buffer.from(`${EXPLICIT_LITTLE_ENDIAN}\0`)], [0], -2),
    /dicom-damaged/,
  ],
  [
    'a sequence that never ends',
    () => patched(sequence([0xff, 0xff, 0xff, 0xff], []), [0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42], [0xff, 0xff], 2),
    /dicom-damaged/,
  ],
  ['twenty thousand sequences in each other', () => nested(20_000), /dicom-damaged/],
  ['a deflated text of 40 MB in a few kilobytes', deflated, /too-large/],
  ['a UID that leads out of its folder', () => uidOf(0x00080018, '../../../../etc/passwd'), /dicom-damaged/],
  ['a UID with a slash', () => uidOf(0x0020000d, '1.2/3'), /dicom-damaged/],
  ['an empty UID', () => uidOf(0x0020000e, ''), /dicom-damaged/],
  ['a UID of 70 digits', () => uidOf(0x00080018, `1.${'2'.repeat(68)}`), /dicom-damaged/],
  ['a web page', () => Buffer.from('<!doctype html><script>alert(1)</script>'.padEnd(400)), /not-dicom/],
  ['a program', () => Buffer.from(`\x7fELF${'\0'.repeat(400)}`, 'latin1'), /not-dicom/],
  ['an archive', () => Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(300)]), /not-dicom/],
];

describe('a file', () => {
  test.each(refused)('[IM10] with %s is refused quickly, with its reason', async (_title, make, code) => {
    const bytes = make();
    const began = performance.now();
    const { status, code: answered } = await refusalOf(await stow(person, '', [bytes]));
    expect(performance.now() - began).toBeLessThan(QUICK_MS);
    expect(answered).toMatch(code);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  const paletteOf = (entries: number): DicomElement[] => [
    { tag: 0x00280004, vr: 'CS', value: 'PALETTE COLOR' },
    ...[0x00281101, 0x00281102, 0x00281103].map((tag) => us(tag, [entries, 0, 16])),
    ...[0x00281201, 0x00281202, 0x00281203].map((tag) => ({ tag, vr: 'OW', value: new Uint8Array(4) })),
  ];
  const rleHeader = (...offsets: number[]) => {
    const header = Buffer.alloc(64);
    [offsets.length, ...offsets].forEach((value, at) => header.writeUInt32LE(value, at * 4));
    return header;
  };
  const kept: [string, () => Uint8Array][] = [
    ['a palette of 65536 colours in four bytes', () => withElements(...paletteOf(0))],
    [
      'a palette whose segments point at themselves',
      () =>
        withElements(
          ...paletteOf(256).filter(({ tag }) => tag < 0x00281200),
          ...[0x00281221, 0x00281222, 0x00281223].map((tag) => us(tag, [2, 65535, 0, 0, 2, 65535, 0, 0])),
        ),
    ],
    [
      'RLE segments outside of the frame',
      () => file({ transferSyntaxUid: RLE, pixelData: { fragments: [rleHeader(0xfffffff0)] } }),
    ],
    [
      'more RLE segments than there can be',
      () => file({ transferSyntaxUid: RLE, pixelData: { fragments: [rleHeader(...Array(15).fill(64))] } }),
    ],
    [
      'a codestream that is rubbish',
      () => file({ transferSyntaxUid: JPEG_LS, pixelData: { fragments: [new Uint8Array(200).fill(0xff)] } }),
    ],
    [
      'a thousand frames of which one is there',
      () =>
        file({
          transferSyntaxUid: JPEG_LS,
          elements: [is(0x00280008, '1000')],
          pixelData: { fragments: [new Uint8Array([0xff, 0xd8, 0xff, 0xd9])] },
        }),
    ],
    [
      'a hundred thousand empty items',
      () => withElements({ tag: 0x00081115, vr: 'SQ', value: Array.from({ length: 100_000 }, () => []) }),
    ],
    ['a name of scripts, quotes and zeros', () => file({ name: '<img src=x onerror=alert(1)>"\';--\0^{{7*7}}' })],
    [
      'a window that cannot be',
      () => withElements({ tag: 0x00281050, vr: 'DS', value: '1e308' }, { tag: 0x00281051, vr: 'DS', value: '-1' }),
    ],
  ];
  test.each(kept)('[IM10] with %s is kept, and whoever looks at it is not harmed', async (_title, make) => {
    const began = performance.now();
    const answer = await stow(person, '', [make()]);
    expect(answer.status).toBe(200);
    const [item] = ((await answer.json()) as DicomJson)['00081199']!.Value as DicomJson[];
    const address = String(item!['00081190']!.Value![0]).replace(hub.url, '');
    const octets = 'multipart/related; type="application/octet-stream"';
    for (const path of ['metadata', 'frames/1', 'frames/1000', 'rendered', 'thumbnail', 'bulkdata/7FE00010']) {
      const headers = path.startsWith('frames') || path.startsWith('bulk') ? { accept: octets } : {};
      const read = await person.http(`${address}/${path}`, { headers });
      await read.arrayBuffer().catch(() => undefined);
      expect([path, [200, 404, 406, 422].includes(read.status)]).toEqual([path, true]);
      // What a stranger's file says is never taken for a page.
      expect(read.headers.get('x-content-type-options')).toBe('nosniff');
      expect(read.headers.get('content-type')).not.toMatch(/html/);
    }
    expect(performance.now() - began).toBeLessThan(2 * QUICK_MS);
  });
});

describe('a request', () => {
  test('[IM10] that is compressed is not inflated', async () => {
    const body = gzipSync(Buffer.concat([bodyOf([file()]), Buffer.alloc(50 * 1024 * 1024)]));
    const answer = await person.http('/dicom-web/studies', {
      method: 'POST',
      headers: { 'content-type': related, 'content-encoding': 'gzip' },
      body: new Uint8Array(body),
    });
    expect([400, 415]).toContain(answer.status);
  });

  test('[IM10] that states four exabytes costs the hub nothing', async () => {
    const before = process.memoryUsage().rss;
    const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST /dicom-web/studies HTTP/1.1\r\nhost: hub\r\ncookie: ${person.cookie}\r\ncontent-type: ${related}\r\n` +
        `content-length: 4611686018427387904\r\n\r\n--teil-0815\r\nContent-Type: application/dicom\r\n\r\n`,
    );
    expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);
    socket.destroy();
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  test('[IM10] whose headers have no end is refused', async () => {
    const answer = await person.http('/dicom-web/studies', {
      method: 'POST',
      headers: { 'content-type': related },
      body: new Uint8Array(Buffer.concat([Buffer.from('--teil-0815\r\nX: '), Buffer.alloc(1024 * 1024, 0x61)])),
    });
    expect(await refusalOf(answer)).toEqual({ status: 400, code: 'malformed' });
  });
});
