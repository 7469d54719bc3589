import { describe, expect, test } from '@jest/globals';
import { mongo } from 'mongoose';
import { rejection, openTestStore } from './store-in-test.ts';

const { Decimal128, Double, Int32, Long } = mongo;
const store = openTestStore();
let nextId = 0;

interface Case {
  before: object;
  filter?: object;
  update: object;
  options?: mongo.UpdateOptions;
}

function withoutId(document: object | null): object {
  return Object.fromEntries(Object.entries(document ?? {}).filter(([name]) => name !== '_id'));
}

/** Inserts, updates by the filter, and gives the document afterwards without its id. */
async function after({ before, filter = {}, update, options = {} }: Case): Promise<object> {
  const c = store.collection('updates');
  const _id = nextId++;
  await c.insertOne({ _id, ...before });
  await c.updateOne({ _id, ...filter }, update, options);
  return withoutId(await c.findOne({ _id }));
}

describe('field update operators (MongoDB manual, "Update Operators")', () => {
  test.each<[string, Case, object]>([
    [
      '$set makes embedded documents on the way',
      { before: {}, update: { $set: { 'a.b.c': 1 } } },
      { a: { b: { c: 1 } } },
    ],
    [
      '$set of an array position pads with null',
      { before: { a: [1] }, update: { $set: { 'a.3': 4 } } },
      { a: [1, null, null, 4] },
    ],
    [
      '$unset removes a field and nulls an element',
      { before: { a: 1, b: [1, 2] }, update: { $unset: { a: '', 'b.0': '' } } },
      { b: [null, 2] },
    ],
    [
      '$inc and $mul, also of missing fields',
      { before: { a: 2 }, update: { $inc: { a: 3, b: 1 }, $mul: { c: 5 } } },
      { a: 5, b: 1, c: 0 },
    ],
    [
      '$min and $max compare in BSON order',
      { before: { a: 5, b: 5 }, update: { $min: { a: 3, b: 9 }, $max: { c: 1 } } },
      { a: 3, b: 5, c: 1 },
    ],
    [
      '$rename',
      { before: { a: 1, b: { c: 2 } }, update: { $rename: { a: 'x', 'b.c': 'b.d', gone: 'y' } } },
      { b: { d: 2 }, x: 1 },
    ],
    [
      '$setOnInsert does nothing to an existing document',
      { before: { a: 1 }, update: { $setOnInsert: { a: 2 } } },
      { a: 1 },
    ],
  ])('%s', async (_, given, expected) => {
    expect(await after(given)).toEqual(expected);
  });

  test('$currentDate sets the time', async () => {
    const start = Date.now();
    const result = (await after({
      before: {},
      update: { $currentDate: { at: true, stamp: { $type: 'timestamp' } } },
    })) as { at: Date };
    expect(result.at.getTime()).toBeGreaterThanOrEqual(start);
  });

  test('$inc keeps types: int grows to long, double and decimal stay', async () => {
    const c = store.collection('number-types');
    await c.insertOne({
      _id: 1,
      int: new Int32(2147483647),
      long: Long.fromNumber(1),
      double: new Double(1),
      decimal: Decimal128.fromString('0.1'),
    });
    await c.updateOne(
      { _id: 1 },
      { $inc: { int: 1, long: 1, double: 1, decimal: 1 }, $mul: { other: Decimal128.fromString('2') } },
    );
    await c.updateOne({ _id: 1 }, { $inc: { decimal: Decimal128.fromString('0.2') } });
    const found = await c.findOne({ _id: 1 }, { promoteValues: false });
    expect(found?.['int']).toEqual(Long.fromString('2147483648'));
    expect(found?.['long']).toEqual(Long.fromNumber(2));
    expect(found?.['double']).toEqual(new Double(2));
    expect(String(found?.['decimal'])).toBe('1.3');
    expect(String(found?.['other'])).toBe('0');
  });

  test('an update that changes nothing matches and modifies nothing', async () => {
    const c = store.collection('same');
    await c.insertOne({ _id: 1, a: 1 });
    expect(await c.updateOne({ _id: 1 }, { $set: { a: 1 } })).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
  });
});

describe('array update operators', () => {
  const list = [
    {
      k: 'v',
      score: 1,
      notes: [
        { by: 'p', text: '' },
        { by: 'q', text: '' },
      ],
    },
    { k: 'w', score: 9, notes: [{ by: 'q', text: '' }] },
  ];

  test.each<[string, Case, object]>([
    ['$push', { before: { a: [1] }, update: { $push: { a: 2, b: 1 } } }, { a: [1, 2], b: [1] }],
    [
      '$push with $each, $position, $sort and $slice',
      { before: { a: [3, 1] }, update: { $push: { a: { $each: [2, 9], $position: 0, $sort: -1, $slice: 3 } } } },
      { a: [9, 3, 2] },
    ],
    [
      '$push sorts documents by a field',
      { before: { a: [{ n: 2 }] }, update: { $push: { a: { $each: [{ n: 1 }], $sort: { n: 1 } } } } },
      { a: [{ n: 1 }, { n: 2 }] },
    ],
    [
      '$addToSet knows what is there',
      { before: { a: [1, { x: 1 }] }, update: { $addToSet: { a: { $each: [1, 2, { x: 1 }] } } } },
      { a: [1, { x: 1 }, 2] },
    ],
    [
      '$pull by value and by condition',
      { before: { a: [1, 5, 9], b: [{ x: 1, y: 1 }, { x: 2 }] }, update: { $pull: { a: { $gt: 4 }, b: { x: 1 } } } },
      { a: [1], b: [{ x: 2 }] },
    ],
    ['$pullAll', { before: { a: [1, 2, 1, 3] }, update: { $pullAll: { a: [1, 3] } } }, { a: [2] }],
    [
      '$pop from either end',
      { before: { a: [1, 2, 3], b: [1, 2, 3] }, update: { $pop: { a: 1, b: -1 } } },
      { a: [1, 2], b: [2, 3] },
    ],
    [
      'the positional $ is the element that the filter meant',
      {
        before: { list: [{ k: 'v' }, { k: 'w' }] },
        filter: { 'list.k': 'w' },
        update: { $set: { 'list.$.hit': true } },
      },
      { list: [{ k: 'v' }, { k: 'w', hit: true }] },
    ],
    [
      '$ with $elemMatch, although the update makes the filter untrue',
      {
        before: {
          list: [
            { k: 'v', n: 1 },
            { k: 'v', n: 2 },
          ],
        },
        filter: { list: { $elemMatch: { k: 'v', n: 2 } } },
        update: { $set: { 'list.$.k': 'x', 'list.$.n': 0 } },
      },
      {
        list: [
          { k: 'v', n: 1 },
          { k: 'x', n: 0 },
        ],
      },
    ],
    [
      '$[] is every element',
      { before: { a: [1, 2], list: [{ n: 1 }, {}] }, update: { $inc: { 'a.$[]': 10, 'list.$[].n': 1 } } },
      { a: [11, 12], list: [{ n: 2 }, { n: 1 }] },
    ],
    [
      'two arrayFilters paths under one array',
      {
        before: { list },
        update: { $set: { 'list.$[e].notes.$[n].text': 'T', 'list.$[e].score': 99 } },
        options: { arrayFilters: [{ 'e.score': { $gte: 5 } }, { 'n.by': 'q' }] },
      },
      { list: [list[0], { k: 'w', score: 99, notes: [{ by: 'q', text: 'T' }] }] },
    ],
    [
      'an arrayFilter on plain elements',
      {
        before: { a: [1, 5, 9] },
        update: { $set: { 'a.$[big]': 0 } },
        options: { arrayFilters: [{ big: { $gt: 4 } }] },
      },
      { a: [1, 0, 0] },
    ],
  ])('%s', async (_, given, expected) => {
    expect(await after(given)).toEqual(expected);
  });
});

describe('upserts, replacements and pipelines', () => {
  test('an upsert takes the equalities of its filter', async () => {
    const c = store.collection('upserts');
    const result = await c.updateOne(
      { a: 1, $and: [{ 'b.c': { $eq: 2 } }], d: { $gt: 5 }, e: { $in: [7] } },
      { $set: { f: 1 }, $setOnInsert: { g: 1 } },
      { upsert: true },
    );
    expect(result.upsertedCount).toBe(1);
    const made = withoutId(await c.findOne({ _id: result.upsertedId as object }));
    expect(made).toEqual({ a: 1, b: { c: 2 }, e: 7, f: 1, g: 1 });
    expect(await c.replaceOne({ _id: 'r', x: 1 }, { y: 1 }, { upsert: true })).toMatchObject({ upsertedId: 'r' });
    expect(await c.findOne({ _id: 'r' })).toEqual({ _id: 'r', y: 1 });
  });

  test('a pipeline computes from the document', async () => {
    const c = store.collection('pipelines');
    await c.insertOne({ _id: 1, a: 2, gone: 1 });
    await c.updateOne({ _id: 1 }, [{ $set: { b: { $multiply: ['$a', 10] }, 'c.d': '$a' } }, { $unset: 'gone' }]);
    expect(await c.findOne({})).toEqual({ _id: 1, a: 2, b: 20, c: { d: 2 } });
    expect((await rejection(c.updateOne({ _id: 1 }, [{ $match: {} }]))).code).toBe(72);
  });

  test('updateMany changes each match once, also along the index that it changes', async () => {
    const c = store.collection('halloween');
    await c.createIndex({ n: 1 });
    await c.insertMany(Array.from({ length: 300 }, (_, i) => ({ _id: i, n: i })));
    expect((await c.updateMany({ n: { $gte: 0 } }, { $inc: { n: 1000 } })).modifiedCount).toBe(300);
    expect(await c.countDocuments({ n: { $gte: 2000 } })).toBe(0);
  });

  test('an updateMany that meets a duplicate changes nothing at all', async () => {
    const c = store.collection('many-duplicate');
    await c.createIndex({ u: 1 }, { unique: true });
    await c.insertMany([
      { _id: 1, u: 1 },
      { _id: 2, u: 2 },
    ]);
    expect((await rejection(c.updateMany({}, { $set: { u: 7 } }))).code).toBe(11000);
    expect(await c.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, u: 1 },
      { _id: 2, u: 2 },
    ]);
  });
});

describe('refusals (error_codes.yml)', () => {
  test.each<[string, Case, number]>([
    ['conflicting paths', { before: {}, update: { $set: { a: 1, 'a.b': 2 } } }, 40],
    ['a path through a number', { before: { a: 1 }, update: { $set: { 'a.b': 2 } } }, 28],
    ['$inc of a text', { before: { a: 'x' }, update: { $inc: { a: 1 } } }, 14],
    ['$inc by a text', { before: {}, update: { $inc: { a: 'x' } } }, 14],
    ['$push to a number', { before: { a: 1 }, update: { $push: { a: 1 } } }, 2],
    ['$pop of a number', { before: { a: 1 }, update: { $pop: { a: 1 } } }, 14],
    ['an unused arrayFilter', { before: {}, update: { $set: { a: 1 } }, options: { arrayFilters: [{ x: 1 }] } }, 9],
    ['a missing arrayFilter', { before: { a: [] }, update: { $set: { 'a.$[x]': 1 } } }, 2],
    ['$ without an array in the filter', { before: { a: [1] }, update: { $set: { 'a.$': 1 } } }, 2],
    ['an empty field name', { before: {}, update: { $set: { 'a..b': 1 } } }, 56],
    ['an int64 overflow', { before: { a: Long.MAX_VALUE }, update: { $inc: { a: 1 } } }, 2],
    ['$bit', { before: {}, update: { $bit: { a: { and: 1 } } } }, 115],
  ])('%s is refused and changes nothing', async (_, given, code) => {
    expect((await rejection(after(given))).code).toBe(code);
    const kept = withoutId(await store.collection('updates').findOne({ _id: nextId - 1 }, { promoteLongs: false }));
    expect(kept).toEqual(given.before);
  });
});
