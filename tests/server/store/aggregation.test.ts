import { beforeAll, describe, expect, test } from '@jest/globals';
import { mongo } from 'mongoose';
import { rejection, openTestStore } from './store-in-test.ts';

const { Decimal128, Long, ObjectId } = mongo;
const store = openTestStore();
const doctor = new ObjectId();

beforeAll(async () => {
  await store.collection('events').insertMany(
    Array.from({ length: 100 }, (_, i) => ({
      _id: i,
      k: i % 5,
      v: i,
      at: new Date(Date.UTC(2026, i % 12, 1)),
      tags: i % 2 ? ['odd', 'x'] : [],
    })),
  );
  await store.collection('doctors').insertOne({ _id: doctor, name: '李' });
  await store
    .collection('patients')
    .insertMany([{ _id: 1, doctor, visits: [{ n: 1 }, { n: 2 }] }, { _id: 2, doctor: null, visits: [] }, { _id: 3 }]);
});

const run = (name: string, pipeline: object[]) => store.collection(name).aggregate(pipeline).toArray();

describe('aggregation stages (MongoDB manual, "Aggregation Stages")', () => {
  test('$match, $group, $sort with every accumulator', async () => {
    const groups = await run('events', [
      { $match: { v: { $lt: 20 } } },
      {
        $group: {
          _id: '$k',
          sum: { $sum: '$v' },
          count: { $sum: 1 },
          counted: { $count: {} },
          average: { $avg: '$v' },
          least: { $min: '$v' },
          most: { $max: '$v' },
          first: { $first: '$v' },
          last: { $last: '$v' },
          all: { $push: '$v' },
          set: { $addToSet: { $mod: ['$v', 2] } },
        },
      },
      { $sort: { _id: -1 } },
      { $limit: 1 },
    ]);
    expect(groups).toEqual([
      {
        _id: 4,
        sum: 46,
        count: 4,
        counted: 4,
        average: 11.5,
        least: 4,
        most: 19,
        first: 4,
        last: 19,
        all: [4, 9, 14, 19],
        set: [0, 1],
      },
    ]);
  });

  test('$group by ObjectId, date, null and documents', async () => {
    expect(await run('patients', [{ $group: { _id: '$doctor', n: { $sum: 1 } } }, { $sort: { n: 1 } }])).toEqual([
      { _id: doctor, n: 1 },
      { _id: null, n: 2 },
    ]);
    expect(await run('events', [{ $group: { _id: { month: '$at', k: '$k' } } }, { $count: 'groups' }])).toEqual([
      { groups: 60 },
    ]);
  });

  test('$count, $skip, $limit and an empty result', async () => {
    expect(await run('events', [{ $skip: 90 }, { $count: 'n' }])).toEqual([{ n: 10 }]);
    expect(await run('events', [{ $match: { v: -1 } }, { $count: 'n' }])).toEqual([]);
    expect(await store.collection('events').countDocuments({ k: 1 })).toBe(20);
  });

  test('$project, $addFields, $unset, $replaceRoot', async () => {
    expect(
      await run('events', [
        { $match: { _id: 7 } },
        {
          $project: {
            v: 1,
            month: { $dateToString: { date: '$at', format: '%Y-%m' } },
            big: { $cond: [{ $gt: ['$v', 5] }, 'yes', 'no'] },
          },
        },
        { $addFields: { 'nested.twice': { $multiply: ['$v', 2] } } },
        { $unset: 'v' },
      ]),
    ).toEqual([{ _id: 7, month: '2026-08', big: 'yes', nested: { twice: 14 } }]);
    expect(
      await run('patients', [{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: { $first: '$visits' } } }]),
    ).toEqual([{ n: 1 }]);
  });

  test('$unwind, with and without empty arrays and with positions', async () => {
    expect(await run('patients', [{ $unwind: '$visits' }, { $project: { n: '$visits.n' } }])).toEqual([
      { _id: 1, n: 1 },
      { _id: 1, n: 2 },
    ]);
    const kept = await run('patients', [
      { $unwind: { path: '$visits', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i' } },
      { $project: { i: 1 } },
    ]);
    expect(kept).toEqual([
      { _id: 1, i: 0 },
      { _id: 1, i: 1 },
      { _id: 2, i: null },
      { _id: 3, i: null },
    ]);
  });

  test('$lookup by field and by pipeline', async () => {
    expect(
      await run('patients', [
        { $match: { _id: 1 } },
        { $lookup: { from: 'doctors', localField: 'doctor', foreignField: '_id', as: 'd' } },
        { $unwind: '$d' },
        { $project: { name: '$d.name' } },
      ]),
    ).toEqual([{ _id: 1, name: '李' }]);
    const byPipeline = await run('patients', [
      {
        $lookup: {
          from: 'doctors',
          let: { who: '$doctor' },
          pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$who'] } } }, { $project: { _id: 0, name: 1 } }],
          as: 'd',
        },
      },
      { $project: { d: 1 } },
    ]);
    expect(byPipeline).toEqual([
      { _id: 1, d: [{ name: '李' }] },
      { _id: 2, d: [] },
      { _id: 3, d: [] },
    ]);
    expect(
      await run('patients', [
        { $match: { _id: 1 } },
        { $lookup: { from: 'nowhere', localField: 'doctor', foreignField: '_id', as: 'd' } },
        { $project: { d: 1 } },
      ]),
    ).toEqual([{ _id: 1, d: [] }]);
  });

  test('$facet, $sortByCount, $unionWith', async () => {
    expect(
      await run('events', [
        { $facet: { n: [{ $count: 'c' }], top: [{ $sort: { v: -1 } }, { $limit: 1 }, { $project: { v: 1 } }] } },
      ]),
    ).toEqual([{ n: [{ c: 100 }], top: [{ _id: 99, v: 99 }] }]);
    expect(await run('events', [{ $unwind: '$tags' }, { $sortByCount: '$tags' }, { $limit: 1 }])).toEqual([
      { _id: 'odd', count: 50 },
    ]);
    expect(await run('patients', [{ $unionWith: 'doctors' }, { $count: 'n' }])).toEqual([{ n: 4 }]);
  });

  test('Long and Decimal128 are summed and compared as what they are', async () => {
    const c = store.collection('exact');
    await c.insertMany([
      { n: Long.fromString('9007199254740993'), d: Decimal128.fromString('0.1') },
      { n: Long.fromNumber(1), d: Decimal128.fromString('0.2') },
    ]);
    const [sums] = await c
      .aggregate([{ $group: { _id: null, n: { $sum: '$n' }, d: { $sum: '$d' }, m: { $max: '$d' } } }], {
        promoteLongs: false,
      })
      .toArray();
    expect(String(sums?.['n'])).toBe('9007199254740994');
    expect(String(sums?.['d'])).toBe('0.3');
    expect(String(sums?.['m'])).toBe('0.2');
    expect(await c.countDocuments({ $expr: { $gt: ['$d', Decimal128.fromString('0.15')] } })).toBe(1);
    expect((await rejection(c.aggregate([{ $project: { x: { $add: ['$d', 1] } } }]).toArray())).code).toBe(2);
  });

  test.each<[string, object[], number]>([
    ['a stage with two operators', [{ $match: {}, $limit: 1 }], 40323],
    ['a $limit of zero', [{ $limit: 0 }], 5107201],
    ['a $group without _id', [{ $group: { n: { $sum: 1 } } }], 15955],
    ['an unknown accumulator', [{ $group: { _id: null, n: { $wrong: 1 } } }], 15952],
    ['an unwind without $', [{ $unwind: 'tags' }], 28818],
    ['an empty $project', [{ $project: {} }], 51272],
    ['an unknown stage behind others', [{ $match: {} }, { $wrong: {} }], 40324],
    ['$merge', [{ $merge: 'x' }], 115],
  ])('%s is refused', async (_, pipeline, code) => {
    expect((await rejection(run('events', pipeline))).code).toBe(code);
  });
});
