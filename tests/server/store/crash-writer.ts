import { writeSync } from 'node:fs';
import { Mongoose, Schema } from 'mongoose';
import { startEmbeddedStore } from '../../../server/platform/store/embedded/embedded-store.ts';

/**
 * The process that the crash tests kill: `crash-writer.ts FOLDER ROUND`. It writes without end and says on its output
 * what has been acknowledged: `k ID` an inserted and counted-up record, `t ID` a transaction over two collections,
 * `d ID` a deleted record.
 */
const [folder = '', round = '0'] = process.argv.slice(2);
const { uri } = await startEmbeddedStore({ folder });
const mongoose = new Mongoose();
const connection = await mongoose.createConnection(uri, { dbName: 'crash', maxPoolSize: 20 }).asPromise();
const Kept = connection.model(
  'Kept',
  new Schema({ _id: String, name: { type: String, unique: true }, n: Number, pad: String, tags: [String] }).index({
    tags: 1,
    n: -1,
  }),
);
const Left = connection.model('Left', new Schema({ _id: String }));
const Right = connection.model('Right', new Schema({ _id: String }));
await Promise.all([Kept.init(), Left.init(), Right.init()]);
const say = (line: string): void => void writeSync(1, `${line}\n`);
say('ready');

let next = 0;
const newId = (): string => `${round}-${next++}`;

async function keep(): Promise<void> {
  const number = next;
  const id = newId();
  await Kept.create({ _id: id, name: `name ${id}`, n: 0, pad: 'x'.repeat(500), tags: ['a', `t${number % 7}`] });
  await Kept.updateOne({ _id: id }, { $inc: { n: 1 }, $push: { tags: 'b' } });
  say(`k ${id}`);
  if (number % 5 !== 4) return;
  await Kept.deleteOne({ _id: id });
  say(`d ${id}`);
}

async function pair(): Promise<void> {
  const id = newId();
  await connection.transaction(async (session) => {
    await Left.create([{ _id: id }], { session });
    await Right.create([{ _id: id }], { session });
  });
  say(`t ${id}`);
}

const forever = async (work: () => Promise<void>): Promise<never> => {
  for (;;) await work();
};
await Promise.all([
  ...Array.from({ length: 5 }, () => forever(keep)),
  ...Array.from({ length: 3 }, () => forever(pair)),
]);
