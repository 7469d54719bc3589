import { describe, expect, test } from '@jest/globals';
import { Schema, mongo } from 'mongoose';
import { rejection, openTestStore } from './store-in-test.ts';

const { ObjectId } = mongo;
const store = openTestStore({ expiryIntervalMs: 50 });

interface Plan {
  stage: string;
  indexName?: string;
  direction?: string;
  inputStage?: Plan;
  inputStages?: Plan[];
}

/** The index that a find walks, e.g. `a_1 forward`, with SORT before it when it sorts in memory; or COLLSCAN. */
async function planOf(name: string, filter: object, sort?: mongo.Sort): Promise<string> {
  const cursor = store.collection(name).find(filter);
  const explained = await (sort ? cursor.sort(sort) : cursor).explain();
  const show = (plan: Plan): string => {
    if (plan.stage === 'COLLSCAN') return 'COLLSCAN';
    if (plan.stage === 'IXSCAN') return `${plan.indexName} ${plan.direction}`;
    if (plan.stage === 'OR') return (plan.inputStages ?? []).map(show).join(' or ');
    return (plan.stage === 'SORT' ? 'SORT ' : '') + show(plan.inputStage as Plan);
  };
  return show((explained as { queryPlanner: { winningPlan: Plan } }).queryPlanner.winningPlan);
}

const ids = (documents: { _id?: unknown }[]) => documents.map((document) => document._id);

describe('unique, sparse and partial indexes (MongoDB manual, "Indexes")', () => {
  test('a unique index takes one document without the field', async () => {
    const c = store.collection('unique-missing');
    await c.createIndex({ a: 1 }, { unique: true });
    await c.insertOne({ _id: 1 });
    expect((await rejection(c.insertOne({ _id: 2 }))).code).toBe(11000);
    expect((await rejection(c.insertOne({ _id: 2, a: null }))).code).toBe(11000);
  });

  test('a sparse unique index takes many', async () => {
    const c = store.collection('unique-sparse');
    await c.createIndex({ a: 1 }, { unique: true, sparse: true });
    await c.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3, a: 1 }]);
    expect((await rejection(c.insertOne({ _id: 4, a: 1 }))).code).toBe(11000);
    expect(await c.countDocuments({ a: null })).toBe(2);
  });

  test('a partial unique index looks only at its documents, also when an update brings one in', async () => {
    const c = store.collection('unique-partial');
    await c.createIndex({ a: 1 }, { unique: true, partialFilterExpression: { live: true } });
    await c.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
      { _id: 3, a: 1, live: true },
    ]);
    expect((await rejection(c.insertOne({ a: 1, live: true }))).code).toBe(11000);
    expect((await rejection(c.updateOne({ _id: 1 }, { $set: { live: true } }))).code).toBe(11000);
    await c.updateOne({ _id: 3 }, { $set: { live: false } });
    await c.updateOne({ _id: 1 }, { $set: { live: true } });
    expect(await c.countDocuments({ a: 1 })).toBe(3);
  });

  test('a compound unique index compares all its fields', async () => {
    const c = store.collection('unique-compound');
    await c.createIndex({ a: 1, b: -1 }, { unique: true });
    await c.insertMany([
      { a: 1, b: 1 },
      { a: 1, b: 2 },
    ]);
    const error = await rejection(c.insertOne({ a: 1, b: 2 }));
    expect(error).toMatchObject({ keyPattern: { a: 1, b: -1 }, keyValue: { a: 1, b: 2 } });
  });

  test('a unique multikey index lets one document repeat a value and no second one have it', async () => {
    const c = store.collection('unique-multikey');
    await c.createIndex({ tags: 1 }, { unique: true });
    await c.insertOne({ _id: 1, tags: ['a', 'a', 'b'] });
    expect((await rejection(c.insertOne({ tags: ['c', 'b'] }))).code).toBe(11000);
    await c.updateOne({ _id: 1 }, { $set: { tags: ['a'] } });
    await c.insertOne({ tags: ['c', 'b'] });
  });

  test('building a unique index over duplicates is refused and leaves no index', async () => {
    const c = store.collection('unique-late');
    await c.insertMany([{ a: 1 }, { a: 1 }]);
    expect((await rejection(c.createIndex({ a: 1 }, { unique: true }))).code).toBe(11000);
    expect(await c.indexes()).toHaveLength(1);
  });

  test('values of many kilobytes are told apart by their whole length, and ranges and sorts over them are right', async () => {
    const c = store.collection('long-values');
    await c.createIndex({ text: 1 }, { unique: true });
    const text = (end: string) => 'x'.repeat(5000) + end;
    const ends = ['b', 'a', 'd', 'c'];
    await c.insertMany(ends.map((end) => ({ _id: end, text: text(end) })));
    expect((await rejection(c.insertOne({ text: text('a') }))).code).toBe(11000);
    expect(await c.countDocuments({ text: text('a') })).toBe(1);
    expect(ids(await c.find().sort({ text: 1 }).toArray())).toEqual(['a', 'b', 'c', 'd']);
    expect(ids(await c.find().sort({ text: -1 }).toArray())).toEqual(['d', 'c', 'b', 'a']);
    expect(
      ids(
        await c
          .find({ text: { $gt: text('b') } })
          .sort({ _id: 1 })
          .toArray(),
      ),
    ).toEqual(['c', 'd']);
    expect(
      ids(
        await c
          .find({ text: { $lte: text('b') } })
          .sort({ _id: 1 })
          .toArray(),
      ),
    ).toEqual(['a', 'b']);
    await c.updateOne({ _id: 'a' }, { $set: { text: 'short' } });
    await c.insertOne({ _id: 'e', text: text('a') });
    expect(ids(await c.find({ text: /^x/ }).sort({ text: 1 }).toArray())).toEqual(['e', 'b', 'c', 'd']);
  });

  test('two arrays in one index are refused (171), two fields below one array are not', async () => {
    const c = store.collection('parallel');
    await c.createIndex({ a: 1, b: 1 });
    await c.createIndex({ 'list.x': 1, 'list.y': 1 });
    expect((await rejection(c.insertOne({ a: [1, 2], b: [1, 2] }))).code).toBe(171);
    await c.insertOne({
      _id: 1,
      list: [
        { x: 1, y: 2 },
        { x: 3, y: 4 },
      ],
    });
    expect(await c.countDocuments({ 'list.x': 1, 'list.y': 4 })).toBe(1);
    expect(await c.countDocuments({ list: { $elemMatch: { x: 1, y: 4 } } })).toBe(0);
  });
});

describe('which index a search walks (explain)', () => {
  test('equality, ranges and sorts along a compound index', async () => {
    const c = store.collection('plans');
    await c.createIndexes([
      { key: { clinic: 1, at: -1 }, name: 'clinic_at' },
      { key: { number: 1 }, name: 'number', unique: true },
      { key: { open: 1 }, name: 'open', partialFilterExpression: { open: true } },
      { key: { code: 1 }, name: 'code', sparse: true },
    ]);
    await c.insertMany(
      Array.from({ length: 200 }, (_, i) => ({
        _id: i,
        clinic: i % 10,
        at: new Date(i * 1000),
        number: `n${String(i).padStart(3, '0')}`,
        open: i % 50 === 0,
        ...(i % 20 === 0 && { code: i }),
      })),
    );
    expect(await planOf('plans', { _id: 5 })).toBe('_id_ forward');
    expect(await planOf('plans', { clinic: 3 })).toBe('clinic_at forward');
    expect(await planOf('plans', { clinic: 3 }, { at: -1 })).toBe('clinic_at forward');
    expect(await planOf('plans', { clinic: 3 }, { at: 1 })).toBe('clinic_at backward');
    expect(await planOf('plans', {}, { clinic: -1, at: 1 })).toBe('clinic_at backward');
    expect(await planOf('plans', { clinic: { $in: [3, 4] } }, { at: 1 })).toBe('SORT clinic_at forward');
    expect(await planOf('plans', { clinic: 3, at: { $gt: new Date(5000), $lte: new Date(90_000) } })).toBe(
      'clinic_at forward',
    );
    expect(await planOf('plans', { number: 'n001', clinic: 3 })).toBe('number forward');
    expect(await planOf('plans', { number: /^n00/ })).toBe('number forward');
    expect(await planOf('plans', { number: /n00/ })).toBe('COLLSCAN');
    expect(await planOf('plans', { $or: [{ _id: 1 }, { number: 'n002' }] })).toBe('_id_ forward or number forward');
    expect(await planOf('plans', { open: true })).toBe('open forward');
    expect(await planOf('plans', { open: false })).toBe('COLLSCAN');
    expect(await planOf('plans', { code: 20 })).toBe('code forward');
    expect(await planOf('plans', { code: null })).toBe('COLLSCAN');
    expect(await planOf('plans', { code: { $exists: true } })).toBe('COLLSCAN');
    expect(await planOf('plans', { other: 1 })).toBe('COLLSCAN');

    expect(
      ids(
        await c
          .find({ clinic: 3, at: { $gt: new Date(23_000), $lte: new Date(63_000) } })
          .sort({ at: -1 })
          .toArray(),
      ),
    ).toEqual([63, 53, 43, 33]);
    expect(ids(await c.find({ clinic: 3 }).sort({ at: 1 }).limit(2).toArray())).toEqual([3, 13]);
    expect(
      ids(
        await c
          .find({ clinic: { $in: [4, 3] } })
          .sort({ at: -1 })
          .limit(3)
          .toArray(),
      ),
    ).toEqual([194, 193, 184]);
    expect(await c.countDocuments({ number: /^n00/ })).toBe(10);
    expect(
      ids(await c.find({ $or: [{ _id: 1 }, { number: 'n002' }, { number: 'n001' }] } as object).toArray()).sort(),
    ).toEqual([1, 2]);
    expect(await c.countDocuments({ open: true })).toBe(4);
    expect(await c.countDocuments({ code: null })).toBe(190);
  });

  test('a multikey index finds elements, missing fields and both ends of a range', async () => {
    const c = store.collection('multikey');
    await c.createIndex({ 't.x': 1 });
    await c.insertMany([
      { _id: 1, t: [{ x: 1 }, { x: 2 }] },
      { _id: 2, t: { x: 2 } },
      { _id: 3 },
      { _id: 4, t: [{ x: 0 }, { x: 9 }] },
      { _id: 5, t: [] },
    ]);
    expect(ids(await c.find({ 't.x': 2 }).toArray())).toEqual([1, 2]);
    expect(ids(await c.find({ 't.x': null }).toArray())).toEqual([3]);
    expect(ids(await c.find({ 't.x': { $gt: 3, $lt: 1 } }).toArray())).toEqual([4]);
    expect(ids(await c.find({ 't.x': { $in: [1, 2] } }).toArray())).toEqual([1, 2]);
  });

  test('a hint names the index to walk, and is refused (2) when there is none', async () => {
    const c = store.collection('hints');
    await c.createIndex({ a: 1 });
    await c.insertMany([
      { _id: 1, a: 2 },
      { _id: 2, a: 1 },
    ]);
    expect(
      ids(
        await c
          .find({ a: { $gt: 0 } })
          .hint('a_1')
          .toArray(),
      ),
    ).toEqual([2, 1]);
    expect(
      ids(
        await c
          .find({ a: { $gt: 0 } })
          .hint({ $natural: 1 })
          .toArray(),
      ),
    ).toEqual([1, 2]);
    for (const hint of ['b_1', { b: 1 }]) {
      expect((await rejection(c.find().hint(hint).toArray())).code).toBe(2);
      expect((await rejection(c.updateOne({}, { $set: { b: 1 } }, { hint }))).code).toBe(2);
    }
    expect((await c.deleteMany({ a: 1 }, { hint: 'a_1' })).deletedCount).toBe(1);
  });

  test('ids without a leading digit, and descending indexes, are found by ranges', async () => {
    const c = store.collection('descending');
    await c.createIndex({ at: -1 });
    await c.insertMany([
      { _id: 1, at: new ObjectId('000000000000000000000000') },
      { _id: 2, at: new ObjectId('7f0000000000000000000000') },
      { _id: 3, at: 5 },
    ]);
    expect(ids(await c.find({ at: { $lt: new ObjectId('800000000000000000000000') } }).toArray())).toEqual([2, 1]);
    expect(ids(await c.find({ at: { $gte: new ObjectId('000000000000000000000000') } }).toArray())).toEqual([2, 1]);
    expect(ids(await c.find({ at: { $lte: 5 } }).toArray())).toEqual([3]);
  });

  test('what an index finds is what a scan finds, on many random documents and filters', async () => {
    const plain = store.collection('random-plain');
    const indexed = store.collection('random-indexed');
    await indexed.createIndexes([{ key: { a: 1, b: -1 } }, { key: { b: 1 } }, { key: { c: -1, a: 1 } }]);
    let seed = 42;
    const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
    const value = (): unknown =>
      [
        random(6),
        random(6) - 2.5,
        `s${random(4)}`,
        null,
        undefined,
        new Date(random(5)),
        [random(4), random(4)],
        [],
        random(2) === 1,
        { x: random(3) },
      ][random(10)];
    const documents = Array.from({ length: 300 }, (_, i) => {
      const document: Record<string, unknown> = { _id: i };
      let array = false;
      for (const field of ['a', 'b', 'c']) {
        let v = value();
        if (Array.isArray(v) && array) v = 1;
        array ||= Array.isArray(v);
        if (v !== undefined) document[field] = v;
      }
      return document;
    });
    await plain.insertMany(documents);
    await indexed.insertMany(documents);
    const operators = ['$eq', '$gt', '$gte', '$lt', '$lte', '$ne'];
    for (let round = 0; round < 150; round++) {
      const filter: Record<string, unknown> = {};
      for (const field of ['a', 'b', 'c'])
        if (random(2))
          filter[field] = random(4)
            ? { [operators[random(6)] as string]: value() ?? null }
            : { $in: [value() ?? null, value() ?? null] };
      const sort: mongo.Sort = random(2) ? { a: 1, b: -1, _id: 1 } : { c: random(2) ? 1 : -1, a: 1, _id: 1 };
      const expected = await plain.find(filter).sort(sort).toArray();
      expect({ filter, ids: ids(await indexed.find(filter).sort(sort).toArray()) }).toEqual({
        filter,
        ids: ids(expected),
      });
    }
  });
});

describe('making and dropping indexes', () => {
  test('mongoose builds and syncs indexes', async () => {
    const schema = new Schema({ a: { type: Number, index: true }, b: { type: String, unique: true }, c: Date });
    schema.index({ a: 1, c: -1 });
    const Model = store.connection.model('Synced', schema);
    await Model.init();
    expect((await Model.listIndexes()).map((index) => String(index['name'])).sort()).toEqual([
      '_id_',
      'a_1',
      'a_1_c_-1',
      'b_1',
    ]);
    await Model.collection.createIndex({ c: 1 });
    expect(await Model.syncIndexes()).toEqual(['c_1']);
    await Model.createIndexes();
  });

  test('an index made again is the same, and one that contradicts is refused (85, 86)', async () => {
    const c = store.collection('again');
    await c.createIndex({ a: 1 });
    await c.createIndex({ a: 1 });
    expect((await rejection(c.createIndex({ a: 1 }, { name: 'other' }))).code).toBe(85);
    expect((await rejection(c.createIndex({ a: 1 }, { unique: true }))).code).toBe(86);
    expect((await rejection(c.createIndex({ b: 1 }, { name: 'a_1' }))).code).toBe(86);
    expect((await rejection(c.dropIndex('nothing'))).code).toBe(27);
    expect((await rejection(c.dropIndex('_id_'))).code).toBe(72);
    await c.dropIndex('a_1');
    expect(await c.indexes()).toHaveLength(1);
  });

  test('a dropped collection is gone at once and a new one of its name starts empty', async () => {
    const c = store.collection('dropped');
    await c.createIndex({ n: 1 }, { unique: true });
    await c.insertMany(Array.from({ length: 5000 }, (_, n) => ({ n })));
    await c.drop();
    expect(await c.countDocuments()).toBe(0);
    await c.insertOne({ n: 1 });
    expect(await c.find({ n: { $gte: 0 } }).toArray()).toHaveLength(1);
    expect(await c.indexes()).toHaveLength(1);
  });

  test('renaming keeps documents and indexes', async () => {
    const c = store.collection('before-rename');
    await c.createIndex({ n: 1 });
    await c.insertOne({ _id: 1, n: 1 });
    await c.rename('after-rename');
    expect(await planOf('after-rename', { n: 1 })).toBe('n_1 forward');
    expect(await store.collection('after-rename').find({ n: 1 }).toArray()).toHaveLength(1);
    expect((await rejection(store.collection('after-rename').rename('plans'))).code).toBe(48);
  });
});

test('a TTL index deletes what is over and keeps the rest (manual, "TTL Indexes")', async () => {
  const c = store.collection('sessions');
  await c.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
  await c.insertMany([
    { _id: 'over', at: new Date(Date.now() - 61_000) },
    { _id: 'array', at: [new Date(), new Date(0)] },
    { _id: 'young', at: new Date() },
    { _id: 'text', at: 'never' },
    { _id: 'none' },
  ]);
  const left = async () => ids(await c.find().sort({ _id: 1 }).toArray());
  const deadline = Date.now() + 20_000;
  while ((await left()).length > 3 && Date.now() < deadline) await c.findOne({});
  expect(await left()).toEqual(['none', 'text', 'young']);
});
