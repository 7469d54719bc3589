import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import dicomParser, { type DataSet } from 'dicom-parser';
import { unzipSync } from 'fflate';
import { auditRecord } from '../../../server/audit/audit-record.ts';
import { writeDicomFile, type DicomElement } from '../../../server/imaging/dicom-writer.ts';
import { synthesizeCt } from '../../../server/imaging/synthesize/synthesize-studies.ts';
import { deidentifyFile, type DeidentifiedFile } from '../../../server/imaging/teaching/deidentify-job.ts';
import { KEPT } from '../../../server/imaging/teaching/kept-attributes.ts';
import { scrubCodestream } from '../../../server/imaging/teaching/scrub-codestream.ts';
import { zipStream } from '../../../server/imaging/teaching/zip-stream.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { refusalOf, smallInstance, stow } from '../../support/dicom-web.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

/** What must not be found again, in any of the encodings that a device may have used. */
const MARKER = 'ZHANGSAN';
const MARKERS = [MARKER, '张三疯子', '330399195003120014', '13812345678', '20260229'];
const needles = MARKERS.flatMap((text) => [
  Buffer.from(text, 'utf8'),
  Buffer.from(text, 'utf16le'),
  Buffer.from(text, 'utf16le').swap16(),
]);
const found = (bytes: Uint8Array) => needles.filter((needle) => Buffer.from(bytes).includes(needle)).map(String);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lianzhen-teaching-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function deidentified(file: Uint8Array): Promise<Uint8Array> {
  const path = join(folder, `${files++}.dcm`);
  await writeFile(path, file);
  return joined(deidentifyFile({ path, name: 'TEACHING-1', uidKey: 'ab'.repeat(32), seriesNumber: 1 }), file);
}
const joined = ({ parts }: DeidentifiedFile, file: Uint8Array) =>
  Buffer.concat(
    parts.map((part) => (part instanceof Uint8Array ? part : file.subarray(part.offset, part.offset + part.length))),
  );
const text = (set: DataSet, tag: string) => set.string(tag)?.trim() ?? null;

/** Every VR that can carry letters, filled with the marker. */
const carriers: readonly [string, DicomElement['value']][] = [
  ...['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UI', 'UR', 'UT'].map(
    (vr): [string, string] => [vr, MARKERS.join('\\')],
  ),
  ...['OB', 'OW', 'OF', 'OD', 'OL', 'UN', 'FD', 'FL', 'US', 'SS', 'UL', 'SL', 'AT'].map((vr): [string, Uint8Array] => [
    vr,
    Buffer.from(`${MARKER}${MARKER}`),
  ]),
];
const CT = '1.2.840.10008.5.1.4.1.1.2';
const plain: DicomElement[] = [
  { tag: 0x00080016, vr: 'UI', value: CT },
  { tag: 0x00080018, vr: 'UI', value: '1.2.3.4' },
  { tag: 0x0020000d, vr: 'UI', value: '1.2.3' },
  { tag: 0x0020000e, vr: 'UI', value: '1.2.3.1' },
  { tag: 0x00280002, vr: 'US', value: 1 },
  { tag: 0x00280004, vr: 'CS', value: 'MONOCHROME2' },
  { tag: 0x00280010, vr: 'US', value: 2 },
  { tag: 0x00280011, vr: 'US', value: 2 },
  { tag: 0x00280100, vr: 'US', value: 16 },
  { tag: 0x00280103, vr: 'US', value: 0 },
];
/** Without these a file is no image that anybody could store. */
const needed = new Set([...plain.map(({ tag }) => tag), 0x00280008]);
const pixels = { native: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]), bitsAllocated: 16 } as const;
const fileOf = (elements: readonly DicomElement[], transferSyntaxUid?: string, pixelData: object = pixels) =>
  writeDicomFile({
    sopClassUid: CT,
    sopInstanceUid: '1.2.3.4',
    elements: [...plain, ...elements],
    pixelData: pixelData as typeof pixels,
    ...(transferSyntaxUid !== undefined && { transferSyntaxUid }),
  });

describe('a de-identified copy (PS3.15 annex E)', () => {
  test.each(carriers)(
    '[DI1] of a file whose every attribute says whose it is, as VR %s, does not say it',
    async (vr, value) => {
      const tags = new Set([...KEPT.keys(), ...OTHER_TAGS].filter((tag) => !needed.has(tag)));
      // One after the other each marker stands alone, then all of them together.
      const alone = typeof value === 'string' ? MARKERS : [Buffer.from(MARKER)];
      const values = [...alone, value];
      const elements = [...tags].map((tag, at): DicomElement => ({ tag, vr, value: values[at % values.length]! }));
      const nested: DicomElement = { tag: 0x52009229, vr: 'SQ', value: [elements, [deep(elements)]] };
      const file = fileOf([...elements.filter(({ tag }) => tag !== nested.tag), nested]);
      expect(found(file)).not.toEqual([]);
      const copy = await deidentified(file);
      expect(found(copy)).toEqual([]);
      expect(dicomParser.parseDicom(copy).elements['x7fe00010']!.length).toBe(8);
    },
  );

  test('[DI1] says nothing from the preamble, the meta header, behind the pixels and the data set, or in a deflated set', async () => {
    const file = Buffer.from(fileOf([{ tag: 0x00100010, vr: 'PN', value: MARKER }]));
    file.write(MARKER, 4);
    const meta = Buffer.from(file);
    // The implementation's version name, padded with the name of a person.
    meta.write(MARKER, meta.indexOf('LIANZHEN_1'));
    const behind = Buffer.concat([
      meta,
      Buffer.from([0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 8, 0, 0, 0]),
      Buffer.from(MARKER),
    ]);
    expect(found(await deidentified(behind))).toEqual([]);
    const long = { native: Buffer.concat([pixels.native, Buffer.from(MARKER)]), bitsAllocated: 16 };
    expect(found(await deidentified(fileOf([], undefined, long)))).toEqual([]);
    const deflated = fileOf([{ tag: 0x00100010, vr: 'PN', value: MARKER }], '1.2.840.10008.1.2.1.99');
    const copy = dicomParser.parseDicom(await deidentified(deflated));
    expect([text(copy, 'x00020010'), text(copy, 'x00100010')]).toEqual(['1.2.840.10008.1.2.1', 'TEACHING-1']);
  });

  test('[DI1] says nothing from comments and application segments of its codestreams, and decodes as before', async () => {
    const segment = (marker: number, body: string) =>
      Buffer.concat([Buffer.from([0xff, marker, 0, body.length + 2]), Buffer.from(body, 'latin1')]);
    const jfif = segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0');
    const jpeg = Buffer.concat([
      Buffer.from([0xff, 0xd8]),
      jfif,
      segment(0xe1, `Exif\0\0${MARKER}`),
      segment(0xfe, MARKER),
      segment(0xda, 'abcdef'),
      Buffer.from([1, 0xff, 0, 2]),
      segment(0xfe, MARKER),
      Buffer.from([0xff, 0xd9]),
      Buffer.from(MARKER),
    ]);
    const scrubbed = scrubCodestream(jpeg)!;
    expect(scrubbed.length).toBe(jpeg.length);
    expect(Buffer.from(scrubbed).includes(jfif)).toBe(true);
    const j2k = Buffer.concat([
      Buffer.from([0xff, 0x4f]),
      segment(0x64, `\0\x01${MARKER}`),
      Buffer.from([0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1]),
      segment(0x64, `\0\x01${MARKER}`),
      Buffer.from([0xff, 0x93, 1, 2, 3, 0xff, 0xd9]),
    ]);
    for (const [syntax, frame] of [
      ['1.2.840.10008.1.2.4.50', jpeg],
      ['1.2.840.10008.1.2.4.90', j2k],
    ] as const) {
      const copy = await deidentified(fileOf([], syntax, { fragments: [frame] }));
      expect(found(copy)).toEqual([]);
      expect(dicomParser.parseDicom(copy).elements['x7fe00010']!.fragments).toHaveLength(1);
    }
    const boxed = Buffer.concat([Buffer.from([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20]), Buffer.from(MARKER)]);
    for (const [syntax, frame] of [
      ['1.2.840.10008.1.2.4.90', boxed],
      ['1.2.840.10008.1.2.4.110', jpeg],
    ] as const)
      await expect(deidentified(fileOf([], syntax, { fragments: [frame] }))).rejects.toMatchObject({
        code: 'dicom-damaged',
      });
  });

  test('[DI2] keeps what an image needs, says what was done to it, and gives every UID one new one', async () => {
    const [file] = synthesizeCt({
      patient: { name: 'Zhao^Er=赵^二', id: '000123', sex: 'M', birthDate: '19300101' },
      slices: 1,
      rows: 16,
      columns: 16,
    }).files as [Uint8Array];
    const before = dicomParser.parseDicom(file);
    const bytes = await deidentified(file);
    const after = dicomParser.parseDicom(bytes);
    for (const tag of ['x00080016', 'x00080060', 'x00180050', 'x00200032', 'x00200037', 'x00280030', 'x00281052'])
      expect([tag, text(after, tag)]).toEqual([tag, text(before, tag)]);
    for (const tag of ['x00280010', 'x00280011', 'x00280100', 'x00280101', 'x00280103'])
      expect([tag, after.uint16(tag)]).toEqual([tag, before.uint16(tag)]);
    const pixelsOf = (set: DataSet) => {
      const { dataOffset, length } = set.elements['x7fe00010']!;
      return Buffer.from(set.byteArray.subarray(dataOffset, dataOffset + length)).toString('base64');
    };
    expect(pixelsOf(after)).toBe(pixelsOf(before));
    expect([text(after, 'x00100010'), text(after, 'x00100020'), text(after, 'x00100040')]).toEqual([
      'TEACHING-1',
      'TEACHING-1',
      'M',
    ]);
    expect([text(after, 'x00100030'), text(after, 'x00080020')]).toEqual([null, null]);
    expect([text(after, 'x00120062'), text(after, 'x00280303')]).toEqual(['YES', 'REMOVED']);
    const codes = after.elements['x00120064']!.items!.map(({ dataSet }) => text(dataSet!, 'x00080100'));
    expect(codes).toEqual(['113100', '113108']);
    for (const tag of ['x0020000d', 'x0020000e', 'x00080018', 'x00200052'])
      expect([tag, text(after, tag)]).not.toEqual([tag, text(before, tag)]);
    expect(text(after, 'x00020003')).toBe(text(after, 'x00080018'));
    expect(Buffer.from(await deidentified(file))).toEqual(Buffer.from(bytes));
    expect(found(bytes)).toEqual([]);
  });

  test('[DI2] is made of no picture whose file breaks off', async () => {
    const native = fileOf([], undefined, { native: new Uint8Array(8).fill(7), bitsAllocated: 16 });
    const coded = fileOf([], '1.2.840.10008.1.2.4.50', { fragments: [new Uint8Array(40).fill(7)] });
    for (const file of [native, coded])
      for (const cut of [1, 5]) {
        const broken = file.subarray(0, file.lastIndexOf(7) + 1 - cut);
        await expect(deidentified(broken)).rejects.toMatchObject({ code: 'dicom-damaged' });
      }
  });

  test('[DI2] tells an age above 89 years as 90, and no age that is none', async () => {
    const ageOf = async (value: string) =>
      text(dicomParser.parseDicom(await deidentified(fileOf([{ tag: 0x00101010, vr: 'AS', value }]))), 'x00101010');
    expect([await ageOf('045Y'), await ageOf('101Y'), await ageOf('013D'), await ageOf(MARKER)]).toEqual([
      '045Y',
      '090Y',
      '013D',
      null,
    ]);
  });
});

/** Of the tables of PS3.15 E.1-1, and of groups that no table names: private, curves, overlays, text. */
const OTHER_TAGS = [
  0x00080012, 0x00080014, 0x00080020, 0x00080021, 0x00080022, 0x00080023, 0x0008002a, 0x00080030, 0x00080050,
  0x00080070, 0x00080080, 0x00080081, 0x00080090, 0x00081010, 0x00081030, 0x0008103e, 0x00081048, 0x00081050,
  0x00081070, 0x00081090, 0x00081140, 0x00082111, 0x00090010, 0x00091001, 0x00100010, 0x00100020, 0x00100030,
  0x00100040, 0x00101000, 0x00101001, 0x00101010, 0x00101040, 0x00102154, 0x001021b0, 0x00104000, 0x00120062,
  0x00181000, 0x00181020, 0x00181030, 0x00181400, 0x00189424, 0x00200010, 0x00204000, 0x00280303, 0x00284000,
  0x00281055, 0x00290010, 0x00321060, 0x00324000, 0x00380010, 0x00400275, 0x00400555, 0x0040a730, 0x40000010,
  0x50003000, 0x50000022, 0x60000010, 0x60003000, 0x60004000, 0x60000022, 0x7f000010, 0xfffafffa,
];
const deep = (elements: readonly DicomElement[]): DicomElement => ({
  tag: 0x00209113,
  vr: 'SQ',
  value: [[...elements].filter(({ tag }) => tag !== 0x00209113)],
});

describe('the archive', () => {
  test('[DI3] is a ZIP that other programs open, with names that say nothing', async () => {
    async function* entries() {
      yield { name: 'a/1.dcm', body: [Buffer.from('eins'), Buffer.alloc(0), Buffer.from('zwei')] };
      yield { name: 'README.txt', body: [] };
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of zipStream(entries())) pieces.push(piece);
    const path = join(folder, 'a.zip');
    await writeFile(path, Buffer.concat(pieces));
    const opened = unzipSync(Buffer.concat(pieces));
    expect(Object.entries(opened).map(([name, body]) => [name, Buffer.from(body).toString()])).toEqual([
      ['a/1.dcm', 'einszwei'],
      ['README.txt', ''],
    ]);
    const python = `import zipfile;z=zipfile.ZipFile(${JSON.stringify(path)});print(z.testzip(),z.namelist())`;
    const checked = await promisify(execFile)('python3', ['-c', python]).catch((error: NodeJS.ErrnoException) => {
      // Node.js is all that the suite may count on.
      if (error.code !== 'ENOENT') throw error;
      process.stderr.write('left out: Python is not installed, so it did not open the archive\n');
      return null;
    });
    if (checked !== null) expect(checked.stdout.trim()).toBe("None ['a/1.dcm', 'README.txt']");
  });
});

test('[DI3] a file is asked for when the one before it has been taken', async () => {
  const asked: string[] = [];
  async function* entries() {
    for (const name of ['1', '2']) {
      asked.push(name);
      yield { name, body: [Buffer.from(name), Buffer.from(name)] };
    }
  }
  const archive = zipStream(entries());
  for (let piece = 0; piece < 4; piece += 1) await archive.next();
  expect(asked).toEqual(['1']);
  await archive.next();
  expect(asked).toEqual(['1', '2']);
});

describe('a teaching copy of a study', () => {
  let hub: TestHub;
  let sender: TestClient;
  let reader: TestClient;
  let radiologist: TestWindow;
  let clinic: TestWindow;
  let patientId: string;
  const studyInstanceUid = '2.25.5511';
  const instance = (series: number, extra: Partial<Parameters<typeof smallInstance>[0]>, sopClass = CT) => {
    const elements = [
      { tag: 0x00080016, vr: 'UI', value: sopClass },
      { tag: 0x00200011, vr: 'IS', value: String(series) },
      { tag: 0x0008103e, vr: 'LO', value: `S${series}` },
      ...(extra.elements ?? []),
    ];
    return smallInstance({
      studyInstanceUid,
      seriesInstanceUid: `${studyInstanceUid}.${series}`,
      name: MARKER,
      patientId: '330399195003120014',
      modality: 'CT',
      ...extra,
      elements,
    });
  };

  beforeAll(async () => {
    hub = await startTestHub();
    sender = await hub.signIn('clinic1');
    clinic = await sender.connect();
    reader = await hub.signIn('radiologist1');
    radiologist = await reader.connect();
    const desk = await (await hub.signIn('oncall1')).connect();
    ({ patientId } = await acceptedCase(clinic, desk, '赵二'));
    const sent = [
      instance(1, {}),
      instance(1, { sopInstanceUid: '2.25.77' }),
      instance(2, { elements: [{ tag: 0x00280301, vr: 'CS', value: 'YES' }] }),
      instance(3, { modality: 'US' }, '1.2.840.10008.5.1.4.1.1.6.1'),
      instance(4, { modality: 'OT' }, '1.2.840.10008.5.1.4.1.1.7'),
    ];
    const answer = await stow(sender, `?patientId=${patientId}&confirmMismatch=true`, sent);
    expect(answer.status).toBe(200);
    const mark = { kind: 'key-image', sopInstanceUid: '2.25.77', frameNumber: 1 } as const;
    await radiologist.request('image-mark:write', { patientId, mark, version: 0 });
    await reader.http(`/api/studies/${studyInstanceUid}/mark-documents/key-images`, { method: 'POST' });
  }, 180_000);
  afterAll(() => hub?.close());

  const copy = (person: TestClient, looked: readonly number[] = []) =>
    person.http(
      `/api/studies/${studyInstanceUid}/teaching-copy?${looked.map((one) => `looked=${studyInstanceUid}.${one}`).join('&')}`,
    );

  test('[DI4] images with text in their pixels, ultrasound and captures go only when a person has looked; documents never', async () => {
    const preview = await radiologist.request('teaching-copy:preview', { studyInstanceUid });
    expect(preview).toMatchObject({ images: 2, left: { document: 1, video: 0 } });
    expect(preview.held.map(({ description, reason, images }) => [description, reason, images])).toEqual([
      ['S2', 'burned-in', 1],
      ['S3', 'ultrasound', 1],
      ['S4', 'secondary-capture', 1],
    ]);
    const namesOf = async (looked: readonly number[]) => {
      const answer = await copy(reader, looked);
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="teaching-[0-9a-f]{8}\.zip"$/);
      const whole = new Uint8Array(await answer.arrayBuffer());
      expect(found(whole)).toEqual([]);
      return unzipSync(whole);
    };
    expect(Object.keys(await namesOf([]))).toEqual([
      'series-01/image-00001.dcm',
      'series-01/image-00002.dcm',
      'README.txt',
    ]);
    const opened = await namesOf([2, 4]);
    expect(Object.keys(opened)).toHaveLength(5);
    const sets = Object.entries(opened)
      .filter(([name]) => name.endsWith('.dcm'))
      .map(([, bytes]) => dicomParser.parseDicom(bytes));
    const values = (tag: string) => new Set(sets.map((set) => text(set, tag))).size;
    expect([values('x0020000d'), values('x0020000e'), values('x00080018'), values('x00100020')]).toEqual([1, 3, 4, 1]);
  });

  test('[DI5] only imaging doctors and specialists of the lead hospital take one, and the audit trail says so', async () => {
    expect(await refusalOf(await copy(sender))).toEqual({ status: 403, code: 'forbidden' });
    expect(await refusalOf(await copy(await hub.signIn('office1')))).toEqual({ status: 404, code: 'not-found' });
    expect(await refusalOf(await copy(await hub.signIn('clinic2')))).toEqual({ status: 404, code: 'not-found' });
    await expect(clinic.request('teaching-copy:preview', { studyInstanceUid })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await (await copy(reader)).arrayBuffer();
    const entries = await hub.running.hub.store.model(auditRecord).find({ action: 'teaching-copy:export' }).lean();
    expect(entries.map(({ accountId }) => accountId)).toContain(reader.account.accountId);
  });
});
