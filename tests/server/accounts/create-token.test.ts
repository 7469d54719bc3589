import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { accountRecord } from '../../../server/accounts/account-record.ts';
import { createAccount } from '../../../server/accounts/create-account.ts';
import { tokenRecord } from '../../../server/accounts/token-record.ts';
import { openAudit } from '../../../server/audit/append-audit.ts';
import { auditRecord } from '../../../server/audit/audit-record.ts';
import { createTokenFor, type TokenWish } from '../../../server/commands/create-token.ts';
import { systemClock } from '../../../server/platform/clock.ts';
import { bodyOf, related, smallInstance } from '../../support/dicom-web.ts';
import { startTestHub, type TestHub } from '../../support/hub.ts';
import { typescriptArgs } from '../../support/typescript-args.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
}, 120_000);
afterAll(() => hub.close());

const store = () => hub.running.hub.store;
const create = (wish: TokenWish) => {
  const append = openAudit({ store: store(), clock: systemClock, appended: () => undefined });
  return createTokenFor(wish, { store: store(), clock: systemClock, append });
};
const gateway = { username: 'clinic1', name: '网关', scopes: 'ecg:write,dicom:write' };

test('[AC8] the token does what its scopes say as that account, and stands in the trail without its words', async () => {
  const token = await create({ ...gateway, username: 'Clinic1', scopes: 'dicom:write, ecg:write,ecg:write' });
  const authorization = `Bearer ${token}`;
  const sent = await fetch(`${hub.url}/dicom-web/studies`, {
    method: 'POST',
    headers: { authorization, 'content-type': related },
    body: new Uint8Array(bodyOf([smallInstance({ studyInstanceUid: '2.25.770001' })])),
  });
  expect(sent.status).toBe(200);
  expect((await fetch(`${hub.url}/dicom-web/studies`, { headers: { authorization } })).status).toBe(403);
  const kept = await store().model(tokenRecord).find({}).lean();
  expect(kept.map(({ name, scopes }) => ({ name, scopes }))).toEqual([
    { name: '网关', scopes: ['ecg:write', 'dicom:write'] },
  ]);
  const [entry] = await store().model(auditRecord).find({ action: 'token:create' }).lean();
  expect(entry).toMatchObject({
    username: 'system',
    outcome: 'done',
    subjectType: 'account',
    subjectId: kept[0]!.accountId,
    details: { username: 'clinic1', name: '网关', scopes: 'ecg:write dicom:write' },
  });
  expect(JSON.stringify([kept, entry])).not.toContain(token);
}, 60_000);

test('[AC8] what is missing, unknown, disabled or useless is refused in plain words, and nothing is made', async () => {
  const office = {
    username: 'only-office',
    name: '管理员',
    roles: ['administrator' as const],
    password: 'not-used-here',
  };
  const { organisationId } = (await store().model(accountRecord).findOne({ username: 'clinic2' }).lean())!;
  await createAccount({ ...office, organisationId }, { store: store(), clock: systemClock });
  await store().model(accountRecord).updateOne({ username: 'clinic2' }, { disabledAt: new Date() });
  const before = await store().model(tokenRecord).countDocuments({});
  for (const [wish, said] of [
    [{ ...gateway, username: undefined }, '--username NAME is required.'],
    [{ ...gateway, name: '' }, '--name TEXT is required'],
    [{ ...gateway, name: '长'.repeat(81) }, 'at most 80 characters'],
    [
      { ...gateway, scopes: undefined },
      '--scopes is required: one or more of ecg:read,ecg:write,dicom:read,dicom:write.',
    ],
    [{ ...gateway, scopes: 'ecg:write,everything' }, 'Unknown scope everything; there are ecg:read'],
    [{ ...gateway, username: 'nobody-at-all' }, 'There is no account nobody-at-all.'],
    [{ ...gateway, username: 'clinic2' }, 'The account clinic2 is disabled.'],
    [
      { ...gateway, username: 'only-office' },
      'The roles of only-office (administrator) allow no token for ecg:write, dicom:write.',
    ],
  ] as const)
    await expect(create(wish)).rejects.toThrow(said);
  expect(await store().model(tokenRecord).countDocuments({})).toBe(before);
}, 60_000);

test('[AC8] at the terminal the token alone goes to the output, and opens the hub when it runs again', async () => {
  const { mongodbUri } = hub.running.hub.config;
  const place = { HUB_DATA: hub.dataFolder, ...(mongodbUri !== null && { MONGODB_URI: mongodbUri }) };
  await hub.running.close();
  const run = promisify(execFile);
  const { stdout } = await run(
    process.execPath,
    [
      ...typescriptArgs,
      'server/commands/hub.ts',
      'create-token',
      '--username',
      'clinic1',
      '--name',
      'x',
      '--scopes',
      'ecg:read',
    ],
    { env: { ...process.env, NODE_ENV: 'test', ...place } },
  );
  expect(stdout).toMatch(/^lz_[\w-]{43}\n$/);
  await hub.restart();
  const headers = { authorization: `Bearer ${stdout.trim()}` };
  expect((await fetch(`${hub.url}/api/ecgs/unknown/waveform`, { headers })).status).toBe(404);
  expect((await fetch(`${hub.url}/dicom-web/studies`, { headers })).status).toBe(403);
}, 60_000);
