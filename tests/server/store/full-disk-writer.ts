import { createInterface } from 'node:readline';
import { MongoClient } from 'mongodb';
import { startEmbeddedStore } from '../../../server/platform/store/embedded/embedded-store.ts';

/**
 * Works on a store whose files may not grow beyond the limit that the test has set for this process. Each line on its
 * input is a command; each answer one line of JSON.
 */
const [folder = ''] = process.argv.slice(2);
const store = await startEmbeddedStore({ folder });
const client = await new MongoClient(store.uri, { retryWrites: true }).connect();
const c = client.db('full').collection<{ _id: string; pad?: string; n?: number }>('c');
await c.createIndex({ n: 1 }, { unique: true, sparse: true });
const answer = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const code = (error: unknown): unknown => (error as { code?: unknown }).code ?? String(error);

const commands: Record<string, () => Promise<unknown>> = {
  /** Fills the store until a write is refused. */
  fill: async () => {
    for (let i = 0; ; i++)
      try {
        await c.insertOne({ _id: `pad ${i}`, pad: 'x'.repeat(100_000) });
      } catch (error) {
        return { stored: i, code: code(error) };
      }
  },
  /** Many writers at once: those that are refused must leave nothing. */
  many: async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => c.insertOne({ _id: `many ${i}`, pad: 'x'.repeat(50_000) })),
    );
    const kept = new Set((await c.find({ _id: /^many / }).toArray()).map(({ _id }) => _id));
    const codes = new Set(results.map((result) => (result.status === 'rejected' ? code(result.reason) : 0)));
    return {
      kept: kept.size,
      codes: [...codes],
      wrong: results.filter((result, i) => (result.status === 'fulfilled') !== kept.has(`many ${i}`)).length,
    };
  },
  transaction: async () => {
    const session = client.startSession();
    try {
      session.startTransaction();
      await c.insertOne({ _id: 'in transaction', n: 1, pad: 'x'.repeat(500_000) }, { session });
      await c.insertOne({ _id: 'in transaction too', pad: 'x'.repeat(500_000) }, { session });
      await session.commitTransaction();
      return { committed: true };
    } catch (error) {
      return { code: code(error) };
    } finally {
      await session.endSession();
    }
  },
  count: async () => ({
    all: await c.countDocuments(),
    byIndex: await c.countDocuments({ n: 1 }),
    inTransaction: await c.countDocuments({ _id: /^in transaction/ }),
  }),
  free: async () => ({ deleted: (await c.deleteMany({ _id: { $gte: 'pad 1', $lt: 'pad 6' } })).deletedCount }),
  small: async () => {
    try {
      await c.updateOne({ _id: 'small' }, { $inc: { n: 7 } }, { upsert: true });
      return { n: (await c.findOne({ _id: 'small' }))?.n };
    } catch (error) {
      return { code: code(error) };
    }
  },
};
answer('ready');
for await (const line of createInterface({ input: process.stdin }))
  answer(await commands[line]?.().catch((error: unknown) => ({ failed: String(error) })));
await client.close();
await store.close();
