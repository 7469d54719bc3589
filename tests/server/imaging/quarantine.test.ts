import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditRecord } from '../../../server/audit/audit-record.ts';
import { synthesizeCt } from '../../../server/imaging/synthesize/synthesize-studies.ts';
import type { QuarantineView } from '../../../shared/contracts/imaging.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { addressOf, outcomesOf, refusalOf, stow } from '../../support/dicom-web.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

const DUPLICATE = 0x0111;
let hub: TestHub;
let sender: TestClient;
let clinic: TestWindow;
let radiologist: TestWindow;
let desk: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  sender = await hub.signIn('clinic1');
  clinic = await sender.connect();
  desk = await (await hub.signIn('oncall1')).connect();
  radiologist = await (await hub.signIn('radiologist1')).connect();
}, 180_000);
afterAll(() => hub.close());

const series = (seed: number, slices = 1) =>
  synthesizeCt({
    patient: { name: 'Zhao^Er=赵^二', id: '000123', sex: 'M' },
    seed,
    slices,
    rows: 32,
    columns: 32,
  });
const withOtherPixels = (file: Uint8Array): Uint8Array => {
  const other = Uint8Array.from(file);
  other[other.length - 1]! ^= 1;
  return other;
};
const storedBytes = async (address: string) =>
  Buffer.from(await (await sender.http(address, { headers: { accept: 'application/dicom' } })).arrayBuffer());
const waiting = async (window: TestWindow, sopInstanceUid: string) =>
  (await window.request('imaging:list-quarantine', {})).instances.filter(
    (instance) => instance.sopInstanceUid === sopInstanceUid,
  );

/** A case whose only instance came a second time with other bytes. */
async function conflict(seed: number): Promise<{
  ct: ReturnType<typeof series>;
  other: Uint8Array;
  patientId: string;
  quarantined: QuarantineView;
}> {
  const { patientId } = await acceptedCase(clinic, desk, '赵二');
  const ct = series(seed);
  const other = withOtherPixels(ct.files[0]!);
  expect((await stow(sender, `?patientId=${patientId}`, ct.files)).status).toBe(200);
  expect((await stow(sender, `?patientId=${patientId}`, [other])).status).toBe(409);
  const [quarantined] = await waiting(clinic, ct.sopInstanceUids[0]!);
  return { ct, other, patientId, quarantined: quarantined! };
}

describe('other bytes under a known SOP Instance UID', () => {
  test('[IM2] take nobody along in a request of many: each instance has its own outcome and is counted once', async () => {
    const { patientId } = await acceptedCase(clinic, desk, '赵二');
    const ct = series(40, 24);
    const [first] = ct.files;
    const [uid] = ct.sopInstanceUids;
    const damaged = ct.files[1]!.subarray(0, 700);
    const sent = [...ct.files, first!, damaged, withOtherPixels(first!)];
    const answer = await stow(sender, `?patientId=${patientId}`, sent);
    expect(answer.status).toBe(202);
    const { stored, failed } = await outcomesOf(answer);
    expect(stored).toEqual([...ct.sopInstanceUids, uid]);
    expect(failed).toEqual([
      [undefined, 0xc000],
      [uid, DUPLICATE],
    ]);
    expect(await clinic.next('imaging:quarantined')).toMatchObject({ patientId });
    const [study] = (await clinic.request('imaging:list', { patientId })).studies;
    expect(study!.series.map(({ instances }) => instances.map(({ sopInstanceUid }) => sopInstanceUid))).toEqual([
      ct.sopInstanceUids,
    ]);
    const entries = await hub.running.hub.store
      .model(auditRecord)
      .find({ patientId, action: 'imaging:store', outcome: 'done' })
      .lean();
    expect(entries.reduce((sum, { details }) => sum + Number(details?.['instances']), 0)).toBe(ct.files.length);
    for (const [index, file] of ct.files.entries())
      expect((await storedBytes(addressOf(ct, index))).equals(file)).toBe(true);
  });

  test('[IM2] are named with their reason and kept aside, once, and the first stays untouched', async () => {
    const { patientId } = await acceptedCase(clinic, desk, '赵二');
    const ct = series(1, 2);
    const uid = ct.sopInstanceUids[0]!;
    const query = `?patientId=${patientId}`;
    expect((await stow(sender, query, [ct.files[0]!])).status).toBe(200);
    const other = withOtherPixels(ct.files[0]!);

    const refused = await stow(sender, query, [other]);
    expect(refused.status).toBe(409);
    expect(await outcomesOf(refused)).toEqual({ stored: [], failed: [[uid, DUPLICATE]] });
    const mixed = await stow(sender, query, [other, ct.files[1]!]);
    expect(mixed.status).toBe(202);
    expect(await outcomesOf(mixed)).toEqual({ stored: [ct.sopInstanceUids[1]], failed: [[uid, DUPLICATE]] });

    expect((await storedBytes(addressOf(ct))).equals(ct.files[0]!)).toBe(true);
    expect(await waiting(clinic, uid)).toMatchObject([
      { patientId, sentBy: '林晓梅', timesSent: 2, byteLength: other.length, decision: null, mismatch: [] },
    ]);
    const entries = await hub.running.hub.store
      .model(auditRecord)
      .find({ patientId, action: 'imaging:quarantine' })
      .lean();
    expect(entries).toHaveLength(2);
    expect(await clinic.next('imaging:quarantined')).toMatchObject({ patientId });
  });

  test('[IM2] can be compared as pictures by whoever may decide, and by nobody else', async () => {
    const { quarantined } = await conflict(7);
    const path = `/api/quarantine/${quarantined.id}/picture`;
    const pictures: Buffer[] = [];
    for (const which of ['first', 'other']) {
      const answer = await sender.http(`${path}?of=${which}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
      pictures.push(Buffer.from(await answer.arrayBuffer()));
    }
    expect(pictures.map((picture) => picture.subarray(0, 2).toString('hex'))).toEqual(['ffd8', 'ffd8']);
    expect((await sender.http(`${path}?of=both`)).status).toBe(400);
    expect((await sender.http(`/api/quarantine/0123456789abcdef01234567/picture?of=first`)).status).toBe(404);
    const stranger = await hub.signIn('clinic2');
    expect((await stranger.http(`${path}?of=other`)).status).toBe(404);
  });

  test('[IM2] sent by two in the same moment, one is stored and the other kept aside', async () => {
    const { patientId } = await acceptedCase(clinic, desk, '赵二');
    const ct = series(2);
    const files = [ct.files[0]!, withOtherPixels(ct.files[0]!)];
    const answers = await Promise.all(files.map((file) => stow(sender, `?patientId=${patientId}`, [file])));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const first = files[answers.findIndex(({ status }) => status === 200)]!;
    expect((await storedBytes(addressOf(ct))).equals(first)).toBe(true);
    expect(await waiting(clinic, ct.sopInstanceUids[0]!)).toHaveLength(1);
  });

  test('[IM2] under the name of another patient of the same organisation are kept aside too', async () => {
    const ct = series(3);
    const one = (await clinic.request('patient:register', { name: '赵二', sex: 'male' })).patient.id;
    const two = (await clinic.request('patient:register', { name: '赵二', sex: 'male' })).patient.id;
    expect((await stow(sender, `?patientId=${one}`, ct.files)).status).toBe(200);
    expect((await stow(sender, `?patientId=${two}`, [withOtherPixels(ct.files[0]!)])).status).toBe(409);
    const [held] = await waiting(clinic, ct.sopInstanceUids[0]!);
    expect(held).toMatchObject({ patientId: two });
    const replace = { quarantineId: held!.id, choice: 'replace', reason: '重拍', version: 0 } as const;
    // No exchange of bytes mends that two patients share a UID.
    await expect(clinic.request('imaging:decide-quarantine', replace)).rejects.toMatchObject({ code: 'conflict' });
    expect((await storedBytes(addressOf(ct))).equals(ct.files[0]!)).toBe(true);
  });

  test('[IM8] are answered as a problem document where that is asked for', async () => {
    const { patientId, other } = await conflict(4);
    const refused = await stow(sender, `?patientId=${patientId}`, [other], { accept: 'application/problem+json' });
    expect(await refusalOf(refused)).toEqual({ status: 409, code: 'instance-conflict' });
  });
});

describe('the decision', () => {
  test('[IM8] to keep the first leaves it as it is, with who decided and why', async () => {
    const { ct, other, patientId, quarantined } = await conflict(5);
    const { instance } = await clinic.request('imaging:decide-quarantine', {
      quarantineId: quarantined.id,
      choice: 'keep-first',
      reason: '后来的一份被设备改写',
      version: quarantined.version,
    });
    expect(instance.decision).toMatchObject({ choice: 'keep-first', by: '林晓梅', reason: '后来的一份被设备改写' });
    expect((await storedBytes(addressOf(ct))).equals(ct.files[0]!)).toBe(true);
    expect(await waiting(clinic, ct.sopInstanceUids[0]!)).toEqual([]);
    // The sender's retry is refused as before and opens nothing anew.
    expect((await stow(sender, `?patientId=${patientId}`, [other])).status).toBe(409);
    expect(await waiting(clinic, ct.sopInstanceUids[0]!)).toEqual([]);
  });

  test('[IM8] of the imaging desk to replace puts the new bytes in place and loses neither', async () => {
    const { ct, other, patientId, quarantined } = await conflict(6);
    expect((await waiting(radiologist, ct.sopInstanceUids[0]!)).map(({ id }) => id)).toEqual([quarantined.id]);
    const decide = { quarantineId: quarantined.id, choice: 'replace', reason: '首次传输有误', version: 0 } as const;
    const { instance } = await radiologist.request('imaging:decide-quarantine', decide);
    expect(instance).toMatchObject({ decision: { choice: 'replace', by: '许知影' }, version: 1 });
    expect((await storedBytes(addressOf(ct))).equals(Buffer.from(other))).toBe(true);
    expect((await stow(sender, `?patientId=${patientId}`, [other])).status).toBe(200);
    const entries = await hub.running.hub.store
      .model(auditRecord)
      .find({ patientId, action: 'imaging:replace-instance' })
      .lean();
    expect(entries).toMatchObject([{ username: 'radiologist1', outcome: 'done' }]);
    const first = entries[0] as unknown as { details: { stored: string } };
    expect(await hub.running.hub.blobs.byteLength(first.details.stored)).toBe(ct.files[0]!.length);
  });

  test('[IM8] is made once, by somebody who may, on what they saw', async () => {
    const { ct, quarantined } = await conflict(7);
    const decide = { quarantineId: quarantined.id, choice: 'keep-first', reason: '保留首份', version: 0 } as const;
    await expect(desk.request('imaging:decide-quarantine', decide)).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await (await hub.signIn('clinic2')).connect();
    await expect(stranger.request('imaging:decide-quarantine', decide)).rejects.toMatchObject({ code: 'not-found' });
    expect(await waiting(stranger, ct.sopInstanceUids[0]!)).toEqual([]);
    expect(await waiting(desk, ct.sopInstanceUids[0]!)).toEqual([]);
    await expect(clinic.request('imaging:decide-quarantine', { ...decide, version: 3 })).rejects.toMatchObject({
      code: 'version-conflict',
    });
    const answers = await Promise.allSettled(
      [clinic, radiologist].map((window) => window.request('imaging:decide-quarantine', decide)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('images from a device, which names no patient of the hub', () => {
  const patientsOf = async () => (await clinic.request('patient:list', {})).patients;

  test('[IM9] open the patient of their identity number, and one of their own without it, never merged', async () => {
    const sent = (seed: number, patient: { name: string; id: string; sex?: 'M' | 'F' }) =>
      synthesizeCt({ patient, seed, slices: 2, rows: 16, columns: 16 });
    const number = '110101199003070134';
    const known = (await clinic.request('patient:register', { name: '钱三', identityNumber: number })).patient.id;
    const [withNumber, first, second] = [
      sent(11, { name: 'Qian^San=钱^三', id: number, sex: 'M' }),
      sent(12, { name: 'Sun^Si=孙^四', id: '1', sex: 'M' }),
      sent(13, { name: 'Sun^Si=孙^四', id: '1', sex: 'M' }),
    ];
    for (const ct of [withNumber, first, second]) expect((await stow(sender, '', ct.files)).status).toBe(200);
    const studiesOf = async (patientId: string) =>
      (await clinic.request('imaging:list', { patientId })).studies.map(({ studyInstanceUid }) => studyInstanceUid);
    expect(await studiesOf(known)).toEqual([withNumber.studyInstanceUid]);
    const made = (await patientsOf()).filter(({ name }) => name === '孙四');
    expect(made).toHaveLength(2);
    const lists = await Promise.all(made.map(({ id }) => studiesOf(id)));
    expect(lists.flat().sort()).toEqual([first.studyInstanceUid, second.studyInstanceUid].sort());
  });

  test('[IM9] with a known number and another name are refused, and nobody is registered', async () => {
    const number = '110101199003070476';
    await clinic.request('patient:register', { name: '李五', identityNumber: number });
    const before = (await patientsOf()).length;
    const ct = synthesizeCt({
      patient: { name: 'Zhou^Liu=周^六', id: number },
      seed: 14,
      slices: 1,
      rows: 16,
      columns: 16,
    });
    expect(await refusalOf(await stow(sender, '', ct.files))).toEqual({ status: 409, code: 'patient-mismatch' });
    expect(await patientsOf()).toHaveLength(before);
  });

  test('[IM9] are taken from clinics and imaging departments only', async () => {
    const ct = series(15);
    const office = await hub.signIn('office1');
    expect((await stow(office, '', ct.files)).status).toBe(403);
    const radiology = await hub.signIn('radiologist2');
    expect((await stow(radiology, '', ct.files)).status).toBe(200);
    // What the hospital took itself is its own: the clinic does not see it.
    expect((await sender.http(addressOf(ct))).status).toBe(404);
  });
});
