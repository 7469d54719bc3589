import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditRecord } from '../../../server/audit/audit-record.ts';
import { imageMarkVersionRecord } from '../../../server/imaging/marks/image-mark-record.ts';
import { synthesizeCt } from '../../../server/imaging/synthesize/synthesize-studies.ts';
import type { ImageMark, MarkDocumentReply } from '../../../shared/contracts/image-marks.ts';
import type { ImagingMeasurement } from '../../../shared/contracts/viewing.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { rowsOf, smallInstance, stow, valuesOf } from '../../support/dicom-web.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';
import { allItems, readStructuredReport, type ReadItem } from '../../support/read-structured-report.ts';

let hub: TestHub;
let sender: TestClient;
let reader: TestClient;
let clinic: TestWindow;
let radiologist: TestWindow;
let desk: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  sender = await hub.signIn('clinic1');
  clinic = await sender.connect();
  desk = await (await hub.signIn('oncall1')).connect();
  reader = await hub.signIn('radiologist1');
  radiologist = await reader.connect();
}, 180_000);
afterAll(() => hub.close());

async function ctCase(seed: number) {
  const { patientId } = await acceptedCase(clinic, desk, '赵二');
  const ct = synthesizeCt({
    patient: { name: 'Zhao^Er=赵^二', id: '000123', sex: 'M' },
    seed,
    slices: 3,
    rows: 64,
    columns: 64,
  });
  expect((await stow(sender, `?patientId=${patientId}`, ct.files)).status).toBe(200);
  return { patientId, ct, uid: ct.sopInstanceUids[1]! };
}

const measured = (
  sopInstanceUid: string,
  id: string,
  type: ImagingMeasurement['type'],
  points: number[],
  text?: string,
): ImageMark => ({
  kind: 'measurement',
  measurement: { id, type, sopInstanceUid, frameNumber: 1, points, ...(text !== undefined && { text }) },
});
const keyImage = (sopInstanceUid: string, frameNumber = 1): ImageMark => ({
  kind: 'key-image',
  sopInstanceUid,
  frameNumber,
});
const listed = async (window: TestWindow, patientId: string) =>
  (await window.request('image-mark:list', { patientId })).marks.map(({ markId, version }) => [markId, version]);

describe('marks', () => {
  test('[MK1] are kept with every version and who made it, and are told to all who see the case', async () => {
    const { patientId, uid } = await ctCase(1);
    const first = measured(uid, 'aa01', 'length', [1, 1, 11, 1]);
    const { mark } = await radiologist.request('image-mark:write', { patientId, mark: first, version: 0 });
    expect(mark).toMatchObject({ version: 1, retired: false, byName: reader.account.name });
    expect(await clinic.next('image-mark:changed')).toEqual(mark);
    const moved = measured(uid, 'aa01', 'length', [1, 1, 21, 1]);
    await clinic.request('image-mark:write', { patientId, mark: moved, version: 1 });
    const { marks } = await radiologist.request('image-mark:list', { patientId });
    expect(marks).toMatchObject([{ mark: moved, version: 2, byAccountId: sender.account.accountId }]);
    const versions = await hub.running.hub.store
      .model(imageMarkVersionRecord)
      .find({ 'mark.measurement.id': 'aa01' })
      .sort({ version: 1 })
      .lean();
    expect(versions.map(({ version, mark: kept, byName }) => [version, kept, byName])).toEqual([
      [1, first, reader.account.name],
      [2, moved, sender.account.name],
    ]);
  }, 60_000);

  test('[MK2] are retired when they are taken away and come back by undo; the audit trail says who', async () => {
    const { patientId, uid } = await ctCase(2);
    const mark = keyImage(uid);
    const markId = `key:${uid}:1`;
    await radiologist.request('image-mark:write', { patientId, mark, version: 0 });
    const retired = await radiologist.request('image-mark:retire', { patientId, markId, version: 1 });
    expect(retired.mark).toMatchObject({ retired: true, version: 2, mark });
    expect(await listed(clinic, patientId)).toEqual([]);
    await radiologist.request('image-mark:write', { patientId, mark, version: 2 });
    expect(await listed(clinic, patientId)).toEqual([[markId, 3]]);
    const entries = await hub.running.hub.store.model(auditRecord).find({ subjectId: markId }).lean();
    expect(entries.map(({ action, outcome }) => [action, outcome]).sort()).toEqual([
      ['image-mark:retire', 'done'],
      ['image-mark:write', 'done'],
      ['image-mark:write', 'done'],
    ]);
  });

  test('[MK3] of two changes on one version one wins, and the other is told so', async () => {
    const { patientId, uid } = await ctCase(3);
    const at = (column: number) => measured(uid, 'cc01', 'probe', [column, 4]);
    await radiologist.request('image-mark:write', { patientId, mark: at(1), version: 0 });
    const write = (window: TestWindow, column: number) =>
      window.request('image-mark:write', { patientId, mark: at(column), version: 1 }).then(
        () => 'done',
        (refusal: { code: string }) => refusal.code,
      );
    const outcomes = await Promise.all([write(radiologist, 2), write(clinic, 3)]);
    expect(outcomes.sort()).toEqual(['done', 'version-conflict']);
    expect(await listed(clinic, patientId)).toEqual([['cc01', 2]]);
  });

  test('[MK4] need an image, a frame and a place that the patient has', async () => {
    const { patientId, uid } = await ctCase(4);
    const codeOf = (mark: ImageMark, version = 0) =>
      radiologist.request('image-mark:write', { patientId, mark, version }).then(
        () => 'done',
        (refusal: { code: string }) => refusal.code,
      );
    expect(await codeOf(keyImage('1.2.3'))).toBe('not-found');
    expect(await codeOf(keyImage(uid, 2))).toBe('invalid');
    expect(await codeOf(measured(uid, 'dd01', 'probe', [4000, 4]))).toBe('invalid');
    expect(await codeOf(measured(uid, 'dd01', 'probe', [4, 4]), 3)).toBe('version-conflict');
    await codeOf(measured(uid, 'dd01', 'probe', [4, 4]));
    const { patientId: other, uid: elsewhere } = await ctCase(5);
    expect(other).not.toBe(patientId);
    expect(await codeOf(measured(elsewhere, 'dd01', 'probe', [4, 4]), 1)).toBe('not-found');
  });
});

const exported = async (person: TestClient, study: string, kind: string) =>
  person.http(`/api/studies/${study}/mark-documents/${kind}`, { method: 'POST' });
const bytesOf = async ({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }: MarkDocumentReply) => {
  const address = `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
  const answer = await reader.http(address, { headers: { accept: 'application/dicom' } });
  expect(answer.status).toBe(200);
  return new Uint8Array(await answer.arrayBuffer());
};
const named = (root: ReadItem, name: string) => allItems(root).filter((item) => item.name === name);

describe('a measurement report (PS3.16 TID 1500)', () => {
  test('[MK5] holds every measurement with value, unit and coordinates on its image, the reader as observer, unverified', async () => {
    const { patientId, ct, uid } = await ctCase(6);
    const drawn: [ImagingMeasurement['type'], number[], string?][] = [
      ['length', [10, 10, 40, 50]],
      ['angle', [20, 10, 10, 10, 10, 20]],
      ['cobb', [10, 10, 20, 10, 10, 30, 20, 40]],
      ['cardiothoracic', [32, 30, 22, 30, 32, 32, 47, 32, 10, 40, 60, 40]],
      ['ellipse', [20, 24, 40, 34]],
      ['rectangle', [20, 24, 40, 34]],
      ['probe', [32.5, 32.5]],
      ['arrow', [5, 6, 1, 1]],
      ['text', [7, 8], '右上肺结节'],
    ];
    for (const [index, [type, points, text]] of drawn.entries())
      await radiologist.request('image-mark:write', {
        patientId,
        mark: measured(uid, `ee0${index}`, type, points, text),
        version: 0,
      });
    await clinic.request('image-mark:write', {
      patientId,
      mark: measured(ct.sopInstanceUids[0]!, 'ee99', 'length', [0, 0, 8, 0]),
      version: 0,
    });
    const answer = await exported(reader, ct.studyInstanceUid, 'measurements');
    expect(answer.status).toBe(201);
    const made = (await answer.json()) as MarkDocumentReply;
    expect(made).toMatchObject({ existing: false, marks: 10, studyInstanceUid: ct.studyInstanceUid });
    const report = readStructuredReport(await bytesOf(made));
    expect(report.text('x00080016')).toBe('1.2.840.10008.5.1.4.1.1.88.33');
    expect(report.text('x00100020')).toBe('000123');
    expect(report.text('x00100010')).toBe('Zhao^Er=赵^二');
    expect([report.text('x0040a491'), report.text('x0040a493')]).toEqual(['COMPLETE', 'UNVERIFIED']);
    expect(report.evidence).toEqual([[ct.seriesInstanceUid, ct.sopInstanceUids.slice(0, 2)]]);
    expect(report.root.name).toBe('126000 DCM');
    const people = report.root.children.filter(({ type }) => type === 'PNAME').map(({ value }) => value);
    expect(people).toEqual([reader.account.name]);

    const spacing = 370 / 64;
    const [imageOfClinic, ...groups] = named(report.root, '125007 DCM');
    expect(named(imageOfClinic!, '121008 DCM').map(({ value }) => value)).toEqual([sender.account.name]);
    const numbers = (group: ReadItem) =>
      allItems(group)
        .filter(({ type }) => type === 'NUM')
        .map(({ name, value }) => [name, value.split(' ').slice(1).join(' '), Number(value.split(' ')[0])] as const);
    const [length, angle, cobb, ratio, ellipse, rectangle, probe] = groups;
    expect(numbers(length!)).toEqual([['410668003 SCT', 'mm UCUM', expect.closeTo(50 * spacing, 2)]]);
    expect(numbers(angle!)).toEqual([['1483009 SCT', 'deg UCUM', expect.closeTo(90, 6)]]);
    expect(numbers(cobb!)).toEqual([['285285000 SCT', 'deg UCUM', expect.closeTo(45, 6)]]);
    expect(numbers(ratio!)).toEqual([['CTR 99LIANZHEN', '1 UCUM', expect.closeTo(0.5, 6)]]);
    const region = numbers(ellipse!);
    expect(region.map(([name, unit]) => `${name} ${unit}`)).toEqual([
      '42798000 SCT mm2 UCUM',
      ...Array(4).fill("112031 DCM [hnsf'U] UCUM"),
    ]);
    expect(region[0]![2]).toBeCloseTo(Math.PI * 50 * spacing ** 2, 1);
    const [, mean, , least, most] = region.map(([, , value]) => value);
    expect(least).toBeLessThanOrEqual(mean!);
    expect(mean).toBeLessThanOrEqual(most!);
    expect(numbers(rectangle!)[0]![2]).toBeCloseTo(200 * spacing ** 2, 1);
    expect(numbers(probe!).map(([name]) => name)).toEqual(['112031 DCM']);
    const shapes = (item: ReadItem) =>
      allItems(item)
        .filter(({ type }) => type === 'SCOORD')
        .map(({ value, children }) => [value, children.map((child) => child.value)]);
    expect(shapes(length!)).toEqual([['POLYLINE 10 10 40 50', [uid]]]);
    expect(shapes(cobb!)).toHaveLength(2);
    expect(shapes(ratio!)).toHaveLength(3);
    expect(shapes(ellipse!)).toEqual([['ELLIPSE 20 29 40 29 30 24 30 34', [uid]]]);
    expect(shapes(rectangle!)).toEqual([['POLYLINE 20 24 40 24 40 34 20 34 20 24', [uid]]]);
    expect(named(report.root, '121106 DCM').map((item) => [item.value, shapes(item)[0]![0]])).toEqual([
      ['箭头所指处', 'POINT 5 6'],
      ['右上肺结节', 'POINT 7 8'],
    ]);
  }, 60_000);

  test('[MK5] is a series of its own that QIDO-RS finds and every window hears of; the same marks make no second one', async () => {
    const { patientId, ct, uid } = await ctCase(7);
    expect((await exported(reader, ct.studyInstanceUid, 'measurements')).status).toBe(409);
    await radiologist.request('image-mark:write', {
      patientId,
      mark: measured(uid, 'ff01', 'length', [0, 0, 8, 0]),
      version: 0,
    });
    const made = (await (await exported(reader, ct.studyInstanceUid, 'measurements')).json()) as MarkDocumentReply;
    await clinic.next('imaging:added', ({ studyInstanceUid }) => studyInstanceUid === ct.studyInstanceUid);
    const again = await exported(reader, ct.studyInstanceUid, 'measurements');
    expect([again.status, await again.json()]).toEqual([200, { ...made, existing: true }]);
    const rows = await rowsOf(reader, `/studies/${ct.studyInstanceUid}/series`);
    expect(valuesOf(rows, '00080060')).toEqual(['CT', 'SR']);
    const moved = measured(uid, 'ff01', 'length', [0, 0, 9, 0]);
    await radiologist.request('image-mark:write', { patientId, mark: moved, version: 1 });
    const next = (await (await exported(reader, ct.studyInstanceUid, 'measurements')).json()) as MarkDocumentReply;
    expect(next.existing).toBe(false);
    expect(next.sopInstanceUid).not.toBe(made.sopInstanceUid);
  }, 60_000);

  test('[MK5] of an image whose pixels cannot be read says that a value is missing, and is partial', async () => {
    const { patientId } = await acceptedCase(clinic, desk, '赵二');
    const studyInstanceUid = '2.25.4711';
    const file = smallInstance({
      studyInstanceUid,
      modality: 'CT',
      transferSyntaxUid: '1.2.840.10008.1.2.4.70',
      pixelData: { fragments: [new Uint8Array([0xff, 0xd8, 0, 0])] },
    });
    expect((await stow(sender, `?patientId=${patientId}&confirmMismatch=true`, [file])).status).toBe(200);
    const mark = measured(`${studyInstanceUid}.1.1`, 'gg01', 'probe', [0.5, 0.5]);
    await radiologist.request('image-mark:write', { patientId, mark, version: 0 });
    const made = (await (await exported(reader, studyInstanceUid, 'measurements')).json()) as MarkDocumentReply;
    const report = readStructuredReport(await bytesOf(made));
    expect(report.text('x0040a491')).toBe('PARTIAL');
    expect(allItems(report.root).filter(({ type }) => type === 'NUM')).toMatchObject([{ value: 'none 114008 DCM' }]);
  });
});

describe('a key object selection (PS3.16 TID 2010)', () => {
  test('[MK6] names every key image with its frame, in reading order', async () => {
    const { patientId, ct } = await ctCase(8);
    const studyInstanceUid = ct.studyInstanceUid;
    const loop = smallInstance({
      studyInstanceUid,
      seriesInstanceUid: '2.25.99',
      sopInstanceUid: '2.25.99.1',
      modality: 'US',
      patientId: '000123',
      elements: [
        { tag: 0x00280008, vr: 'IS', value: '4' },
        { tag: 0x00200011, vr: 'IS', value: '7' },
      ],
      pixelData: { native: new Uint8Array(8), bitsAllocated: 8 },
    });
    expect((await stow(sender, `?patientId=${patientId}`, [loop])).status).toBe(200);
    const [first, , third] = ct.sopInstanceUids as [string, string, string];
    for (const mark of [keyImage('2.25.99.1', 3), keyImage(third), keyImage(first), keyImage('2.25.99.1', 2)])
      await radiologist.request('image-mark:write', { patientId, mark, version: 0 });
    const made = (await (await exported(reader, studyInstanceUid, 'key-images')).json()) as MarkDocumentReply;
    const report = readStructuredReport(await bytesOf(made));
    expect([report.text('x00080016'), report.text('x00080060')]).toEqual(['1.2.840.10008.5.1.4.1.1.88.59', 'KO']);
    expect(report.root.name).toBe('113000 DCM');
    const images = report.root.children.filter(({ type }) => type === 'IMAGE').map(({ value }) => value);
    expect([...images].sort()).toEqual([first, third, '2.25.99.1 2', '2.25.99.1 3'].sort());
    expect(images.indexOf(first)).toBeLessThan(images.indexOf(third));
    expect(images.indexOf('2.25.99.1 2')).toBeLessThan(images.indexOf('2.25.99.1 3'));
    expect(report.evidence.map(([series]) => series).sort()).toEqual(['2.25.99', ct.seriesInstanceUid].sort());
  }, 60_000);

  test('[MK7] strangers neither see nor export marks, over HTTP either', async () => {
    const { patientId, ct, uid } = await ctCase(9);
    await radiologist.request('image-mark:write', { patientId, mark: keyImage(uid), version: 0 });
    const stranger = await hub.signIn('clinic2');
    const window = await stranger.connect();
    for (const kind of ['measurements', 'key-images'])
      expect((await exported(stranger, ct.studyInstanceUid, kind)).status).toBe(404);
    await expect(window.request('image-mark:list', { patientId })).rejects.toMatchObject({ code: 'not-found' });
    expect((await exported(reader, ct.studyInstanceUid, 'anything')).status).toBe(404);
  });
});
