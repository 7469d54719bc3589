/** @jest-environment node */
import { expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { mediaIndex, part10 } from './made-media.ts';
import { mediaLimits, nameOf, sortMedia } from '../../../client/features/imaging/media/sort-media.ts';

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const image = part10('1.2.840.10008.5.1.4.1.1.2');
/** An index whose records name nothing. */
const directory = mediaIndex([]);
const chosen = (name: string, bytes: Uint8Array) => ({ file: new File([new Uint8Array(bytes)], name), path: name });
const namesOf = (files: readonly File[]) => files.map(({ name }) => name);

test('files are told apart by content, whatever they are called (PS3.10 7.1)', async () => {
  const sorted = await sortMedia([
    chosen('IM000001', image),
    chosen('DICOMDIR', directory),
    // Its preamble was cut off; the hub takes it all the same.
    chosen('bare.dcm', image.subarray(132)),
    chosen('viewer.dcm', ascii('MZ and more')),
    chosen('empty', new Uint8Array(0)),
  ]);
  expect(namesOf(sorted.dicom)).toEqual(['IM000001', 'bare.dcm']);
  expect(sorted.notDicom).toEqual([
    { name: 'viewer.dcm', reason: 'other' },
    { name: 'empty', reason: 'other' },
  ]);
});

test('a ZIP gives its images unchanged and names the rest with its folder', async () => {
  const zip = zipSync({
    'CD/IM1': image,
    'CD/DICOMDIR': directory,
    'CD/readme.txt': ascii('read me'),
    'CD/inner.zip': zipSync({ a: image }),
    'stored.dcm': [image, { level: 0 }],
  });
  const sorted = await sortMedia([chosen('study.zip', zip)]);
  expect(namesOf(sorted.dicom)).toEqual(['IM1', 'stored.dcm']);
  for (const file of sorted.dicom) expect(new Uint8Array(await file.arrayBuffer())).toEqual(image);
  expect(sorted.notDicom).toEqual([
    { name: 'study.zip/CD/readme.txt', reason: 'other' },
    { name: 'study.zip/CD/inner.zip', reason: 'archive' },
  ]);
});

test('an archive that unpacks to far more than itself is refused whole', async () => {
  const bomb = zipSync({ 'a.dcm': part10('1.2.840.10008.5.1.4.1.1.2', 3_000_000) }, { level: 9 });
  const limits = { ...mediaLimits, ratioFromBytes: 1_000_000 };
  const refused = { dicom: [], notDicom: [{ name: 'bomb.zip', reason: 'too-large' }], missing: [] };
  expect(await sortMedia([chosen('bomb.zip', bomb)], undefined, limits)).toEqual(refused);
  const many = zipSync(Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f${at}`, image])));
  const few = { ...mediaLimits, files: 20 };
  expect((await sortMedia([chosen('bomb.zip', many)], undefined, few)).dicom).toEqual([]);
});

test('of an archive that breaks off the whole images are taken and the damage is told', async () => {
  const zip = zipSync({ 'a.dcm': [image, { level: 0 }], 'b.dcm': [image, { level: 0 }] });
  const sorted = await sortMedia([chosen('cut.zip', zip.subarray(0, image.length + 300))]);
  expect(namesOf(sorted.dicom)).toEqual(['a.dcm']);
  expect(sorted.notDicom.length).toBeGreaterThan(0);
});

test('names in GBK are read as such, others are left as they are', () => {
  expect(nameOf('\u00d3\u00b0\u00cf\u00f1/1.dcm')).toBe('影像/1.dcm');
  expect(nameOf('影像/1.dcm')).toBe('影像/1.dcm');
  expect(nameOf('CD/1.dcm')).toBe('CD/1.dcm');
});
