import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { EmbeddedStoreLocked, startEmbeddedStore } from '../../../server/platform/store/embedded/embedded-store.ts';
import { makeFolder } from './store-in-test.ts';
import { typescriptArgs } from '../../support/typescript-args.ts';

let folder = '';
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function count(uri: string): Promise<number> {
  const client = await new MongoClient(uri).connect();
  const c = client.db('x').collection('c');
  await c.insertOne({});
  const n = await c.countDocuments();
  await client.close();
  return n;
}

const lockFile = () => join(folder, 'hub.lock');

describe('one folder, one store', () => {
  test('a second store on the folder is refused with EmbeddedStoreLocked, and may have it after the first has closed', async () => {
    const first = await startEmbeddedStore({ folder });
    const refused = await startEmbeddedStore({ folder }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(EmbeddedStoreLocked);
    expect(refused).toMatchObject({ folder, holder: process.pid });
    expect(await count(first.uri)).toBe(1);
    await first.close();
    await first.close();
    const second = await startEmbeddedStore({ folder });
    expect(await count(second.uri)).toBe(2);
    await second.close();
    expect(await readdir(folder)).not.toContain('hub.lock');
  });

  test('of two started at once one gets the folder', async () => {
    const results = await Promise.allSettled([startEmbeddedStore({ folder }), startEmbeddedStore({ folder })]);
    const started = results.filter((result) => result.status === 'fulfilled');
    expect(started).toHaveLength(1);
    for (const { value } of started) await value.close();
  });

  test('the lock of a process that was killed is taken over, and its socket folder removed', async () => {
    const writer = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
    const child = spawn(process.execPath, [...typescriptArgs, writer, folder, '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(await startEmbeddedStore({ folder }).catch((error: unknown) => error)).toMatchObject({
      name: 'EmbeddedStoreLocked',
      holder: child.pid,
    });
    const { socketFolder } = JSON.parse(await readFile(lockFile(), 'utf8')) as { socketFolder: string };
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = await startEmbeddedStore({ folder });
    expect(await count(store.uri)).toBe(1);
    await expect(stat(socketFolder)).rejects.toMatchObject({ code: 'ENOENT' });
    await store.close();
  });

  test('a process number that somebody else has since got does not count', async () => {
    const own = await startEmbeddedStore({ folder });
    const holder = JSON.parse(await readFile(lockFile(), 'utf8')) as object;
    await own.close();
    await writeFile(lockFile(), JSON.stringify({ ...holder, token: 'old', started: '1' }));
    const store = await startEmbeddedStore({ folder });
    expect(await count(store.uri)).toBe(1);
    await store.close();
  });

  test('a lock file of rubbish is replaced', async () => {
    await writeFile(lockFile(), '{"half');
    const store = await startEmbeddedStore({ folder });
    await store.close();
  });

  test('a holder in another container counts while it touches the file, and no longer', async () => {
    const foreign = JSON.stringify({
      token: 'foreign',
      pid: 1,
      started: '1',
      scope: 'another machine',
      socketFolder: '',
    });
    await writeFile(lockFile(), foreign);
    const heartbeat = setInterval(() => void writeFile(lockFile(), foreign), 300);
    const refused = await startEmbeddedStore({ folder }).catch((error: unknown) => error);
    clearInterval(heartbeat);
    expect(refused).toMatchObject({ name: 'EmbeddedStoreLocked', holder: 1 });
    const store = await startEmbeddedStore({ folder });
    await store.close();
  }, 30_000);
});

describe('the door', () => {
  test('a data folder with a path of any length works, private to its owner', async () => {
    const deep = join(folder, ...Array.from({ length: 12 }, () => '很长的文件夹名'), 'store');
    const store = await startEmbeddedStore({ folder: deep });
    expect(Buffer.byteLength(deep)).toBeGreaterThan(250);
    expect(await count(store.uri)).toBe(1);
    const socket = decodeURIComponent(store.uri.slice('mongodb://'.length).split('/')[0] ?? '');
    expect(Buffer.byteLength(socket)).toBeLessThan(104);
    expect((await stat(join(socket, '..'))).mode & 0o777).toBe(0o700);
    await store.close();
    await expect(stat(socket)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a folder that is a file is refused with a clear error', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(startEmbeddedStore({ folder: file })).rejects.toMatchObject({ code: 'EEXIST' });
  });

  test('a data file that is none, or that a broken copy has cut, is refused, and the folder is free again', async () => {
    const file = join(folder, 'data.mdb');
    const store = await startEmbeddedStore({ folder });
    await count(store.uri);
    await store.close();
    const whole = await readFile(file);
    for (const bad of [Buffer.alloc(20_000, 7), whole.subarray(0, 3000), whole.subarray(0, 8192)]) {
      await writeFile(file, bad);
      await expect(startEmbeddedStore({ folder })).rejects.toThrow(/damaged or is no store/);
    }
    await writeFile(file, whole);
    const again = await startEmbeddedStore({ folder });
    expect(await count(again.uri)).toBe(2);
    await again.close();
  });

  test('a store thread that ends by itself is reported, and the folder is free again', async () => {
    const script = fileURLToPath(new URL('./lost-thread.ts', import.meta.url));
    const child = spawn(process.execPath, [...typescriptArgs, script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(said.toString()).toMatch(/^The embedded store stopped unexpectedly.*; started again\n$/);
    await once(child, 'exit');
  });

  test('what was acknowledged is there after closing in the middle of writing', async () => {
    await mkdir(folder, { recursive: true });
    const store = await startEmbeddedStore({ folder });
    const client = await new MongoClient(store.uri, { serverSelectionTimeoutMS: 1000 }).connect();
    const c = client.db('x').collection<{ _id: number }>('c');
    const acknowledged: number[] = [];
    const writers = Array.from({ length: 200 }, (_, i) =>
      c.insertOne({ _id: i }).then(
        () => acknowledged.push(i),
        () => undefined,
      ),
    );
    await writers[0];
    await store.close();
    await client.close();
    await Promise.all(writers);
    const again = await startEmbeddedStore({ folder });
    const reader = await new MongoClient(again.uri).connect();
    const present = new Set(
      (await reader.db('x').collection<{ _id: number }>('c').find().toArray()).map(({ _id }) => _id),
    );
    expect(acknowledged.filter((id) => !present.has(id))).toEqual([]);
    await reader.close();
    await again.close();
  });
});
