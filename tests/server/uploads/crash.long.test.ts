import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEMONSTRATION_PASSWORD } from '../../../server/accounts/demonstration-accounts.ts';
import { smallInstance } from '../../support/dicom-web.ts';
import { startHubProcess, type HubProcess } from '../../support/hub-process.ts';
import { ask, began, checksum, machine, offsetOf, patch, viewOf, type TusSender } from '../../support/tus.ts';

let hub: HubProcess;
let sender: TusSender;

beforeAll(async () => {
  hub = await startHubProcess();
  const json = { 'content-type': 'application/json' };
  const signedIn = await fetch(`${hub.url}/api/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ username: 'clinic1', password: DEMONSTRATION_PASSWORD }),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((value) => value.split(';')[0])
    .join('; ');
  const made = await fetch(`${hub.url}/api/tokens`, {
    method: 'POST',
    headers: { ...json, cookie },
    body: JSON.stringify({ name: '网关', scopes: ['dicom:write', 'dicom:read'] }),
  });
  sender = machine(hub.url, ((await made.json()) as { token: string }).token);
}, 180_000);
afterAll(() => hub.close(), 60_000);

const pictureOf = (study: string, megabytes: number) => {
  const side = Math.round(Math.sqrt(megabytes) * 1024);
  const native = new Uint8Array(side * side).map((_, i) => (i * 2_654_435_761) >>> 24);
  return Buffer.from(
    smallInstance({
      studyInstanceUid: study,
      name: '郑一',
      pixelData: { native, bitsAllocated: 8 },
      elements: [
        { tag: 0x00280010, vr: 'US', value: side },
        { tag: 0x00280011, vr: 'US', value: side },
      ],
    }),
  );
};
async function retrieved(study: string): Promise<Buffer> {
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  return Buffer.from(await (await sender.http(`/dicom-web/studies/${study}`, { headers: { accept } })).arrayBuffer());
}
const partial = () => readdir(join(hub.dataFolder, 'blobs', 'partial'));

test('[UP6] what was acknowledged is there after kill -9 in the middle of a piece, and the file arrives unharmed', async () => {
  const file = pictureOf('2.25.81', 24);
  const address = await began(sender, { kind: 'dicom' }, file.length);
  let offset = 0;
  for (let round = 0; round < 4; round += 1) {
    const acknowledged = await patch(sender, address, offset, file.subarray(offset, offset + 1_000_003));
    expect(acknowledged.status).toBe(204);
    offset += 1_000_003;
    // The rest is under way when the power fails.
    const rest = patch(sender, address, offset, file.subarray(offset, offset + 5_000_000)).then(
      ({ status }) => status,
      () => 'cut',
    );
    if (round % 2 === 1) await new Promise(setImmediate);
    await hub.kill();
    const ended = await rest;
    await hub.start();
    const stands = await offsetOf(sender, address);
    expect(stands).toBeGreaterThanOrEqual(ended === 204 ? offset + 5_000_000 : offset);
    expect(stands).toBeLessThanOrEqual(offset + 5_000_000);
    offset = stands;
  }
  const rest = file.subarray(offset);
  const last = await patch(sender, address, offset, rest, { 'upload-checksum': checksum(rest) });
  expect((await viewOf(last)).result).toMatchObject({ state: 'stored', existing: false });
  expect((await retrieved('2.25.81')).includes(file)).toBe(true);
  expect(await partial()).toEqual([]);
}, 180_000);

test('[UP6] killed while the whole file is handed on, it is settled once, and its bytes leave with it', async () => {
  const file = pictureOf('2.25.82', 4);
  const address = await began(sender, { kind: 'dicom' }, file.length);
  const sent = patch(sender, address, 0, file).then(
    ({ status }) => status,
    () => 'cut',
  );
  // Its last byte is durable, and what becomes of it is not known yet, or just now.
  for (;;) if ((await offsetOf(sender, address)) === file.length) break;
  await hub.kill();
  await sent;
  await hub.start();
  const settled = await viewOf(await sender.http(`${address}/finish`, { method: 'POST' }));
  expect(settled.result).toMatchObject({ state: 'stored' });
  expect(await ask(sender, address)).toEqual(settled);
  expect((await retrieved('2.25.82')).includes(file)).toBe(true);
  expect(await partial()).toEqual([]);
}, 120_000);

test('[UP10] a full disk answers 507, harms nothing, and the upload goes on when there is room', async () => {
  const file = pictureOf('2.25.83', 30);
  const address = await began(sender, { kind: 'dicom' }, file.length);
  // No file of the hub may grow beyond this: setrlimit(2), RLIMIT_FSIZE, lifted again below.
  const limitFiles = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(hub.pid), `--fsize=${bytes}:unlimited`]);
  limitFiles(String(20 * 1024 * 1024));
  const refused = await patch(sender, address, 0, file);
  expect(refused.status).toBe(507);
  expect(((await refused.json()) as { code: string }).code).toBe('storage-full');
  const offset = await offsetOf(sender, address);
  expect(offset).toBeLessThanOrEqual(20 * 1024 * 1024);
  expect((await sender.http('/dicom-web/studies')).status).toBe(200);
  expect((await patch(sender, address, offset, file.subarray(offset))).status).toBe(507);
  limitFiles('unlimited');
  const again = await offsetOf(sender, address);
  expect((await viewOf(await patch(sender, address, again, file.subarray(again)))).result).toMatchObject({
    state: 'stored',
  });
  expect((await retrieved('2.25.83')).includes(file)).toBe(true);
}, 120_000);
