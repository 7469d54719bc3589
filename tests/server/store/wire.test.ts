import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { mongo } from 'mongoose';
import { openTestStore } from './store-in-test.ts';

const { BSON, UUID } = mongo;
const store = openTestStore();
const OP_QUERY = 2004;
const OP_MSG = 2013;

const socketPath = () => decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(store.uri)?.[1] ?? '');

async function dial(): Promise<Socket> {
  const socket = createConnection(socketPath());
  await once(socket, 'connect');
  return socket;
}

function frame(operation: number, payload: Buffer, length = payload.length + 16): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(length, 0);
  header.writeInt32LE(7, 4);
  header.writeInt32LE(operation, 12);
  return Buffer.concat([header, payload]);
}

const body = (document: object): Buffer => Buffer.concat([Buffer.from([0]), Buffer.from(BSON.serialize(document))]);
const message = (document: object, flags = 0): Buffer => {
  const bits = Buffer.alloc(4);
  bits.writeUInt32LE(flags, 0);
  return frame(OP_MSG, Buffer.concat([bits, body(document)]));
};

/** The next whole reply, or undefined when the store closes the connection instead. */
async function reply(socket: Socket): Promise<mongo.Document | undefined> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= 4 && bytes.length >= bytes.readInt32LE(0)) {
      expect(bytes.readInt32LE(8)).toBe(7);
      return BSON.deserialize(bytes.subarray(bytes.readInt32LE(12) === OP_MSG ? 21 : 36));
    }
  }
  return undefined;
}

async function ask(bytes: Buffer): Promise<mongo.Document | undefined> {
  const socket = await dial();
  socket.on('error', () => undefined);
  socket.write(bytes);
  const answer = await reply(socket);
  socket.destroy();
  return answer;
}

/** The store still answers, on a new connection and on the driver's. */
async function stillThere(): Promise<void> {
  expect(await ask(message({ ping: 1, $db: 'admin' }))).toMatchObject({ ok: 1 });
  expect(await store.collection('alive').countDocuments()).toBe(0);
}

describe('the handshake (MongoDB specifications, "mongodb-handshake")', () => {
  test('begins as OP_QUERY and names a replica set with sessions and without topologyVersion', async () => {
    const name = Buffer.from('\0\0\0\0admin.$cmd\0\0\0\0\0\xff\xff\xff\xff', 'latin1');
    const hello = await ask(
      frame(OP_QUERY, Buffer.concat([name, Buffer.from(BSON.serialize({ ismaster: 1, helloOk: true }))])),
    );
    expect(hello).toMatchObject({
      ok: 1,
      ismaster: true,
      helloOk: true,
      setName: 'embedded',
      logicalSessionTimeoutMinutes: 30,
      maxBsonObjectSize: 16777216,
    });
    expect(hello).not.toHaveProperty('topologyVersion');
  });
});

describe('OP_MSG (manual, "Wire Protocol")', () => {
  test('a document sequence carries the documents of an insert', async () => {
    const documents = [{ _id: 1 }, { _id: 2 }].map((document) => Buffer.from(BSON.serialize(document)));
    const sequence = Buffer.concat([Buffer.alloc(4), Buffer.from('documents\0'), ...documents]);
    sequence.writeInt32LE(sequence.length, 0);
    const bytes = frame(
      OP_MSG,
      Buffer.concat([Buffer.alloc(4), body({ insert: 'sequence', $db: 'test' }), Buffer.from([1]), sequence]),
    );
    expect(await ask(bytes)).toMatchObject({ ok: 1, n: 2 });
    expect(await store.collection('sequence').countDocuments()).toBe(2);
  });

  test('moreToCome gets no reply and is done all the same', async () => {
    const socket = await dial();
    socket.write(message({ insert: 'unanswered', documents: [{ _id: 1 }], $db: 'test' }, 2));
    socket.write(message({ find: 'unanswered', $db: 'test' }));
    const found = await reply(socket);
    socket.destroy();
    expect(found?.['cursor']?.firstBatch).toEqual([{ _id: 1 }]);
  });

  test('many frames in one packet, and one frame in many packets', async () => {
    const socket = await dial();
    const one = message({ ping: 1, $db: 'admin' });
    for (const byte of one) socket.write(Buffer.from([byte]));
    expect(await reply(socket)).toMatchObject({ ok: 1 });
    socket.destroy();
    const again = await dial();
    again.write(
      Buffer.concat([
        message({ insert: 'packed', documents: [{ _id: 1 }], $db: 'test' }, 2),
        message({ count: 'packed', $db: 'test' }),
      ]),
    );
    expect(await reply(again)).toMatchObject({ ok: 1, n: 1 });
    again.destroy();
  });

  test('a retried write gets its first answer and is not done twice (manual, "Retryable Writes")', async () => {
    const lsid = { id: new UUID() };
    const increment = (txnNumber: bigint) =>
      ask(
        message({
          update: 'retried',
          updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } }, upsert: true }],
          lsid,
          txnNumber,
          $db: 'test',
        }),
      );
    expect(await increment(5n)).toMatchObject({ ok: 1, n: 1, upserted: [{ index: 0, _id: 1 }] });
    expect(await increment(5n)).toMatchObject({ ok: 1, n: 1, upserted: [{ index: 0, _id: 1 }] });
    expect(await increment(6n)).toMatchObject({ ok: 1, n: 1, nModified: 1 });
    expect(await increment(5n)).toMatchObject({ ok: 0, code: 225 });
    expect(await store.collection('retried').findOne({})).toEqual({ _id: 1, n: 2 });
  });

  test('a transaction that was never begun is refused with 251, and what cannot join one with 263', async () => {
    const session = { lsid: { id: new UUID() }, txnNumber: 1n, autocommit: false, $db: 'test' };
    expect(await ask(message({ find: 'a', ...session }))).toMatchObject({
      ok: 0,
      code: 251,
      errorLabels: ['TransientTransactionError'],
    });
    expect(await ask(message({ count: 'a', ...session, startTransaction: true }))).toMatchObject({ ok: 0, code: 263 });
    expect(await ask(message({ find: 'a', ...session, startTransaction: true }))).toMatchObject({ ok: 1 });
    expect(await ask(message({ find: 'a', ...session, startTransaction: true }))).toMatchObject({ ok: 0, code: 117 });
    expect(await ask(message({ commitTransaction: 1, ...session, $db: 'admin' }))).toMatchObject({ ok: 1 });
    expect(await ask(message({ commitTransaction: 1, ...session, $db: 'admin' }))).toMatchObject({ ok: 1 });
    expect(await ask(message({ abortTransaction: 1, ...session, $db: 'admin' }))).toMatchObject({ ok: 0, code: 256 });
  });
});

describe('hostile frames', () => {
  const flags = Buffer.alloc(4);
  const nested = (depth: number): Buffer => {
    let document = Buffer.from(BSON.serialize({}));
    for (let i = 0; i < depth; i++) {
      const outer = Buffer.concat([Buffer.alloc(4), Buffer.from('\x03a\0'), document, Buffer.from([0])]);
      outer.writeInt32LE(outer.length, 0);
      document = outer;
    }
    return document;
  };
  const wrongLength = (bytes: Buffer, length: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeInt32LE(length, 0);
    return copy;
  };
  const ping = Buffer.from(BSON.serialize({ ping: 1, $db: 'admin' }));
  const section = (length: number, rest: string): Buffer => {
    const head = Buffer.alloc(5);
    head[0] = 1;
    head.writeInt32LE(length, 1);
    return Buffer.concat([head, Buffer.from(rest, 'latin1')]);
  };

  test.each<[string, Buffer]>([
    ['a negative length', frame(OP_MSG, flags, -5)],
    ['a length of two gigabytes', frame(OP_MSG, flags, 0x7fffffff)],
    ['a length below the header', frame(OP_MSG, flags, 8)],
    ['an unknown operation', frame(9999, ping)],
    ['compressed', frame(2012, ping)],
    [
      'an OP_QUERY that is no command',
      frame(OP_QUERY, Buffer.concat([Buffer.from('\0\0\0\0test.things\0\0\0\0\0\0\0\0\0', 'latin1'), ping])),
    ],
    ['an OP_QUERY without an end of its name', frame(OP_QUERY, Buffer.alloc(40, 0x41))],
    ['no section', frame(OP_MSG, flags)],
    ['an unknown section', frame(OP_MSG, Buffer.concat([flags, Buffer.from([9]), ping]))],
    ['an unknown required flag', message({ ping: 1, $db: 'admin' }, 1 << 5)],
    ['two bodies', frame(OP_MSG, Buffer.concat([flags, body({ ping: 1 }), body({ ping: 1 })]))],
    ['a body that says it is longer', frame(OP_MSG, Buffer.concat([flags, Buffer.from([0]), wrongLength(ping, 5000)]))],
    ['a body of negative length', frame(OP_MSG, Buffer.concat([flags, Buffer.from([0]), wrongLength(ping, -1)]))],
    [
      'a sequence that is longer than the frame',
      frame(OP_MSG, Buffer.concat([flags, body({ insert: 'a', $db: 'test' }), section(5000, 'documents\0')])),
    ],
    [
      'a sequence without an end of its name',
      frame(OP_MSG, Buffer.concat([flags, body({ insert: 'a', $db: 'test' }), section(12, 'documents')])),
    ],
    [
      'a sequence of negative length',
      frame(OP_MSG, Buffer.concat([flags, body({ insert: 'a', $db: 'test' }), section(-4, 'documents\0')])),
    ],
    [
      'a sequence of a document without length',
      frame(OP_MSG, Buffer.concat([flags, body({ insert: 'a', $db: 'test' }), section(18, 'documents\0\0\0\0\0')])),
    ],
    ['noise', Buffer.concat(Array.from({ length: 20 }, (_, i) => createHash('sha256').update(`noise ${i}`).digest()))],
  ])('%s ends the connection and nothing else', async (_, bytes) => {
    expect(await ask(bytes)).toBeUndefined();
    await stillThere();
  });

  test.each<[string, Buffer, number]>([
    ['BSON nested too deeply', frame(OP_MSG, Buffer.concat([flags, Buffer.from([0]), nested(250)])), 15],
    ['BSON nested twenty thousand deep', frame(OP_MSG, Buffer.concat([flags, Buffer.from([0]), nested(20_000)])), 15],
    [
      'a body cut inside',
      frame(
        OP_MSG,
        Buffer.concat([
          flags,
          Buffer.from([0]),
          wrongLength(Buffer.concat([ping.subarray(0, 10), Buffer.from([0])]), 11),
        ]),
      ),
      22,
    ],
    ['a command without a name', message({}), 59],
    ['a command named like an object method', message({ constructor: 1, $db: 'test' }), 59],
    ['a collection name that is a number', message({ find: 5, $db: 'test', filter: 'x' }), 14],
    ['an insert of text', message({ insert: 'a', documents: ['x'], $db: 'test' }), 14],
    ['an insert without documents', message({ insert: 'a', documents: [], $db: 'test' }), 16],
    ['an insert into a wrong name', message({ insert: 'a$b', documents: [{}], $db: 'test' }), 73],
    ['an insert without a database', message({ insert: 'a', documents: [{}] }), 73],
    [
      'a transaction without a session',
      message({ find: 'a', $db: 'test', autocommit: false, startTransaction: true }),
      72,
    ],
  ])('%s is answered with an error', async (_, bytes, code) => {
    const answer = await ask(bytes);
    expect(answer?.['code'] ?? answer?.['writeErrors']?.[0]?.code).toBe(code);
    await stillThere();
  });

  test('a frame that never ends keeps nobody waiting', async () => {
    const socket = await dial();
    socket.write(message({ ping: 1, $db: 'admin' }).subarray(0, 20));
    await stillThere();
    socket.destroy();
  });

  test('two thousand mutated commands end no connection but their own', async () => {
    const commands = [
      { insert: 'fuzz', documents: [{ _id: 1, a: [1, { b: 2 }] }], $db: 'fuzz' },
      {
        update: 'fuzz',
        updates: [{ q: { _id: 1 }, u: { $set: { 'a.$[e].b': 3 } }, arrayFilters: [{ 'e.b': 2 }] }],
        $db: 'fuzz',
      },
      {
        find: 'fuzz',
        filter: { a: { $elemMatch: { b: { $gt: 1 } } } },
        sort: { a: 1 },
        projection: { a: 1 },
        $db: 'fuzz',
      },
      {
        aggregate: 'fuzz',
        pipeline: [{ $match: { a: 1 } }, { $group: { _id: '$a', n: { $sum: 1 } } }],
        cursor: {},
        $db: 'fuzz',
      },
      { createIndexes: 'fuzz', indexes: [{ key: { a: 1 }, name: 'a_1' }], $db: 'fuzz' },
    ].map((command) => message(command));
    let socket = await dial();
    for (let i = 0; i < 2000; i++) {
      const digest = createHash('sha256').update(`fuzz ${i}`).digest();
      const bytes = Buffer.from(commands[i % commands.length] as Buffer);
      for (let k = 0; k < 1 + ((digest[0] as number) % 4); k++)
        bytes[20 + (digest.readUInt16LE(1 + k * 3) % (bytes.length - 20))] = digest[3 + k * 3] as number;
      if (socket.destroyed || !socket.writable) {
        socket = await dial();
      }
      socket.on('error', () => undefined);
      socket.resume();
      socket.write(bytes);
      if (i % 100 === 99) await stillThere();
    }
    socket.destroy();
    await stillThere();
  });
});
