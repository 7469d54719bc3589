import { describe, expect, test } from '@jest/globals';
import { Schema, mongo, type Model } from 'mongoose';
import { rejection, openTestStore } from './store-in-test.ts';

const { Binary, Decimal128, Double, Int32, Long, ObjectId } = mongo;
const store = openTestStore();

/** What the tests name; the schema has more. */
interface Fields {
  number: string;
  count: number;
  __v: number;
  [field: string]: unknown;
}

describe('create, read, update and delete through mongoose (MongoDB manual, "CRUD Operations")', () => {
  const schema = new Schema(
    {
      number: { type: String, unique: true },
      name: { first: String, last: String },
      born: Date,
      tags: [String],
      visits: [{ at: Date, kind: String, score: Number }],
      balance: Schema.Types.Decimal128,
      count: { type: Number, default: 0 },
      extra: Schema.Types.Mixed,
      rates: { type: Map, of: Number },
      bytes: Buffer,
      token: Schema.Types.UUID,
    },
    { timestamps: true, optimisticConcurrency: true },
  );
  const patients = async () => {
    const { connection } = store;
    const known = connection.models['Patient'] as Model<Fields> | undefined;
    const model = known ?? connection.model<Fields>('Patient', schema as unknown as Schema<Fields>);
    await model.init();
    return model;
  };

  test('a document comes back as it was created, every type of it', async () => {
    const Patient = await patients();
    const made = await Patient.create({
      number: 'n1',
      name: { first: '小明', last: '张' },
      born: new Date('1960-01-02T03:04:05.678Z'),
      tags: ['a'],
      balance: '12.50',
      rates: { heart: 72 },
      bytes: Buffer.from('hi'),
      token: '00000000-0000-4000-8000-000000000001',
    });
    const found = await Patient.findById(made._id).orFail();
    expect(found.get('name.first')).toBe('小明');
    expect(String(found.get('balance'))).toBe('12.50');
    expect((found.get('rates') as Map<string, number>).get('heart')).toBe(72);
    expect(String(found.get('bytes'))).toBe('hi');
    expect(String(found.get('token'))).toBe('00000000-0000-4000-8000-000000000001');
    expect((found.get('born') as Date).toISOString()).toBe('1960-01-02T03:04:05.678Z');
    expect(found.get('__v')).toBe(0);
  });

  test('a second document with the same unique value is refused with E11000, keyPattern and keyValue', async () => {
    const Patient = await patients();
    await Patient.create({ number: 'twice' });
    const error = await rejection(Patient.create({ number: 'twice' }));
    expect(error).toMatchObject({
      name: 'MongoServerError',
      code: 11000,
      keyPattern: { number: 1 },
      keyValue: { number: 'twice' },
    });
    expect(error.message).toMatch(
      /^E11000 duplicate key error collection: test\.patients index: number_1 dup key: \{ number: "twice" \}$/,
    );
  });

  test('an unordered insertMany keeps what is not a duplicate', async () => {
    const Patient = await patients();
    await Patient.create({ number: 'u1' });
    const error = await rejection(Patient.insertMany([{ number: 'u1' }, { number: 'u2' }], { ordered: false }));
    expect(error).toMatchObject({ name: 'MongoBulkWriteError', code: 11000 });
    expect(await Patient.countDocuments({ number: { $in: ['u1', 'u2'] } })).toBe(2);
  });

  test('an ordered insertMany stops at the first duplicate', async () => {
    const Patient = await patients();
    await Patient.create({ number: 'o2' });
    await rejection(Patient.insertMany([{ number: 'o1' }, { number: 'o2' }, { number: 'o3' }]));
    expect(await Patient.countDocuments({ number: { $in: ['o1', 'o2', 'o3'] } })).toBe(2);
  });

  test('saving over a newer version fails with VersionError (optimisticConcurrency)', async () => {
    const Patient = await patients();
    await Patient.create({ number: 'v1' });
    const first = await Patient.findOne({ number: 'v1' }).orFail();
    const second = await Patient.findOne({ number: 'v1' }).orFail();
    first.set('count', 5);
    await first.save();
    second.set('count', 6);
    expect((await rejection(second.save())).name).toBe('VersionError');
  });

  test('of twenty updates that expect one version exactly one wins', async () => {
    const Patient = await patients();
    const made = await Patient.create({ number: 'race' });
    const results = await Promise.all(
      Array.from({ length: 20 }, () => Patient.findOneAndUpdate({ _id: made._id, __v: 0 }, { $inc: { __v: 1 } })),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  test('ten upserts at once make one document', async () => {
    const Patient = await patients();
    await Promise.all(
      Array.from({ length: 10 }, () =>
        Patient.updateOne({ number: 'upsert' }, { $inc: { count: 1 } }, { upsert: true }),
      ),
    );
    const found = await Patient.find({ number: 'upsert' });
    expect(found).toHaveLength(1);
    expect(found[0]?.get('count')).toBe(10);
  });

  test('bulkWrite does each of its statements', async () => {
    const Patient = await patients();
    const result = await Patient.bulkWrite([
      { insertOne: { document: { number: 'b1' } } },
      { updateOne: { filter: { number: 'b1' }, update: { $set: { count: 7 } } } },
      { replaceOne: { filter: { number: 'b2' }, replacement: { number: 'b2' }, upsert: true } },
      { deleteOne: { filter: { number: 'b1' } } },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, modifiedCount: 1, upsertedCount: 1, deletedCount: 1 });
  });

  test('findOneAndUpdate gives the document before or after, and honours sort, upsert and projection', async () => {
    const c = store.collection('find-and-modify');
    await c.insertMany([
      { _id: 1, g: 'x', n: 1 },
      { _id: 2, g: 'x', n: 2 },
    ]);
    expect(await c.findOneAndUpdate({ g: 'x' }, { $inc: { n: 10 } }, { sort: { n: -1 } })).toEqual({
      _id: 2,
      g: 'x',
      n: 2,
    });
    expect(
      await c.findOneAndUpdate(
        { _id: 2 },
        { $inc: { n: 1 } },
        { returnDocument: 'after', projection: { n: 1, _id: 0 } },
      ),
    ).toEqual({ n: 13 });
    expect(await c.findOneAndUpdate({ _id: 3 }, { $set: { n: 3 } }, { upsert: true })).toBeNull();
    expect(await c.findOneAndUpdate({ _id: 4 }, { $set: { n: 4 } }, { upsert: true, returnDocument: 'after' })).toEqual(
      { _id: 4, n: 4 },
    );
    expect(await c.findOneAndDelete({ _id: 3 })).toEqual({ _id: 3, n: 3 });
    expect(await c.findOneAndReplace({ _id: 4 }, { other: true }, { returnDocument: 'after' })).toEqual({
      _id: 4,
      other: true,
    });
    expect(await c.findOneAndUpdate({ _id: 99 }, { $set: { n: 1 } })).toBeNull();
  });
});

describe('what is stored', () => {
  test('inserted BSON is kept byte for byte', async () => {
    const c = store.collection('raw');
    const document = {
      _id: new ObjectId(),
      int: new Int32(5),
      double: new Double(5),
      long: Long.fromNumber(5),
      decimal: Decimal128.fromString('5.00'),
      regex: new mongo.BSONRegExp('^a', 'i'),
      binary: new Binary(Buffer.from([1, 2, 3]), 0x80),
      symbol: new mongo.BSONSymbol('s'),
      timestamp: new mongo.Timestamp({ t: 1, i: 2 }),
      min: new mongo.MinKey(),
      max: new mongo.MaxKey(),
      nothing: null,
      nested: { array: [1, [2, { deep: true }]] },
    };
    await c.insertOne(document);
    const raw = await c.findOne({ _id: document._id }, { raw: true });
    expect(Buffer.from(raw as unknown as Buffer)).toEqual(Buffer.from(mongo.BSON.serialize(document)));
  });

  test('an update keeps the number types of the fields it does not touch', async () => {
    const c = store.collection('types');
    await c.insertOne({
      _id: 1,
      double: new Double(5),
      long: Long.fromNumber(7),
      decimal: Decimal128.fromString('1.10'),
    });
    await c.updateOne({ _id: 1 }, { $set: { other: new Double(3) } });
    expect(
      await c.countDocuments({
        double: { $type: 'double' },
        long: { $type: 'long' },
        decimal: { $type: 'decimal' },
        other: { $type: 'double' },
      }),
    ).toBe(1);
    expect(await c.countDocuments({ double: { $type: 'int' } })).toBe(0);
  });

  test('a document without _id gets one, and _id stands first', async () => {
    const c = store.collection('ids');
    const { insertedId } = await c.insertOne({ a: 1 }, { forceServerObjectId: true });
    const found = await c.findOne({ a: 1 });
    expect(insertedId).toBeUndefined();
    expect(Object.keys(found ?? {})).toEqual(['_id', 'a']);
    await c.updateOne({ _id: 'later' }, { $set: { b: 1 } }, { upsert: true });
    expect(Object.keys((await c.findOne({ _id: 'later' })) ?? {})).toEqual(['_id', 'b']);
  });

  test.each([
    ['an array', [1], 53],
    ['a regular expression', /a/, 53],
    ['an operator document', { $bad: 1 }, 52],
  ])('%s cannot be an _id', async (_, _id, code) => {
    expect((await rejection(store.collection('bad-ids').insertOne({ _id }))).code).toBe(code);
  });

  test('_id never changes (66 ImmutableField)', async () => {
    const c = store.collection('immutable');
    await c.insertOne({ _id: 1, a: 1 });
    expect((await rejection(c.updateOne({ _id: 1 }, { $set: { _id: 2 } }))).code).toBe(66);
    expect((await rejection(c.replaceOne({ _id: 1 }, { _id: 2 }))).code).toBe(66);
    expect((await rejection(c.updateOne({ _id: 1 }, { $unset: { _id: 1 } }))).code).toBe(66);
    await c.updateOne({ _id: 1 }, { $set: { _id: 1, a: 2 } });
    expect(await c.findOne({})).toEqual({ _id: 1, a: 2 });
  });

  test('a document beyond 16 MiB is refused and one near it is kept', async () => {
    const c = store.collection('large');
    await c.insertOne({ _id: 1, text: 'x'.repeat(16_700_000) });
    expect((await c.findOne({ _id: 1 }))?.['text']).toHaveLength(16_700_000);
    expect((await rejection(c.updateOne({ _id: 1 }, { $set: { more: 'x'.repeat(200_000) } }))).code).toBe(17419);
    await c.drop();
  });

  test('a field named __proto__ is a field like any other and pollutes nothing', async () => {
    const c = store.collection('proto');
    const document = Object.defineProperty({ _id: 1 }, '__proto__', { value: { polluted: true }, enumerable: true });
    await c.insertOne(document);
    await c.updateOne({ _id: 1 }, { $set: { 'constructor.prototype.polluted': 1, plain: 1 } });
    expect(await c.countDocuments({ '__proto__.polluted': true, 'constructor.prototype.polluted': 1 })).toBe(1);
    expect(await c.countDocuments({ polluted: { $exists: true } })).toBe(0);
    expect((await rejection(c.aggregate([{ $project: { x: '$__proto__.polluted' } }]).toArray())).code).toBe(9);
  });
});

describe('cursors (manual, "Iterate a Cursor")', () => {
  test('a long result comes in batches, sorted, with skip and limit', async () => {
    const c = store.collection('batches');
    await c.insertMany(Array.from({ length: 500 }, (_, i) => ({ k: i % 5, v: i })));
    expect(await c.find({}).batchSize(20).toArray()).toHaveLength(500);
    const page = await c
      .find({ k: { $in: [1, 2] } })
      .sort({ v: -1 })
      .skip(5)
      .limit(50)
      .batchSize(7)
      .toArray();
    expect(page).toHaveLength(50);
    expect(page[0]?.['v']).toBe(486);
    expect(await c.estimatedDocumentCount()).toBe(500);
    expect(await c.distinct('k')).toEqual([0, 1, 2, 3, 4]);
  });

  test('a cursor shows the collection as it was when it was opened', async () => {
    const c = store.collection('snapshot');
    await c.insertMany(Array.from({ length: 300 }, (_, i) => ({ _id: i })));
    const cursor = c.find({}).batchSize(10);
    await cursor.next();
    await c.deleteMany({});
    let seen = 1;
    while (await cursor.next()) seen++;
    expect(seen).toBe(300);
    expect(await c.countDocuments({})).toBe(0);
  });

  test('a cursor that is closed or unknown is refused with 43', async () => {
    const { connection } = store;
    const error = await rejection(
      connection
        .getClient()
        .db('test')
        .command({ getMore: Long.fromNumber(12345), collection: 'batches' }),
    );
    expect(error.code).toBe(43);
  });
});

describe('what is not there (error_codes.yml)', () => {
  test('change streams are refused with 40573', async () => {
    const stream = store.collection('watched').watch();
    expect((await rejection(stream.next())).code).toBe(40573);
  });

  test.each([
    ['an unknown command', { noSuchCommand: 1 }, 59],
    ['a view', { create: 'v', viewOn: 'c', pipeline: [] }, 115],
    ['a capped collection', { create: 'v', capped: true, size: 1000 }, 115],
    ['a text index', { createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'a_text' }] }, 115],
    ['a wildcard index', { createIndexes: 'c', indexes: [{ key: { '$**': 1 }, name: 'wild' }] }, 115],
    ['collation', { find: 'c', collation: { locale: 'zh' } }, 115],
    ['$where', { find: 'c', filter: { $where: 'true' } }, 115],
    ['$text', { find: 'c', filter: { $text: { $search: 'a' } } }, 27],
    ['an unknown operator', { find: 'c', filter: { a: { $wrong: 1 } } }, 2],
    ['an unknown top level operator', { find: 'c', filter: { $wrong: 1 } }, 2],
    ['an unknown stage', { aggregate: 'c', pipeline: [{ $wrong: 1 }], cursor: {} }, 40324],
    ['$out', { aggregate: 'c', pipeline: [{ $out: 'd' }], cursor: {} }, 115],
    ['an unknown expression', { aggregate: 'c', pipeline: [{ $project: { a: { $wrong: 1 } } }], cursor: {} }, 168],
    [
      '$function',
      {
        aggregate: 'c',
        pipeline: [{ $project: { a: { $function: { body: '', args: [], lang: 'js' } } } }],
        cursor: {},
      },
      115,
    ],
    ['an unknown update operator', { update: 'c', updates: [{ q: {}, u: { $wrong: { a: 1 } } }] }, 9],
  ])('%s is refused', async (_, command, code) => {
    const answer = await store.connection
      .getClient()
      .db('test')
      .command(command)
      .then(
        (reply: mongo.Document) => reply['writeErrors']?.[0]?.code as unknown,
        (error: mongo.MongoServerError) => error.code,
      );
    expect(answer).toBe(code);
  });
});

test('maxTimeMS ends a long search with 50 and the store goes on', async () => {
  const c = store.collection('slow');
  await c.insertMany(Array.from({ length: 20_000 }, (_, i) => ({ v: i, text: 'x'.repeat(50) })));
  expect((await rejection(c.countDocuments({ $nor: [{ v: -1 }, { text: 'y' }] }, { maxTimeMS: 1 }))).code).toBe(50);
  expect(await c.countDocuments({ v: 7 })).toBe(1);
});
