/** @jest-environment node */
import { expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { metaUidsOf } from '../../../client/features/imaging/media/meta-uids.ts';
import { indexLimits, readMediaIndex } from '../../../client/features/imaging/media/read-media-index.ts';
import { sortMedia } from '../../../client/features/imaging/media/sort-media.ts';
import { mediaIndex, part10 } from './made-media.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const image = (uid: string) => part10(CT, 100, uid);
const chosen = (path: string, bytes: Uint8Array) => ({
  file: new File([new Uint8Array(bytes)], path.split('/').at(-1)!),
  path,
});
const paths = (index: Uint8Array) => readMediaIndex(index).map(({ path }) => path);

const disc = mediaIndex([
  {},
  { path: 'DICOM/ST1/IM1', sopInstanceUid: '2.25.101' },
  { path: 'DICOM/ST1/IM2', sopInstanceUid: '2.25.102' },
  { path: 'DICOM/ST1/IM3', sopInstanceUid: '2.25.103' },
]);

test('a media directory names its files with their folders, without what is inactive (PS3.3 F.3)', () => {
  expect(paths(disc)).toEqual(['DICOM/ST1/IM1', 'DICOM/ST1/IM2', 'DICOM/ST1/IM3']);
  expect(paths(mediaIndex([{ path: 'A', inactive: true }, { path: 'B' }, { path: 'B' }]))).toEqual(['B']);
});

test('files that the index names and that were not chosen are told with their folder; others are taken all the same', async () => {
  const sorted = await sortMedia([
    chosen('CD/DICOMDIR', disc),
    chosen('CD/DICOM/ST1/IM1', image('2.25.101')),
    // Of a case that the mounting system chose, and not named by the index.
    chosen('CD/dicom/st1/im3', image('2.25.999')),
    chosen('CD/EXTRA/IM9', image('2.25.109')),
    chosen('CD/viewer.exe', Uint8Array.of(77, 90)),
  ]);
  expect(sorted.dicom.map(({ name }) => name)).toEqual(['IM1', 'im3', 'IM9']);
  expect(sorted.missing).toEqual(['CD/DICOM/ST1/IM2']);
  expect(sorted.notDicom).toEqual([{ name: 'CD/viewer.exe', reason: 'other' }]);
});

test('files chosen without their folders, or renamed, are known by their SOP Instance UID (0004,1511)', async () => {
  const files = ['2.25.101', '2.25.102', '2.25.103'].map((uid, at) => chosen(`renamed-${at}.dcm`, image(uid)));
  expect((await sortMedia([...files, chosen('DICOMDIR', disc)])).missing).toEqual([]);
  expect((await sortMedia([files[1]!, chosen('DICOMDIR', disc)])).missing).toEqual(['DICOM/ST1/IM1', 'DICOM/ST1/IM3']);
  // PS3.10 7.1, also behind a preamble that was cut off.
  expect(metaUidsOf(image('2.25.101'))).toEqual({ sopClassUid: CT, sopInstanceUid: '2.25.101' });
  expect(metaUidsOf(image('2.25.101').subarray(132)).sopInstanceUid).toBe('2.25.101');
  expect(metaUidsOf(image('2.25.101').subarray(0, 200)).sopInstanceUid).toBeNull();
});

test('the index of a ZIP counts for what is in it, and each disc has its own', async () => {
  const zip = zipSync({
    'CD/DICOMDIR': disc,
    'CD/DICOM/ST1/IM1': image('2.25.101'),
    'CD/DICOM/ST1/IM2': image('2.25.102'),
  });
  const second = mediaIndex([{ path: 'IM1' }, { path: 'IM2' }]);
  const sorted = await sortMedia([
    chosen('disc.zip', zip),
    chosen('second/DICOMDIR', second),
    chosen('second/IM1', image('2.25.201')),
  ]);
  expect(sorted.dicom).toHaveLength(3);
  expect(sorted.notDicom).toEqual([]);
  expect(sorted.missing).toEqual(['disc.zip/CD/DICOM/ST1/IM3', 'second/IM2']);
});

test('a damaged index is told as such, and the images go on', async () => {
  const image1 = chosen('CD/IM1', image('2.25.101'));
  for (const index of [disc.subarray(0, disc.length - 90), part10('1.2.840.10008.1.3.10', 0)]) {
    const sorted = await sortMedia([image1, chosen('CD/DICOMDIR', index)]);
    expect(sorted.dicom).toHaveLength(1);
    expect(sorted.notDicom).toEqual([{ name: 'CD/DICOMDIR', reason: 'unreadable' }]);
    expect(sorted.missing).toEqual([]);
  }
});

test('a hostile index costs no more than its limits', () => {
  const many = mediaIndex(Array.from({ length: 2_000 }, (_, at) => ({ path: `A/${at}` })));
  expect(() => readMediaIndex(many, { ...indexLimits, records: 1_999 })).toThrow('too many records');
  expect(() => readMediaIndex(many, { ...indexLimits, bytes: many.length - 1 })).toThrow('too large');
  expect(paths(mediaIndex([{ path: 'A'.repeat(1025) }, { path: '' }, { path: ' / ' }, { path: 'B' }]))).toEqual(['B']);
  // Sequences in sequences, as deep as the file is long.
  const nested = new Uint8Array(disc.length + 16 * 100_000);
  nested.set(disc);
  const view = new DataView(nested.buffer);
  for (let at = disc.length; at + 16 <= nested.length; at += 16) {
    view.setUint32(at, 0x12200004, true);
    nested.set([0x53, 0x51, 0, 0], at + 4);
    view.setUint32(at + 8, 0xffffffff, true);
  }
  expect(() => readMediaIndex(nested)).toThrow();
});
