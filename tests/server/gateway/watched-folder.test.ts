import { appendFile, mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import { writeScpEcg } from '../../../server/ecg/encode/scp-ecg.ts';
import { GatewayBench, settled, tokenFor, until } from '../../support/gateway.ts';
import { startTestHub, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let clinic: TestWindow;
let token: string;
const bench = new GatewayBench(() => token);

beforeAll(async () => {
  hub = await startTestHub();
  const person = await hub.signIn('clinic1');
  clinic = await person.connect();
  token = await tokenFor(person, 'ecg:write', 'dicom:write');
}, 180_000);
afterAll(() => hub.close(), 60_000);
beforeEach(() => bench.begin());
afterEach(() => bench.end());

const scp = (seed: number) =>
  Buffer.from(writeScpEcg(synthesizeEcg({ rhythm: 'sinus', seed }).document, { patient: { name: '周文' } }));
const ecgs = async () => {
  const people = (await clinic.request('patient:list', {})).patients.filter(({ name }) => name === '周文');
  const lists = await Promise.all(people.map(({ id }) => clinic.request('ecg:list', { patientId: id })));
  return lists.flatMap(({ ecgs: list }) => list);
};

test('[GW7] the watched folder gives each file once, when it has stopped growing, and is empty afterwards', async () => {
  const watch = join(bench.folder, 'watch');
  await mkdir(join(watch, '2026'), { recursive: true });
  const gateway = await bench.gatewayTo(hub.url, { watch });
  const [whole, growing] = [scp(11), scp(12)];
  const path = join(watch, 'b.scp');
  // Young as long as it is written to, whatever else is taken meanwhile. A .tmp is passed over.
  const hidden = join(watch, 'b.tmp');
  await writeFile(hidden, growing.subarray(0, 1000));
  await utimes(hidden, new Date(), new Date(Date.now() + 3_600_000));
  await rename(hidden, path);
  await writeFile(join(watch, '2026', 'a.scp'), whole);
  await writeFile(join(watch, 'a again.scp'), whole);
  await writeFile(join(watch, 'c.tmp'), whole);
  await until(
    () => readdir(watch),
    (names) => !names.includes('a again.scp'),
  );
  expect(await readdir(watch)).toContain('b.scp');
  await appendFile(path, growing.subarray(1000));
  const left = await until(
    async () => (await readdir(watch)).sort(),
    (names) => !names.includes('b.scp') && !names.includes('a again.scp'),
  );
  expect(left).toEqual(['2026', 'c.tmp', 'done']);
  expect(await settled(gateway)).toMatchObject({ sent: 2, held: [] });
  expect((await readdir(join(watch, 'done'), { recursive: true })).sort()).toEqual([
    '2026',
    '2026/a.scp',
    'a again.scp',
    'b.scp',
  ]);
  expect((await ecgs()).map(({ byteLength }) => byteLength).sort()).toEqual([whole.length, growing.length].sort());
}, 60_000);

test('[GW7] the watched folder keeps in mind what it cannot move away, also over a restart', async () => {
  const watch = join(bench.folder, 'watch');
  await mkdir(watch);
  await writeFile(join(watch, 'done'), 'no folder');
  const before = (await ecgs()).length;
  const first = await bench.gatewayTo(hub.url, { watch });
  await writeFile(join(watch, 'd.scp'), scp(13));
  await until(
    () => first.status(),
    ({ sent }) => sent === 1,
  );
  await bench.stop(first);
  const second = await bench.gatewayTo(hub.url, { watch });
  await writeFile(join(watch, 'e.scp'), scp(14));
  await until(
    () => second.status(),
    ({ sent }) => sent === 1,
  );
  expect((await ecgs()).length).toBe(before + 2);
  expect((await readdir(watch)).sort()).toEqual(['d.scp', 'done', 'e.scp']);
}, 60_000);

test('[GW10] the watched folder may not hold the spool', async () => {
  await expect(bench.gatewayTo(hub.url, { watch: bench.folder })).rejects.toThrow(
    '--spool must not stand inside --watch',
  );
});
