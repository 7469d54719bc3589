import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Model } from 'mongoose';
import { accountRecord } from '../../../server/accounts/account-record.ts';
import { tokenHash } from '../../../server/accounts/find-actor.ts';
import { tokenRecord } from '../../../server/accounts/token-record.ts';
import { studyRecord } from '../../../server/imaging/study-record.ts';
import { synthesizeCt } from '../../../server/imaging/synthesize/synthesize-studies.ts';
import type { RecordType } from '../../../server/platform/store/store.ts';
import { stow } from '../../support/dicom-web.ts';
import { startTestHub, type TestClient, type TestHub } from '../../support/hub.ts';

const ROUNDS = 3;
const READERS = 2;

let hub: TestHub;
let person: TestClient;
let token: string;
let frame: string;
let organisationId: string;
/** Of the hub's clock. */
let aheadMs = 0;
const ct = synthesizeCt({ patient: { name: 'Qian^Yi=钱^一', id: '9' }, seed: 9, slices: 2, rows: 16, columns: 16 });

beforeAll(async () => {
  hub = await startTestHub({ clock: { now: () => new Date(Date.now() + aheadMs) } });
  person = await hub.signIn('clinic1');
  const made = await person.http('/api/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'viewer', scopes: ['dicom:read'] }),
  });
  ({ token } = (await made.json()) as { token: string });
  organisationId = (await modelOf(accountRecord).findById(person.account.accountId).lean())!.organisationId;
  expect((await stow(person, '', ct.files)).status).toBe(200);
  frame = `/dicom-web/studies/${ct.studyInstanceUid}/series/${ct.seriesInstanceUid}/instances/${ct.sopInstanceUids[0]}/frames/1`;
}, 180_000);
afterAll(() => hub.close());

const bySession = async () => (await person.http(frame)).status;
const byToken = async () =>
  (await fetch(`${hub.url}${frame}`, { headers: { authorization: `Bearer ${token}` } })).status;
const modelOf = <Fields extends { _id: string }>(record: RecordType<Fields>): Model<Fields> =>
  hub.running.hub.store.model(record);
const account = (change: object) => modelOf(accountRecord).updateOne({ _id: person.account.accountId }, change);
const ofToken = (change: object) => modelOf(tokenRecord).updateOne({ _id: tokenHash(token) }, change);
const study = (change: object) => modelOf(studyRecord).updateOne({ studyInstanceUid: ct.studyInstanceUid }, change);

/** Somebody who reads without a pause while `work` goes on. */
async function whileRead(read: () => Promise<number>, work: () => Promise<void>): Promise<void> {
  let over = false;
  const readers = Array.from({ length: READERS }, async () => {
    while (!over) await read();
  });
  try {
    await work();
  } finally {
    over = true;
    await Promise.all(readers);
  }
}

describe('while its holder reads without a pause', () => {
  const rights: [string, () => Promise<number>, number, () => Promise<unknown>, () => Promise<unknown>][] = [
    ['an account', bySession, 401, () => account({ disabledAt: new Date() }), () => account({ disabledAt: null })],
    [
      'an account, read by token',
      byToken,
      401,
      () => account({ disabledAt: new Date() }),
      () => account({ disabledAt: null }),
    ],
    [
      'a role',
      bySession,
      404,
      () => account({ roles: ['administrator'] }),
      () => account({ roles: person.account.roles }),
    ],
    [
      'a place in an organisation',
      bySession,
      404,
      () => account({ organisationId: '0'.repeat(24) }),
      () => account({ organisationId }),
    ],
    ['a token', byToken, 401, () => ofToken({ revokedAt: new Date() }), () => ofToken({ revokedAt: null })],
    [
      'a place among those who see a study',
      bySession,
      404,
      () => study({ $set: { 'audience.organisationIds': ['0'.repeat(24)] } }),
      () => study({ $set: { 'audience.organisationIds': [organisationId] } }),
    ],
  ];
  test.each(rights)('[PE7] %s that is withdrawn counts for nothing with the next request', async (...right) => {
    const [, read, refused, withdraw, giveBack] = right;
    await whileRead(read, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        expect(await read()).toBe(200);
        await withdraw();
        expect(await Promise.all([read(), read()])).toEqual([refused, refused]);
        await giveBack();
        expect(await read()).toBe(200);
      }
    });
  });

  test('[PE7] a session that was ended opens nothing more', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const one = await hub.signIn('clinic1');
      const read = async () => (await one.http(frame)).status;
      await whileRead(read, async () => {
        expect(await read()).toBe(200);
        expect((await one.http('/api/session', { method: 'DELETE' })).status).toBeLessThan(300);
        expect(await Promise.all([read(), read()])).toEqual([401, 401]);
      });
    }
  });

  test('[PE7] a session past its end opens nothing, though nothing was written', async () => {
    const one = await hub.signIn('clinic1');
    const read = async () => (await one.http(frame)).status;
    expect(await read()).toBe(200);
    aheadMs = 24 * 3600_000;
    expect(await read()).toBe(401);
    aheadMs = 0;
  });
});
