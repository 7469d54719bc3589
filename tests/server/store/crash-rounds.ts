import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { startEmbeddedStore } from '../../../server/platform/store/embedded/embedded-store.ts';
import { makeFolder } from './store-in-test.ts';
import { typescriptArgs } from '../../support/typescript-args.ts';

interface Acknowledged {
  kept: Set<string>;
  deleted: Set<string>;
  pairs: Set<string>;
}

/** Runs the writer until it has acknowledged so much, kills it, and adds what it had said. */
async function writeAndKill(folder: string, round: number, amount: number, known: Acknowledged): Promise<void> {
  const writer = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
  const child = spawn(process.execPath, [...typescriptArgs, writer, folder, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === amount) child.kill('SIGKILL');
  }
  expect((await ended)[1]).toBe('SIGKILL');
  const said = (kind: string): string[] =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(2));
  said('k').forEach((id) => known.kept.add(id));
  said('d').forEach((id) => known.deleted.add(id));
  said('t').forEach((id) => known.pairs.add(id));
}

interface Kept {
  _id: string;
  name: string;
  n: number;
  tags: string[];
}

/** Opens the folder again and checks every promise that was made. */
async function check(folder: string, { kept, deleted, pairs }: Acknowledged): Promise<void> {
  const store = await startEmbeddedStore({ folder });
  const client = await new MongoClient(store.uri).connect();
  try {
    const db = client.db('crash');
    const records = await db.collection<Kept>('kepts').find().toArray();
    const byId = new Map(records.map((record) => [record._id, record]));
    // A deletion may have been done and its acknowledgement killed: then it is one that was under way.
    const lost = [...kept].filter(
      (id) => !deleted.has(id) && byId.get(id)?.n !== 1 && !(Number(id.split('-')[1]) % 5 === 4 && !byId.has(id)),
    );
    expect(lost).toEqual([]);
    expect([...deleted].filter((id) => byId.has(id))).toEqual([]);
    const [left, right] = await Promise.all(
      ['lefts', 'rights'].map(async (name) =>
        (await db.collection<Kept>(name).find().toArray()).map(({ _id }) => _id).sort(),
      ),
    );
    expect(left).toEqual(right);
    const present = new Set(left);
    expect([...pairs].filter((id) => !present.has(id))).toEqual([]);
    // Every record is found through each index, and the indexes know no others.
    for (const record of records) {
      expect(await db.collection<Kept>('kepts').countDocuments({ name: record.name })).toBe(1);
    }
    expect(await db.collection<Kept>('kepts').countDocuments({ name: { $gte: '' } })).toBe(records.length);
    expect(await db.collection<Kept>('kepts').countDocuments({ tags: 'a' })).toBe(records.length);
    expect(await db.collection<Kept>('kepts').countDocuments({ tags: 'b' })).toBe(
      records.filter(({ n }) => n === 1).length,
    );
  } finally {
    await client.close();
    await store.close();
  }
}

/** Kills a writing process in each round, `amount` acknowledgements after its start, and checks after each. */
export async function crashRounds(rounds: number, amount: (round: number) => number): Promise<Acknowledged> {
  const folder = await makeFolder();
  const known: Acknowledged = { kept: new Set(), deleted: new Set(), pairs: new Set() };
  try {
    for (let round = 0; round < rounds; round++) {
      await writeAndKill(folder, round, amount(round), known);
      await check(folder, known);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return known;
}
