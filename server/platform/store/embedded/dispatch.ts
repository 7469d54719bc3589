import { BSONError, Long, Timestamp } from 'bson';
import { MingoError } from 'mingo/util';
import { checkDepth, decodePlain, decodeTyped, encode, has, rawDocuments, type Document } from './bson-values.ts';
import * as catalog from './commands/catalog-commands.ts';
import type { Engine, Handler, Request } from './commands/command.ts';
import * as reads from './commands/read-commands.ts';
import * as server from './commands/server-commands.ts';
import * as writes from './commands/write-commands.ts';
import { StoreError, noSuchTransaction } from './errors.ts';

/** Every command there is. What is not here is refused with 59 CommandNotFound. */
const COMMANDS: Readonly<Record<string, Handler>> = {
  hello: server.helloCommand,
  ismaster: server.helloCommand,
  isMaster: server.helloCommand,
  ping: server.pingCommand,
  buildInfo: server.buildInfoCommand,
  buildinfo: server.buildInfoCommand,
  connectionStatus: server.connectionStatusCommand,
  endSessions: server.endSessionsCommand,
  killSessions: server.killSessionsCommand,
  refreshSessions: server.pingCommand,
  commitTransaction: server.commitTransactionCommand,
  abortTransaction: server.abortTransactionCommand,
  collStats: server.collStatsCommand,
  insert: writes.insertCommand,
  update: writes.updateCommand,
  delete: writes.deleteCommand,
  findAndModify: writes.findAndModifyCommand,
  findandmodify: writes.findAndModifyCommand,
  find: reads.findCommand,
  aggregate: reads.aggregateCommand,
  getMore: reads.getMoreCommand,
  killCursors: reads.killCursorsCommand,
  count: reads.countCommand,
  distinct: reads.distinctCommand,
  explain: reads.explainCommand,
  create: catalog.createCommand,
  createIndexes: catalog.createIndexesCommand,
  dropIndexes: catalog.dropIndexesCommand,
  deleteIndexes: catalog.dropIndexesCommand,
  listIndexes: catalog.listIndexesCommand,
  listCollections: catalog.listCollectionsCommand,
  listDatabases: catalog.listDatabasesCommand,
  drop: catalog.dropCommand,
  dropDatabase: catalog.dropDatabaseCommand,
  renameCollection: catalog.renameCollectionCommand,
};

/** Commands that may be part of a multi-document transaction (manual, "Transactions and Operations"). */
const IN_TRANSACTION = new Set([
  'insert',
  'update',
  'delete',
  'findAndModify',
  'findandmodify',
  'find',
  'aggregate',
  'getMore',
  'killCursors',
  'distinct',
  'create',
]);
const RETRYABLE = new Set(['insert', 'update', 'delete', 'findAndModify', 'findandmodify']);
/** How often the clock of one second is advanced, for operationTime. */
let increment = 0;

function clusterTime(): Document {
  const operationTime = new Timestamp({ t: Math.floor(Date.now() / 1000), i: (++increment % 0x7fffffff) + 1 });
  return {
    operationTime,
    $clusterTime: { clusterTime: operationTime, signature: { hash: Buffer.alloc(20), keyId: Long.ZERO } },
  };
}

function finish(reply: Document | Buffer): Buffer {
  const tail = clusterTime();
  if (!Buffer.isBuffer(reply)) return encode({ ...reply, ...('ok' in reply ? {} : { ok: 1 }), ...tail });
  const bytes = Buffer.concat([reply.subarray(0, -1), encode({ ok: 1, ...tail }).subarray(4)]);
  bytes.writeInt32LE(bytes.length, 0);
  return bytes;
}

/** Any error as MongoDB would say it; an unknown one is reported as 8 without its stack. */
function errorReply(error: unknown): Document {
  let known: StoreError;
  if (error instanceof StoreError) known = error;
  else if (error instanceof MingoError) known = new StoreError(2, 'BadValue', error.message);
  else if (error instanceof BSONError) known = new StoreError(22, 'InvalidBSON', error.message);
  else if (error instanceof RangeError && /call stack/.test(error.message))
    known = new StoreError(15, 'Overflow', 'nested too deeply');
  else known = new StoreError(8, 'UnknownError', error instanceof Error ? error.message : String(error));
  return { ok: 0, errmsg: known.message, code: known.code, codeName: known.codeName, ...known.extra };
}

/** The parts of an OP_MSG: its body, and the document sequences beside it (section kind 1). */
export interface Message {
  readonly body: Buffer;
  readonly sequences: ReadonlyMap<string, readonly Buffer[]>;
  /** Only for the legacy handshake, which names its database elsewhere. */
  readonly database?: string;
  readonly connectionId: number;
}

function parse({ body, sequences, database, connectionId }: Message): Request {
  checkDepth(body);
  const command = decodePlain(body);
  const [name = ''] = Object.keys(command);
  for (const [field, documents] of sequences) {
    if (has(command, field)) throw new StoreError(40413, 'Location40413', `BSON field '${field}' is a duplicate field`);
    documents.forEach((bytes) => checkDepth(bytes));
    if (field !== 'documents') command[field] = documents.map(decodePlain);
  }
  const databaseName = String(command['$db'] ?? database ?? '');
  const sessionId = server.sessionIdOf(command['lsid']);
  let typed: Document | undefined;
  return {
    name,
    command,
    typed: () => {
      if (!typed) {
        typed = decodeTyped(body);
        for (const [field, documents] of sequences)
          if (field !== 'documents') typed[field] = documents.map(decodeTyped);
      }
      return typed;
    },
    documents: () => sequences.get('documents') ?? rawDocuments(body, 'documents') ?? [],
    database: databaseName,
    ns: `${databaseName}.${typeof command[name] === 'string' ? command[name] : ''}`,
    sessionId,
    transaction: undefined,
    connectionId,
  };
}

function joinTransaction(engine: Engine, request: Request): Request {
  const { command, name, sessionId } = request;
  if (command['autocommit'] !== false || name === 'commitTransaction' || name === 'abortTransaction') return request;
  if (sessionId === undefined || command['txnNumber'] === undefined)
    throw new StoreError(72, 'InvalidOptions', 'A transaction needs lsid and txnNumber');
  if (name === 'count')
    throw new StoreError(
      263,
      'OperationNotSupportedInTransaction',
      "Cannot run 'count' in a multi-document transaction. Please see http://dochub.mongodb.org/core/transaction-count for a recommended alternative.",
    );
  if (!IN_TRANSACTION.has(name))
    throw new StoreError(
      263,
      'OperationNotSupportedInTransaction',
      `Cannot run '${name}' in a multi-document transaction.`,
    );
  const transaction = engine.sessions.join(
    sessionId,
    BigInt(String(command['txnNumber'])),
    command['startTransaction'] === true,
  );
  return { ...request, transaction };
}

async function execute(engine: Engine, request: Request): Promise<Document | Buffer> {
  const { name, command, sessionId } = request;
  if (!has(COMMANDS, name)) throw new StoreError(59, 'CommandNotFound', `no such command: '${name}'`);
  const handler = COMMANDS[name] as Handler;
  const joined = joinTransaction(engine, request);
  if (!joined.transaction) {
    const run = async (): Promise<Document | Buffer> => handler(engine, joined);
    if (!RETRYABLE.has(name) || sessionId === undefined || command['txnNumber'] === undefined) return run();
    return engine.sessions.once(sessionId, BigInt(String(command['txnNumber'])), run);
  }
  try {
    const reply = await handler(engine, joined);
    if (!Buffer.isBuffer(reply) && 'writeErrors' in reply) engine.sessions.abortQuietly(sessionId as string);
    return reply;
  } catch (error) {
    const expired = joined.transaction.isOver;
    engine.sessions.abortQuietly(sessionId as string);
    throw expired && !(error instanceof StoreError)
      ? noSuchTransaction('The transaction ran longer than it may and was aborted.')
      : error;
  }
}

/** Answers one command; never rejects. */
export async function dispatch(engine: Engine, message: Message): Promise<Buffer> {
  try {
    return finish(await execute(engine, parse(message)));
  } catch (error) {
    return finish(errorReply(error));
  }
}
