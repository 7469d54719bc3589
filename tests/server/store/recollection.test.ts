import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { setImmediate as aTurn } from 'node:timers/promises';
import { Schema } from 'mongoose';
import { openLog } from '../../../server/platform/log.ts';
import { openRecollection } from '../../../server/platform/store/recollection.ts';
import { defineRecord, openStore, type Store } from '../../../server/platform/store/store.ts';
import { makeFolder } from './store-in-test.ts';

interface Fields {
  _id: string;
  n: number;
}
const recordNamed = (name: string) =>
  defineRecord<Fields>(
    name,
    new Schema<Fields>({ _id: { type: String, required: true }, n: { type: Number, required: true } }),
  );
const pear = recordNamed('Pear');
const plum = recordNamed('Plum');

let folder: string;
let store: Store;
let asked = 0;
beforeAll(async () => {
  folder = await makeFolder();
  store = await openStore({
    mongodbUri: null,
    dataFolder: folder,
    records: [pear, plum],
    log: openLog('silent'),
    onLost: () => undefined,
  });
}, 60_000);
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const look = (id: string) =>
  store.recall({
    key: id,
    of: [pear],
    find: () => {
      asked += 1;
      return store.model(pear).findById(id).lean();
    },
  });

describe('linearizable reads (MongoDB manual, "Read Concern linearizable") out of memory', () => {
  test('what nobody has changed is asked for once, by many at once and again', async () => {
    await store.model(pear).create([{ _id: 'once', n: 1 }]);
    asked = 0;
    const answers = await Promise.all([look('once'), look('once'), look('once')]);
    expect([...answers, await look('once')].map((found) => found?.n)).toEqual([1, 1, 1, 1]);
    await store.model(plum).create([{ _id: 'other', n: 1 }]);
    await look('once');
    expect(asked).toBe(1);
  });

  test('each kind of change is seen by whoever asks after it', async () => {
    const model = store.model(pear);
    const seen: (number | undefined)[] = [];
    const see = async () => seen.push((await look('change'))?.n);
    await see();
    await model.create([{ _id: 'change', n: 1 }]);
    await see();
    await model.updateOne({ _id: 'change' }, { n: 2 });
    await see();
    await model.findOneAndUpdate({ _id: 'change' }, { $inc: { n: 1 } });
    await see();
    await model.bulkWrite([{ updateOne: { filter: { _id: 'change' }, update: { $set: { n: 4 } } } }]);
    await see();
    await store.transaction(() => model.updateOne({ _id: 'change' }, { n: 5 }));
    await see();
    await model.deleteMany({});
    await see();
    expect(seen).toEqual([undefined, 1, 2, 3, 4, 5, undefined]);
  });

  test('a hundred changes in a row are each seen at once, by readers who never rest', async () => {
    const model = store.model(pear);
    await model.create([{ _id: 'busy', n: 0 }]);
    let over = false;
    const readers = [1, 2, 3].map(async () => {
      // From memory the answer comes in the same turn: others must have theirs too.
      for (; !over; await aTurn()) await look('busy');
    });
    for (let n = 1; n <= 100; n += 1) {
      await model.updateOne({ _id: 'busy' }, { n });
      const [one, other] = await Promise.all([look('busy'), look('busy')]);
      expect([one?.n, other?.n]).toEqual([n, n]);
    }
    over = true;
    await Promise.all(readers);
  });

  test('a transaction sees its own changes, and nobody else does before it commits', async () => {
    const model = store.model(pear);
    await model.create([{ _id: 'own', n: 1 }]);
    await look('own');
    await store.transaction(async () => {
      await model.updateOne({ _id: 'own' }, { n: 2 });
      expect((await look('own'))?.n).toBe(2);
    });
    expect((await look('own'))?.n).toBe(2);
    await store
      .transaction(async () => {
        await model.updateOne({ _id: 'own' }, { n: 3 });
        expect((await look('own'))?.n).toBe(3);
        throw new Error('given up');
      })
      .catch(() => undefined);
    expect((await look('own'))?.n).toBe(2);
  });

  test('what is remembered cannot be changed by who reads it', async () => {
    await store.model(pear).create([{ _id: 'firm', n: 1 }]);
    const found = (await look('firm'))!;
    expect(() => (found.n = 2)).toThrow(TypeError);
    expect((await look('firm'))?.n).toBe(1);
  });
});

describe('memory', () => {
  const question = (key: string, find: () => Promise<unknown>, bytes = 0) => ({
    key,
    of: [],
    find,
    bytesOf: () => bytes,
  });

  test('a question that failed is asked again', async () => {
    const recall = openRecollection(() => 0);
    await expect(recall(question('a', () => Promise.reject(new Error('cut'))))).rejects.toThrow('cut');
    expect(await recall(question('a', () => Promise.resolve(1)))).toBe(1);
  });

  test('an answer that was overtaken by a change while it was on its way is not kept', async () => {
    let count = 0;
    const recall = openRecollection(() => count);
    let answer: (value: number) => void = () => undefined;
    const slow = recall({ key: 'a', of: [pear], find: () => new Promise<number>((resolve) => (answer = resolve)) });
    count += 1;
    const after = recall({ key: 'a', of: [pear], find: () => Promise.resolve(2) });
    answer(1);
    expect(await slow).toBe(1);
    expect(await after).toBe(2);
    expect(await recall({ key: 'a', of: [pear], find: () => Promise.resolve(3) })).toBe(2);
  });

  test('what was unused for the longest time makes room', async () => {
    const recall = openRecollection(() => 0);
    const large = 30 * 1024 * 1024;
    const ask = (key: string) => {
      let looked = false;
      const find = () => {
        looked = true;
        return Promise.resolve(key);
      };
      return recall(question(key, find, large)).then(() => looked);
    };
    expect([await ask('a'), await ask('b'), await ask('a'), await ask('c'), await ask('d')]).toEqual([
      true,
      true,
      false,
      true,
      true,
    ]);
    expect([await ask('d'), await ask('a')]).toEqual([false, true]);
  });
});
