import { describe, expect, test } from '@jest/globals';
import { Mongoose, Schema, type ClientSession } from 'mongoose';
import { rejection, openTestStore } from './store-in-test.ts';

const store = openTestStore();

async function withSession<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = await store.connection.startSession();
  try {
    return await work(session);
  } finally {
    await session.endSession();
  }
}

describe('multi-document transactions (MongoDB manual, "Transactions")', () => {
  test('what a transaction wrote is seen by it at once and by others after the commit', async () => {
    const c = store.collection('seen');
    await c.insertOne({ _id: 0, n: 1 });
    await withSession(async (session) => {
      session.startTransaction();
      await c.insertOne({ _id: 1 }, { session });
      await c.updateOne({ _id: 0 }, { $set: { n: 2 } }, { session });
      expect(await c.find({}, { session }).toArray()).toHaveLength(2);
      expect(await c.find({}).toArray()).toEqual([{ _id: 0, n: 1 }]);
      await session.commitTransaction();
    });
    expect(await c.find({}).sort({ _id: 1 }).toArray()).toEqual([{ _id: 0, n: 2 }, { _id: 1 }]);
  });

  test('connection.transaction() of mongoose commits all of it or, when it throws, nothing', async () => {
    const { connection } = store;
    const Item = connection.model('Item', new Schema({ name: { type: String, unique: true } }));
    await Item.init();
    await connection.transaction(async (session) => {
      await Item.create([{ name: 'a' }], { session });
      await Item.create([{ name: 'b' }], { session });
    });
    await rejection(
      connection.transaction(async (session) => {
        await Item.create([{ name: 'c' }], { session });
        await Item.deleteOne({ name: 'a' }, { session });
        throw new Error('changed my mind');
      }),
    );
    expect((await Item.find().sort({ name: 1 })).map((item) => item.name)).toEqual(['a', 'b']);
  });

  test('models join the transaction by themselves (transactionAsyncLocalStorage)', async () => {
    const mongoose = new Mongoose();
    mongoose.set('transactionAsyncLocalStorage', true);
    const connection = await mongoose.createConnection(store.uri, { dbName: 'test' }).asPromise();
    const Thing = connection.model('Thing', new Schema({ name: String }));
    await Thing.init();
    await rejection(
      connection.transaction(async () => {
        await Thing.create({ name: 'gone' });
        expect(await Thing.countDocuments()).toBe(1);
        throw new Error('no');
      }),
    );
    expect(await Thing.countDocuments()).toBe(0);
    await connection.close();
  });

  test('a duplicate key ends the transaction and leaves nothing of it', async () => {
    const c = store.collection('duplicate');
    await c.insertOne({ _id: 1 });
    await withSession(async (session) => {
      session.startTransaction();
      await c.insertOne({ _id: 2 }, { session });
      expect((await rejection(c.insertOne({ _id: 1 }, { session }))).code).toBe(11000);
      const after = await rejection(c.insertOne({ _id: 3 }, { session }));
      expect(after.code).toBe(251);
      expect(after.hasErrorLabel('TransientTransactionError')).toBe(true);
      await session.abortTransaction();
    });
    expect(await c.countDocuments()).toBe(1);
  });

  test('reads are of one moment, whatever others write meanwhile (snapshot isolation)', async () => {
    const c = store.collection('moment');
    await c.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 1 },
    ]);
    await withSession(async (session) => {
      session.startTransaction();
      expect(await c.findOne({ _id: 1 }, { session })).toEqual({ _id: 1, n: 1 });
      await c.updateMany({}, { $set: { n: 2 } });
      await c.insertOne({ _id: 3, n: 2 });
      expect(await c.find({}, { session }).toArray()).toEqual([
        { _id: 1, n: 1 },
        { _id: 2, n: 1 },
      ]);
      await session.commitTransaction();
    });
  });

  test('two transactions that write one record: the second gets WriteConflict with TransientTransactionError', async () => {
    const c = store.collection('conflict');
    await c.insertOne({ _id: 1, n: 0 });
    await withSession((one) =>
      withSession(async (two) => {
        one.startTransaction();
        two.startTransaction();
        await c.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: one });
        const error = await rejection(c.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: two }));
        expect(error.code).toBe(112);
        expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
        await one.commitTransaction();
        await two.abortTransaction();
      }),
    );
    expect(await c.findOne({ _id: 1 })).toEqual({ _id: 1, n: 1 });
  });

  test('a record changed since the snapshot cannot be written', async () => {
    const c = store.collection('changed');
    await c.insertOne({ _id: 1, n: 0 });
    await withSession(async (session) => {
      session.startTransaction();
      await c.findOne({ _id: 1 }, { session });
      await c.updateOne({ _id: 1 }, { $set: { n: 5 } });
      expect((await rejection(c.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session }))).code).toBe(112);
      await session.abortTransaction();
    });
    expect((await c.findOne({ _id: 1 }))?.['n']).toBe(5);
  });

  test('two claim one thing in transactions: one winner', async () => {
    const c = store.collection('claims');
    const { connection } = store;
    for (let round = 0; round < 5; round++) {
      await c.insertOne({ _id: round, by: null });
      const claim = (who: string) =>
        connection.transaction(async (session) => {
          const free = await c.findOneAndUpdate({ _id: round, by: null }, { $set: { by: who } }, { session });
          if (!free) return;
          await c.insertOne({ _id: `${round}-${who}` }, { session });
        });
      await Promise.all([claim('a'), claim('b'), claim('c')]);
      expect(await c.countDocuments({ _id: { $in: ['a', 'b', 'c'].map((who) => `${round}-${who}`) } })).toBe(1);
      expect((await c.findOne({ _id: round }))?.['by']).toMatch(/[abc]/);
    }
  });

  test('transfers at once lose nothing', async () => {
    const c = store.collection('accounts');
    await c.insertMany(Array.from({ length: 5 }, (_, i) => ({ _id: i, balance: 100 })));
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        withSession((session) =>
          session.withTransaction(async () => {
            const [from, to] = [i % 5, (i * 7 + 1) % 5];
            if (from === to) return;
            const account = await c.findOne({ _id: from }, { session });
            await c.updateOne({ _id: from }, { $set: { balance: Number(account?.['balance']) - 1 } }, { session });
            await c.updateOne({ _id: to }, { $inc: { balance: 1 } }, { session });
          }),
        ),
      ),
    );
    const total = (await c.find().toArray()).reduce((sum, account) => sum + Number(account['balance']), 0);
    expect(total).toBe(500);
  });

  test('a write outside waits for the transaction that holds the record, and then builds on it', async () => {
    const c = store.collection('waits');
    await c.insertOne({ _id: 1 });
    await withSession(async (session) => {
      session.startTransaction();
      await c.updateOne({ _id: 1 }, { $set: { inside: 1 } }, { session });
      const outside = c.updateOne({ _id: 1 }, { $set: { outside: 1 } });
      // A round trip on the same store: the outside write has surely arrived by now, and still waits.
      await c.findOne({ _id: 1 });
      expect(await c.findOne({ _id: 1 })).toEqual({ _id: 1 });
      await session.commitTransaction();
      await outside;
    });
    expect(await c.findOne({ _id: 1 })).toEqual({ _id: 1, inside: 1, outside: 1 });
  });

  test('a bulk that has to wait half way is not done twice', async () => {
    const c = store.collection('bulk-waits');
    await c.insertMany([
      { _id: 1, n: 0 },
      { _id: 2, n: 0 },
    ]);
    await withSession(async (session) => {
      session.startTransaction();
      await c.updateOne({ _id: 2 }, { $inc: { n: 10 } }, { session });
      const bulk = c.bulkWrite([
        { updateOne: { filter: { _id: 1 }, update: { $inc: { n: 1 } } } },
        { updateOne: { filter: { _id: 2 }, update: { $inc: { n: 1 } } } },
      ]);
      await c.findOne({});
      await session.commitTransaction();
      expect((await bulk).modifiedCount).toBe(2);
    });
    expect(await c.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, n: 1 },
      { _id: 2, n: 11 },
    ]);
  });

  test('two transactions that insert one unique value: the second gets a write conflict', async () => {
    const c = store.collection('unique');
    await c.createIndex({ number: 1 }, { unique: true });
    await withSession((one) =>
      withSession(async (two) => {
        one.startTransaction();
        two.startTransaction();
        await c.insertOne({ number: 'x' }, { session: one });
        expect((await rejection(c.insertOne({ number: 'x' }, { session: two }))).code).toBe(112);
        await one.commitTransaction();
        await two.abortTransaction();
      }),
    );
    expect(await c.countDocuments()).toBe(1);
  });

  test('a unique value freed in a transaction is free for others only after it', async () => {
    const c = store.collection('freed');
    await c.createIndex({ number: 1 }, { unique: true });
    await c.insertOne({ _id: 1, number: 'x' });
    await withSession(async (session) => {
      session.startTransaction();
      await c.deleteOne({ _id: 1 }, { session });
      const insert = c.insertOne({ _id: 2, number: 'x' });
      await c.findOne({});
      await session.abortTransaction();
      expect((await rejection(insert)).code).toBe(11000);
    });
    expect(await c.find().toArray()).toEqual([{ _id: 1, number: 'x' }]);
  });

  test('a collection made in an aborted transaction is not there, and making it later starts empty', async () => {
    const c = store.collection('made-inside');
    await withSession(async (session) => {
      session.startTransaction();
      await c.insertMany([{ _id: 1 }, { _id: 2 }], { session });
      expect(await c.find({}, { session }).toArray()).toHaveLength(2);
      await session.abortTransaction();
    });
    const db = store.connection.getClient().db('test');
    expect(await db.listCollections({ name: 'made-inside' }).toArray()).toEqual([]);
    await c.insertOne({ _id: 1 });
    await c.createIndex({ n: 1 });
    expect(await c.find().toArray()).toEqual([{ _id: 1 }]);
  });

  test('an index built after the snapshot makes the transaction start again (246 SnapshotUnavailable)', async () => {
    const c = store.collection('index-meanwhile');
    await c.insertOne({ _id: 1, n: 1 });
    await withSession(async (session) => {
      session.startTransaction();
      await store.collection('conflict').findOne({}, { session });
      await c.createIndex({ n: 1 });
      const error = await rejection(c.insertOne({ _id: 2, n: 2 }, { session }));
      expect(error.code).toBe(246);
      expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
      await session.abortTransaction();
    });
    expect(await c.find({ n: { $gt: 0 } }).toArray()).toEqual([{ _id: 1, n: 1 }]);
  });

  test('building an index waits for transactions that use the collection, and then covers what they wrote', async () => {
    const c = store.collection('index-waits');
    await c.insertOne({ _id: 1, n: 1 });
    await withSession(async (session) => {
      session.startTransaction();
      await c.insertOne({ _id: 2, n: 2 }, { session });
      const built = c.createIndex({ n: 1 });
      await c.findOne({});
      await session.commitTransaction();
      await built;
    });
    expect(
      await c
        .find({ n: { $gte: 1 } })
        .hint({ n: 1 })
        .toArray(),
    ).toHaveLength(2);
  });

  test('committing twice gives the same answer, and a commit after an abort is refused with 251', async () => {
    const db = store.connection.getClient().db('test');
    const c = store.collection('twice');
    await withSession(async (session) => {
      session.startTransaction();
      await c.insertOne({ _id: 1 }, { session });
      await session.commitTransaction();
      await session.commitTransaction();
      session.startTransaction();
      await c.insertOne({ _id: 2 }, { session });
      await session.abortTransaction();
      const lsid = session.id;
      const txnNumber = session.serverSession.txnNumber;
      const commit = db.admin().command({ commitTransaction: 1, lsid, txnNumber, autocommit: false });
      const error = await rejection(commit);
      expect(error.code).toBe(251);
    });
    expect(await c.find().toArray()).toEqual([{ _id: 1 }]);
  });
});
