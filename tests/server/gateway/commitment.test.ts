import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { COMMITMENT } from '../../../server/gateway/commitment/commitment-message.ts';
import type { Gateway } from '../../../server/gateway/gateway.ts';
import { startOrthanc } from '../../bench/orthanc-process.ts';
import { smallInstance } from '../../support/dicom-web.ts';
import { dataSetOf, TestModality, TestScu } from '../../support/dicom-scu.ts';
import { GatewayBench, tokenFor, until } from '../../support/gateway.ts';
import { startTestHub, type TestHub } from '../../support/hub.ts';

const SECONDARY = '1.2.840.10008.5.1.4.1.1.7';
const EXPLICIT = '1.2.840.10008.1.2.1';
const NOWHERE = 'http://127.0.0.1:9';
const contexts = [
  { id: 1, abstractSyntax: SECONDARY, transferSyntaxes: [EXPLICIT] },
  { id: 3, abstractSyntax: COMMITMENT, transferSyntaxes: [EXPLICIT] },
];

let hub: TestHub;
let token: string;
const bench = new GatewayBench(() => token);

beforeAll(async () => {
  hub = await startTestHub();
  token = await tokenFor(await hub.signIn('clinic1'), 'ecg:write', 'dicom:write');
}, 180_000);
afterAll(() => hub.close(), 60_000);
beforeEach(() => bench.begin());
afterEach(() => bench.end());

const nameOf = (uid: string) => ({ sopClassUid: SECONDARY, sopInstanceUid: uid });
async function stored(gateway: Gateway, study: string, uids: readonly string[], modality = 'OT'): Promise<TestScu> {
  const { scu } = await TestScu.associated(gateway.port, contexts);
  for (const uid of uids) {
    const file = smallInstance({ studyInstanceUid: study, sopInstanceUid: uid, name: 'He^Ba=何^八', modality });
    expect(await scu.store(1, SECONDARY, uid, dataSetOf(file))).toBe(0);
  }
  return scu;
}
const nothingOpen = (gateway: Gateway) =>
  until(
    () => gateway.status(),
    ({ commitments }) => commitments === 0,
  );
const kept = () => readdir(join(bench.folder, 'spool', 'commitments'));

test('[GW15] what the hub has is committed on the same association, and what nobody sent is not', async () => {
  const gateway = await bench.gatewayTo(hub.url);
  const uids = ['2.25.8200.1', '2.25.8200.2'];
  const scu = await stored(gateway, '2.25.8200', uids);
  expect(await scu.askCommitment(3, '2.25.1', [...uids, '2.25.8200.9'].map(nameOf))).toBe(0);
  expect(await scu.report()).toEqual({
    ...{ eventTypeId: 2, transactionUid: '2.25.1' },
    committed: uids,
    failed: [['2.25.8200.9', 0x0112]],
  });
  // All of it, and the class that was not the one that was sent.
  expect(await scu.askCommitment(3, '2.25.2', uids.map(nameOf))).toBe(0);
  expect(await scu.report()).toMatchObject({ eventTypeId: 1, transactionUid: '2.25.2', committed: uids, failed: [] });
  const other = { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: uids[0]! };
  expect(await scu.askCommitment(3, '2.25.3', [other])).toBe(0);
  expect(await scu.report()).toMatchObject({ eventTypeId: 2, failed: [[uids[0], 0x0119]] });
  await nothingOpen(gateway);
  expect(await kept()).toEqual([]);
  await scu.release();
}, 60_000);

test('[GW15] what the hub keeps in quarantine, or has refused, is not committed', async () => {
  const gateway = await bench.gatewayTo(hub.url);
  const [uid, broken] = ['2.25.8201.1', '2.25.8201.2'];
  const scu = await stored(gateway, '2.25.8201', [uid]);
  expect(await scu.askCommitment(3, '2.25.4', [nameOf(uid)])).toBe(0);
  expect(await scu.report()).toMatchObject({ eventTypeId: 1 });
  await (await stored(gateway, '2.25.8201', [uid], 'ES')).release();
  expect(await scu.store(1, SECONDARY, broken, Buffer.alloc(400, 0xa5))).toBe(0);
  expect(await scu.askCommitment(3, '2.25.5', [nameOf(uid), nameOf(broken)])).toBe(0);
  const { failed } = await scu.report();
  expect(failed).toEqual([
    [uid, 0x0110],
    [broken, 0x0110],
  ]);
  await scu.release();
}, 60_000);

test('[GW15] what the hub has not taken in time is reported failed', async () => {
  const gateway = await bench.gatewayTo(NOWHERE, { commitmentWaitMs: 300 });
  const scu = await stored(gateway, '2.25.8202', ['2.25.8202.1']);
  expect(await scu.askCommitment(3, '2.25.6', [nameOf('2.25.8202.1')])).toBe(0);
  expect(await scu.report()).toMatchObject({ committed: [], failed: [['2.25.8202.1', 0x0110]] });
  await scu.release();
}, 60_000);

test('[GW15] a request that cannot be is refused by its status, and keeps nothing', async () => {
  const gateway = await bench.gatewayTo(NOWHERE);
  const { scu } = await TestScu.associated(gateway.port, contexts);
  const asked = [nameOf('2.25.1')];
  expect(await scu.askCommitment(3, '2.25.7', asked, { requestedSopInstanceUid: '2.25.9' })).toBe(0x0112);
  expect(await scu.askCommitment(3, '2.25.7', asked, { actionTypeId: 2 })).toBe(0x0123);
  expect(await scu.askCommitment(3, '2.25.7', [])).toBe(0x0115);
  expect(await scu.askCommitment(3, 'abc', asked)).toBe(0x0115);
  expect(await scu.askCommitment(3, '2.25.7', asked, { dataSet: Buffer.alloc(99, 0xa5) })).toBe(0x0115);
  expect(await scu.askCommitment(3, '2.25.7', asked, { dataSet: Buffer.alloc(5_000_000) })).toBe(0x0213);
  expect(await scu.askCommitment(1, '2.25.7', asked)).toBe(0x0122);
  expect(await kept()).toEqual([]);
  await scu.release();
}, 60_000);

test('[GW16] asked before the hub could be reached, the report comes after a restart to the address of the modality, once it listens', async () => {
  const uids = ['2.25.8203.1', '2.25.8203.2'];
  const before = await bench.gatewayTo(NOWHERE);
  const scu = await stored(before, '2.25.8203', uids);
  expect(await scu.askCommitment(3, '2.25.8', uids.map(nameOf))).toBe(0);
  // Asked again it is one question.
  expect(await scu.askCommitment(3, '2.25.8', uids.map(nameOf))).toBe(0);
  await scu.release();
  expect(before.status().commitments).toBe(1);
  await bench.stop(before);

  const port = await new TestModality().freePort();
  const after = await bench.gatewayTo(hub.url, { modalities: new Map([['TESTSCU', { host: '127.0.0.1', port }]]) });
  await until(
    () => after.status(),
    ({ waiting }) => waiting === 0,
  );
  const later = new TestModality();
  bench.own(later);
  later.status = 0x0110;
  await later.listen(port);
  await until(
    () => later.reports,
    (reports) => reports.length > 0,
  );
  // It would not take it the first time.
  expect(after.status().commitments).toBe(1);
  later.status = 0;
  await nothingOpen(after);
  const expected = { eventTypeId: 1, transactionUid: '2.25.8', committed: uids, failed: [] };
  expect(later.reports.at(-1)).toEqual({ ...expected, calledTitle: 'TESTSCU', asProvider: true });
  expect(await kept()).toEqual([]);
}, 60_000);

test('[GW16] a report that the modality leaves unanswered on its association goes to its address', async () => {
  const modality = new TestModality();
  bench.own(modality);
  const port = await modality.listen();
  const gateway = await bench.gatewayTo(hub.url, { modalities: new Map([['TESTSCU', { host: '127.0.0.1', port }]]) });
  const scu = await stored(gateway, '2.25.8204', ['2.25.8204.1']);
  expect(await scu.askCommitment(3, '2.25.10', [nameOf('2.25.8204.1')])).toBe(0);
  scu.socket.destroy();
  await nothingOpen(gateway);
  expect(modality.reports).toMatchObject([{ transactionUid: '2.25.10', committed: ['2.25.8204.1'] }]);
}, 60_000);

test('[GW16] Orthanc, where it is installed, stores, asks for commitment, and takes the report', async () => {
  const dicomPort = await new TestModality().freePort();
  const modalities = new Map([['ORTHANC', { host: '127.0.0.1', port: dicomPort }]]);
  const gateway = await bench.gatewayTo(hub.url, { modalities });
  const orthanc = await startOrthanc({
    ...{ DicomServerEnabled: true, DicomPort: dicomPort, DicomAet: 'ORTHANC' },
    DicomModalities: { gateway: ['LIANZHEN', '127.0.0.1', gateway.port] },
  });
  if (orthanc === null) {
    process.stderr.write('Left out: Orthanc is not installed; our own SCU alone asks for commitment.\n');
    return;
  }
  bench.own(orthanc);
  const post = async (path: string, body: Uint8Array | string) => {
    const answer = await fetch(`${orthanc.url}${path}`, { method: 'POST', body: body as BodyInit });
    return (await answer.json()) as Record<string, string>;
  };
  const uids = ['2.25.8205.1', '2.25.8205.2'];
  const ids = [];
  for (const uid of uids) {
    const file = smallInstance({ studyInstanceUid: '2.25.8205', sopInstanceUid: uid, name: 'He^Ba=何^八' });
    ids.push((await post('/instances', new Uint8Array(file))).ID);
  }
  const asked = { Resources: ids, StorageCommitment: true, Synchronous: true };
  const { StorageCommitmentTransactionUID } = await post('/modalities/gateway/store', JSON.stringify(asked));
  const report = await until(
    async () => {
      const answer = await fetch(`${orthanc.url}/storage-commitment/${StorageCommitmentTransactionUID}`);
      return (await answer.json()) as { Status: string; Success: { SOPInstanceUID: string }[] };
    },
    ({ Status }) => Status !== 'Pending',
  );
  expect(report.Status).toBe('Success');
  expect(report.Success.map(({ SOPInstanceUID }) => SOPInstanceUID).sort()).toEqual(uids);
}, 60_000);
