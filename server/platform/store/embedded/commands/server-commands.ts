import { getOwn, isDocument, type Document } from '../bson-values.ts';
import { MAX_DOCUMENT_BYTES } from '../bson-values.ts';
import { StoreError } from '../errors.ts';
import { find } from '../records.ts';
import { compileFilter } from '../query.ts';
import { SESSION_TIMEOUT_MINUTES } from '../sessions.ts';
import { reading, type Engine, type Handler, type Request } from './command.ts';

/** What the store claims to be: the wire version and behaviour of this server release. */
const SERVER_VERSION = '7.0.0';
const MAX_WIRE_VERSION = 21;

/**
 * The handshake. `setName` makes the driver allow transactions, `logicalSessionTimeoutMinutes` sessions; there is no
 * `topologyVersion`, so the driver polls instead of waiting on a stream that would never say anything.
 */
export const helloCommand: Handler = ({ address }, { connectionId }) => ({
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  setName: 'embedded',
  setVersion: 1,
  secondary: false,
  hosts: [address],
  primary: address,
  me: address,
  maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  maxMessageSizeBytes: MAX_MESSAGE_BYTES,
  maxWriteBatchSize: 100_000,
  localTime: new Date(),
  logicalSessionTimeoutMinutes: SESSION_TIMEOUT_MINUTES,
  connectionId,
  minWireVersion: 0,
  maxWireVersion: MAX_WIRE_VERSION,
  readOnly: false,
});

export const MAX_MESSAGE_BYTES = 48_000_000;

export const pingCommand: Handler = () => ({});

export const buildInfoCommand: Handler = () => ({
  version: SERVER_VERSION,
  versionArray: [7, 0, 0, 0],
  gitVersion: 'embedded',
  modules: [],
  bits: 64,
  maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  storageEngines: ['lmdb'],
});

export const connectionStatusCommand: Handler = () => ({
  authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] },
});

/** The text form of a session id, `{ id: UUID }`; undefined without one. */
export function sessionIdOf(lsid: unknown): string | undefined {
  if (!isDocument(lsid)) return undefined;
  const id = getOwn(lsid, 'id');
  return id === undefined || id === null ? undefined : String(id);
}

function numberOf({ command, sessionId }: Request): { id: string; number: bigint } {
  const number = command['txnNumber'];
  if (sessionId === undefined || number === undefined)
    throw new StoreError(72, 'InvalidOptions', 'The command needs lsid and txnNumber');
  return { id: sessionId, number: BigInt(String(number)) };
}

export const commitTransactionCommand: Handler = async (engine, request) => {
  const { id, number } = numberOf(request);
  await engine.sessions.commit(id, number);
  return {};
};

export const abortTransactionCommand: Handler = (engine, request) => {
  const { id, number } = numberOf(request);
  engine.sessions.abort(id, number);
  return {};
};

function forget(engine: Engine, list: unknown): Document {
  for (const lsid of Array.isArray(list) ? (list as unknown[]) : []) {
    const id = sessionIdOf(lsid);
    if (id === undefined) continue;
    engine.sessions.forget(id);
    engine.cursors.killOwned(id);
  }
  return {};
}

export const endSessionsCommand: Handler = (engine, { command }) => forget(engine, command['endSessions']);
export const killSessionsCommand: Handler = (engine, { command }) => forget(engine, command['killSessions']);

export const collStatsCommand: Handler = (engine, request) =>
  reading(engine, request, (view) => {
    let count = 0;
    let size = 0;
    for (const found of find(view, request.ns, { filter: compileFilter({}) })) {
      if (!found) continue;
      count++;
      size += found.bytes.length;
    }
    return { ns: request.ns, count, size, nindexes: view.collection(request.ns)?.indexes.length ?? 0 };
  });
