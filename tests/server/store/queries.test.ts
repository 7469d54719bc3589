import { beforeAll, describe, expect, test } from '@jest/globals';
import { mongo } from 'mongoose';
import { rejection, openTestStore } from './store-in-test.ts';

const { Binary, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } = mongo;
const store = openTestStore();

/** The ids that match, in ascending order. */
async function ids(name: string, filter: object): Promise<unknown[]> {
  const found = await store
    .collection(name)
    .find(filter, { projection: { _id: 1 } })
    .sort({ _id: 1 })
    .toArray();
  return found.map((document) => document._id);
}

describe('query operators (MongoDB manual, "Query and Projection Operators")', () => {
  beforeAll(async () => {
    await store.collection('q').insertMany([
      {
        _id: 1,
        n: 1,
        s: 'abc',
        tags: ['x', 'y'],
        sub: { a: 1, b: 2 },
        list: [
          { k: 'v', score: 1 },
          { k: 'w', score: 9 },
        ],
      },
      { _id: 2, n: 2.5, s: 'Abd', tags: [], sub: { b: 2, a: 1 }, list: [{ k: 'v', score: 9 }] },
      { _id: 3, n: null, s: '张三', tags: 'x', d: new Date(1000) },
      { _id: 4, s: 'abc\ndef', n: [1, 5], nested: [[1, 2], [3]], b: true },
      { _id: 5, n: NaN, b: false, list: [{ k: 'w', score: 5 }, 7, null] },
    ]);
  });

  test.each<[string, object, number[]]>([
    ['equality goes into arrays', { tags: 'x' }, [1, 3]],
    ['equality with a whole array', { tags: ['x', 'y'] }, [1]],
    ['an embedded document is equal only with the same field order', { sub: { a: 1, b: 2 } }, [1]],
    ['null matches null and missing', { n: null }, [3]],
    ['null matches missing in every element', { 'list.score': null }, [3, 4]],
    ['$exists tells null from missing', { n: { $exists: true } }, [1, 2, 3, 4, 5]],
    ['$exists false', { d: { $exists: false } }, [1, 2, 4, 5]],
    ['$ne is the whole opposite of equality', { tags: { $ne: 'x' } }, [2, 4, 5]],
    ['ranges compare one type only', { n: { $gt: 0 } }, [1, 2, 4]],
    ['ranges over strings by their bytes', { s: { $gte: 'abc', $lt: '张四' } }, [1, 3, 4]],
    ['two ends of a range may be met by two elements', { n: { $gt: 4, $lt: 2 } }, [4]],
    ['$elemMatch wants one element for all', { n: { $elemMatch: { $gt: 4, $lt: 2 } } }, []],
    ['$elemMatch on documents', { list: { $elemMatch: { k: 'v', score: { $gt: 5 } } } }, [2]],
    ['dotted paths may be met by two elements', { 'list.k': 'v', 'list.score': { $gt: 5 } }, [1, 2]],
    ['array positions in paths', { 'list.0.k': 'w' }, [5]],
    ['NaN equals NaN and is in no range', { n: { $gte: NaN } }, [5]],
    ['$in with null and regular expressions', { s: { $in: [null, /^ab/i] } }, [1, 2, 4, 5]],
    ['$nin', { n: { $nin: [1, null] } }, [2, 5]],
    ['$regex with options', { s: { $regex: '^ABC$', $options: 'im' } }, [1, 4]],
    ['$regex on Chinese text, one code point a dot', { s: /^张.$/ }, [3]],
    ['$not', { n: { $not: { $gt: 1 } } }, [1, 3, 5]],
    ['$not with a regular expression', { s: { $not: /^ab/ } }, [2, 3, 5]],
    ['$or, $and, $nor', { $or: [{ _id: 1 }, { $and: [{ b: true }, { _id: 4 }] }], $nor: [{ _id: 9 }] }, [1, 4]],
    ['$size', { tags: { $size: 0 } }, [2]],
    ['$all', { tags: { $all: ['y', 'x'] } }, [1]],
    [
      '$all with $elemMatch',
      { list: { $all: [{ $elemMatch: { k: 'v', score: 1 } }, { $elemMatch: { k: 'w' } }] } },
      [1],
    ],
    ['$type with aliases and lists', { n: { $type: ['double', 'null'] } }, [2, 3, 5]],
    ['$type array', { n: { $type: 'array' } }, [4]],
    ['$mod', { n: { $mod: [5, 0] } }, [4]],
    ['$expr compares fields', { $expr: { $gt: ['$n', 2] } }, [1, 2, 3, 4, 5].filter((id) => id === 2 || id === 4)],
    ['MinKey and MaxKey bound every type', { n: { $gt: new MinKey(), $lt: new MaxKey() } }, [1, 2, 3, 4, 5]],
    ['$comment is no condition', { _id: 1, $comment: 'why' }, [1]],
    ['nested arrays are compared as wholes', { nested: [3] }, [4]],
  ])('%s', async (_, filter, expected) => {
    expect(await ids('q', filter)).toEqual(expected);
  });

  test.each<[string, object, number]>([
    ['$and without an array', { $and: {} }, 2],
    ['an empty $or', { $or: [] }, 2],
    ['$in without an array', { a: { $in: 1 } }, 2],
    ['$size of a negative number', { a: { $size: -1 } }, 2],
    ['$type of an unknown alias', { a: { $type: 'wrong' } }, 2],
    ['a regular expression that is none', { a: { $regex: '(' } }, 51091],
    ['$mod by zero', { a: { $mod: [0, 1] } }, 2],
    ['operators mixed with fields', { a: { $gt: 1, b: 2 } }, 2],
  ])('%s is refused', async (_, filter, code) => {
    expect((await rejection(store.collection('q').find(filter).toArray())).code).toBe(code);
  });
});

describe('comparison and sort order (manual, "Comparison/Sort Order")', () => {
  const big = Long.fromString('9007199254740993');
  const ascending: unknown[] = [
    new MinKey(),
    null,
    NaN,
    -Infinity,
    Decimal128.fromString('-1E+400'),
    Long.MIN_VALUE,
    -1.5,
    Decimal128.fromString('-1.1'),
    0,
    Decimal128.fromString('1E-400'),
    Decimal128.fromString('0.1'),
    0.1,
    9,
    Decimal128.fromString('9.5'),
    10,
    new Double(9007199254740992),
    big,
    Decimal128.fromString('9007199254740993.5'),
    Long.fromString('9007199254740994'),
    Long.MAX_VALUE,
    Decimal128.fromString('1E+400'),
    Infinity,
    '',
    'a',
    'a\u0000',
    'a\u0000b',
    'ab',
    '\uffee',
    '\u{1f600}',
    {},
    { a: 1 },
    { a: 2 },
    { b: 0 },
    { a: 'x' },
    new Binary(Buffer.from([9])),
    new Binary(Buffer.from([1, 1])),
    new ObjectId('000000000000000000000000'),
    new ObjectId('ffffffffffffffffffffffff'),
    false,
    true,
    new Date(-1),
    new Date(0),
    new Timestamp({ t: 1, i: 1 }),
    new Timestamp({ t: 4_000_000_000, i: 1 }),
    new MaxKey(),
  ];

  test.each([
    ['without an index', 'order-plain', undefined],
    ['along an ascending index', 'order-up', 1 as const],
    ['along a descending index', 'order-down', -1 as const],
  ])('every type stands in its place %s, both ways', async (_, name, direction) => {
    const c = store.collection(name);
    if (direction) await c.createIndex({ v: direction });
    const shuffled = ascending
      .map((v, i) => ({ _id: i, v }))
      .sort((a, b) => ((a._id * 7919) % 101) - ((b._id * 7919) % 101));
    await c.insertMany(shuffled);
    const order = ascending.map((_value, i) => i);
    const up = (await c.find().sort({ v: 1 }).toArray()).map((document) => document._id);
    const down = (await c.find().sort({ v: -1 }).toArray()).map((document) => document._id);
    expect(up).toEqual(order);
    expect(down).toEqual([...order].reverse());
  });

  test('equal numbers are equal whatever their type, and neighbours of a double are not', async () => {
    const c = store.collection('numbers');
    await c.createIndex({ v: 1 }, { unique: true });
    await c.insertOne({ v: 1 });
    for (const same of [Long.fromNumber(1), new Double(1), Decimal128.fromString('1.00')])
      expect((await rejection(c.insertOne({ v: same }))).code).toBe(11000);
    await c.insertMany([
      { v: big },
      { v: Long.fromString('9007199254740992') },
      { v: Decimal128.fromString('9007199254740993.1') },
    ]);
    expect(await c.countDocuments({ v: big })).toBe(1);
    expect(await c.countDocuments({ v: { $gt: Decimal128.fromString('9007199254740992.5') } })).toBe(2);
    expect(await c.countDocuments({ v: Decimal128.fromString('1.000') })).toBe(1);
  });

  test('an array sorts by its least element upwards and its greatest downwards', async () => {
    const c = store.collection('array-sort');
    await c.insertMany([{ _id: 'a', v: [1, 9] }, { _id: 'b', v: 5 }, { _id: 'c', v: [] }, { _id: 'd' }]);
    const order = async (direction: 1 | -1) =>
      (await c.find().sort({ v: direction, _id: 1 }).toArray()).map((document) => document._id);
    for (const indexed of [false, true]) {
      if (indexed) await c.createIndex({ v: 1 });
      expect(await order(1)).toEqual(['c', 'd', 'a', 'b']);
      expect(await order(-1)).toEqual(['a', 'b', 'd', 'c']);
    }
  });

  test('a sort that is none is refused', async () => {
    expect(
      (
        await rejection(
          store.connection
            .getClient()
            .db('test')
            .command({ find: 'q', sort: { a: 2 } }),
        )
      ).code,
    ).toBe(15975);
  });
});

describe('projections (manual, "Project Fields to Return from Query")', () => {
  const document = { _id: 1, a: 1, b: { c: 2, d: [{ e: 1, f: 2 }, { e: 3 }, 4] }, list: [1, 2, 3, 4] };
  beforeAll(async () => {
    await store.collection('p').insertOne(document);
  });

  test.each<[string, object, object]>([
    ['inclusion keeps _id', { a: 1 }, { _id: 1, a: 1 }],
    ['inclusion without _id', { _id: 0, a: 1 }, { a: 1 }],
    ['exclusion', { b: 0, list: 0 }, { _id: 1, a: 1 }],
    ['dotted paths go into arrays', { 'b.d.e': 1 }, { _id: 1, b: { d: [{ e: 1 }, { e: 3 }] } }],
    ['dotted exclusion', { 'b.d.e': 0, a: 0, list: 0 }, { _id: 1, b: { c: 2, d: [{ f: 2 }, {}, 4] } }],
    ['nested documents mean paths', { b: { c: 1 } }, { _id: 1, b: { c: 2 } }],
    ['$slice', { list: { $slice: [1, 2] }, b: 0 }, { _id: 1, a: 1, list: [2, 3] }],
    ['$slice from the end', { list: { $slice: -1 }, a: 1 }, { _id: 1, a: 1, list: [4] }],
    ['$elemMatch', { list: { $elemMatch: { $gt: 2 } } }, { _id: 1, list: [3] }],
    ['expressions', { _id: 0, sum: { $add: ['$a', '$b.c'] }, name: 'fixed' }, { sum: 3, name: 'fixed' }],
    ['the positional $', { 'list.$': 1 }, { _id: 1, list: [3] }],
  ])('%s', async (_, projection, expected) => {
    expect(await store.collection('p').findOne({ list: { $gt: 2 } }, { projection })).toEqual(expected);
  });

  test('inclusion and exclusion cannot be mixed, and paths cannot collide', async () => {
    const c = store.collection('p');
    expect((await rejection(c.findOne({}, { projection: { a: 1, b: 0 } }))).code).toBe(31254);
    expect((await rejection(c.findOne({}, { projection: { a: 0, b: 1 } }))).code).toBe(31253);
    expect((await rejection(c.findOne({}, { projection: { b: 1, 'b.c': 1 } }))).code).toBe(31249);
  });
});
