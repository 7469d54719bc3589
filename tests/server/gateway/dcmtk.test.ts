import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Gateway } from '../../../server/gateway/gateway.ts';
import { writeDicomFile } from '../../../server/imaging/dicom-writer.ts';
import { synthesizeCt } from '../../../server/imaging/synthesize/synthesize-studies.ts';
import { partsOf } from '../../support/dicom-web.ts';
import { makeFolder, removeFolder, startTestGateway, tokenFor, until } from '../../support/gateway.ts';
import { startTestHub, type TestClient, type TestHub } from '../../support/hub.ts';

// The tools of DCMTK, Debian's package dcmtk, as modalities and other people's scripts use them.

const run = promisify(execFile);
const programOf = (name: string) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
const tools = { echoscu: programOf('echoscu'), storescu: programOf('storescu'), dcmsend: programOf('dcmsend') };
const installed = Object.values(tools).every((path) => path !== undefined);

let hub: TestHub;
let person: TestClient;
let gateway: Gateway;
let folder: string;

beforeAll(async () => {
  folder = await makeFolder();
  if (!installed) return;
  hub = await startTestHub();
  person = await hub.signIn('clinic1');
  gateway = await startTestGateway({
    hub: hub.url,
    token: await tokenFor(person, 'ecg:write', 'dicom:write'),
    spoolFolder: join(folder, 'spool'),
  });
}, 180_000);
afterAll(async () => {
  await gateway?.close();
  await hub?.close();
  await removeFolder(folder);
}, 60_000);

const patient = { name: 'Shen^Liu=沈^六', id: '6' } as const;
async function written(seed: number): Promise<{ paths: string[]; files: Uint8Array[]; study: string }> {
  const { files, studyInstanceUid } = synthesizeCt({ patient, seed, slices: 4, rows: 32, columns: 32 });
  const paths = files.map((_, index) => join(folder, `${seed}-${index}.dcm`));
  await Promise.all(paths.map((path, index) => writeFile(path, files[index]!)));
  return { paths, files, study: studyInstanceUid };
}
/** What the hub holds of a study once the gateway has nothing more to send. */
async function onHub(study: string): Promise<Buffer[]> {
  await until(
    () => gateway.status(),
    ({ waiting }) => waiting === 0,
  );
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  const answer = await person.http(`/dicom-web/studies/${study}`, { headers: { accept } });
  expect(answer.status).toBe(200);
  return (await partsOf(answer)).map(({ body }) => body);
}
/** The pixels, which end the file: a sender writes a file meta group of its own. */
const pixelsOf = (file: Uint8Array) => Buffer.from(file.subarray(file.length - 32 * 32 * 2)).toString('hex');

test('[GW1] DCMTK, where it is installed, verifies, and what its storescu and dcmsend sent is on the hub, once', async () => {
  if (!installed) {
    process.stderr.write(
      'Left out: dcmtk is not on PATH; our own SCU alone stands for modalities in the other tests.\n',
    );
    return;
  }
  const peer = ['-aec', 'LIANZHEN', '127.0.0.1', String(gateway.port)];
  await run(tools.echoscu!, peer);
  const one = await written(61);
  await run(tools.storescu!, [...peer, ...one.paths]);
  const other = await written(62);
  await run(tools.dcmsend!, ['--no-halt', ...peer, ...other.paths]);
  // A script that runs again.
  await run(tools.dcmsend!, [...peer, ...other.paths]);
  for (const { study, files } of [one, other])
    expect((await onHub(study)).map(pixelsOf).sort()).toEqual(files.map(pixelsOf).sort());
  expect(gateway.status().held).toEqual([]);
}, 60_000);

test('[GW11] dcmsend, where it is installed, brings more classes than one association has contexts for', async () => {
  if (!installed) return;
  const classes = 130;
  const study = '2.25.6300';
  const many = join(folder, 'many');
  await mkdir(many);
  await Promise.all(
    Array.from({ length: classes }, (_, index) => {
      const [sopClassUid, sopInstanceUid] = [`1.2.840.10008.5.1.4.1.1.7.${index}`, `${study}.${index}`];
      const elements = [
        { tag: 0x00080016, vr: 'UI', value: sopClassUid },
        { tag: 0x00080018, vr: 'UI', value: sopInstanceUid },
        { tag: 0x0020000d, vr: 'UI', value: study },
        { tag: 0x0020000e, vr: 'UI', value: `${study}.0` },
      ];
      return writeFile(join(many, `${index}.dcm`), writeDicomFile({ sopClassUid, sopInstanceUid, elements }));
    }),
  );
  // No hub stands there: what is taken stays in the spool, to be counted.
  const alone = await startTestGateway({
    hub: 'http://127.0.0.1:9',
    token: 'x'.repeat(40),
    spoolFolder: join(folder, 'alone'),
  });
  try {
    await run(tools.dcmsend!, ['-nuc', '+sd', '-aec', 'LIANZHEN', '127.0.0.1', String(alone.port), many]);
    expect(alone.status().waiting).toBe(classes);
  } finally {
    await alone.close();
  }
}, 60_000);
