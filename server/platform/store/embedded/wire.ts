import { createServer, type Server, type Socket } from 'node:net';
import { MAX_MESSAGE_BYTES } from './commands/server-commands.ts';
import type { Engine } from './commands/command.ts';
import { dispatch, type Message } from './dispatch.ts';

/** MongoDB's wire protocol (manual, "MongoDB Wire Protocol"): OP_MSG, and OP_QUERY for the first handshake. */
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
const MORE_TO_COME = 2;
const CHECKSUM_PRESENT = 1;
/** The lower 16 flag bits are required: an unknown one set means that the message cannot be understood. */
const KNOWN_REQUIRED_FLAGS = CHECKSUM_PRESENT | MORE_TO_COME;

/** A frame that breaks the protocol; its connection is closed, as the server does. */
class ProtocolError extends Error {}

function documentAt(bytes: Buffer, at: number, end: number): Buffer {
  if (at + 5 > end) throw new ProtocolError('document ends early');
  const length = bytes.readInt32LE(at);
  if (length < 5 || at + length > end) throw new ProtocolError('wrong document length');
  return bytes.subarray(at, at + length);
}

interface Parsed extends Omit<Message, 'connectionId'> {
  readonly reply: 'message' | 'legacy' | 'none';
}

function parseMessage(frame: Buffer): Parsed {
  if (frame.length < HEADER_BYTES + 4 + 1 + 5) throw new ProtocolError('message ends early');
  const flags = frame.readUInt32LE(HEADER_BYTES);
  if (flags & 0xffff & ~KNOWN_REQUIRED_FLAGS) throw new ProtocolError('unknown required flag');
  const end = frame.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  const sequences = new Map<string, Buffer[]>();
  let body: Buffer | undefined;
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const kind = frame[at++];
    if (kind === 0) {
      if (body) throw new ProtocolError('two bodies');
      body = documentAt(frame, at, end);
      at += body.length;
    } else if (kind === 1) {
      if (at + 4 > end) throw new ProtocolError('section ends early');
      const sectionEnd = at + frame.readInt32LE(at);
      const nameEnd = frame.indexOf(0, at + 4);
      if (sectionEnd > end || nameEnd < 0 || nameEnd >= sectionEnd) throw new ProtocolError('wrong section length');
      const name = frame.toString('utf8', at + 4, nameEnd);
      if (sequences.has(name)) throw new ProtocolError('two sequences of one name');
      const documents: Buffer[] = [];
      for (at = nameEnd + 1; at < sectionEnd; at += (documents.at(-1) as Buffer).length)
        documents.push(documentAt(frame, at, sectionEnd));
      sequences.set(name, documents);
    } else throw new ProtocolError(`unknown section kind ${kind}`);
  }
  if (!body) throw new ProtocolError('no body');
  return { body, sequences, reply: flags & MORE_TO_COME ? 'none' : 'message' };
}

/** Only the handshake still comes as OP_QUERY, on `<database>.$cmd`. */
function parseQuery(frame: Buffer): Parsed {
  const nameEnd = frame.indexOf(0, HEADER_BYTES + 4);
  if (nameEnd < 0 || nameEnd + 9 > frame.length) throw new ProtocolError('query ends early');
  const name = frame.toString('utf8', HEADER_BYTES + 4, nameEnd);
  if (!name.endsWith('.$cmd')) throw new ProtocolError('OP_QUERY is only for the handshake');
  return {
    body: documentAt(frame, nameEnd + 9, frame.length),
    sequences: new Map(),
    database: name.slice(0, -5),
    reply: 'legacy',
  };
}

function parse(frame: Buffer): Parsed {
  const operation = frame.readInt32LE(12);
  if (operation === OP_MSG) return parseMessage(frame);
  if (operation === OP_QUERY) return parseQuery(frame);
  throw new ProtocolError(`unknown operation ${operation}`);
}

let lastReplyId = 0;

function frameReply(requestId: number, document: Buffer, legacy: boolean): Buffer {
  // Legacy: flags, cursor id, start and number returned; otherwise flags and section kind 0.
  const extra = Buffer.alloc(legacy ? 20 : 5);
  if (legacy) extra.writeInt32LE(1, 16);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + extra.length + document.length, 0);
  header.writeInt32LE((lastReplyId = (lastReplyId + 1) & 0x7fffffff), 4);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(legacy ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, extra, document]);
}

/** Collects a stream of bytes into frames, without copying what has come more than once. */
class Frames {
  private chunks: Buffer[] = [];
  private length = 0;

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  next(): Buffer | undefined {
    if (this.length < HEADER_BYTES) return undefined;
    let first = this.chunks[0] as Buffer;
    if (first.length < 4) first = this.join();
    const size = first.readInt32LE(0);
    if (size < HEADER_BYTES || size > MAX_MESSAGE_BYTES) throw new ProtocolError(`frame of ${size} bytes`);
    if (this.length < size) return undefined;
    const all = this.join();
    this.length -= size;
    this.chunks = this.length > 0 ? [all.subarray(size)] : [];
    return all.subarray(0, size);
  }

  private join(): Buffer {
    const all = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}

/** Frames of one connection are answered in order; each connection waits only for its own. */
function serve(engine: Engine, socket: Socket, connectionId: number): void {
  const frames = new Frames();
  let waiting: Promise<void> = Promise.resolve();
  const answer = async (frame: Buffer): Promise<void> => {
    const { reply, ...message } = parse(frame);
    const document = await dispatch(engine, { ...message, connectionId });
    if (reply !== 'none' && !socket.destroyed)
      socket.write(frameReply(frame.readInt32LE(4), document, reply === 'legacy'));
  };
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    try {
      frames.push(chunk);
      for (let frame = frames.next(); frame; frame = frames.next()) {
        const whole = frame;
        waiting = waiting.then(() => answer(whole)).catch(() => void socket.destroy());
      }
    } catch {
      socket.destroy();
    }
  });
}

export interface Listener {
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/** Listens on a Unix socket. Rejects when the path cannot be used. */
export async function listen(engine: Engine, socketPath: string): Promise<Listener> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(engine, socket, ++connections);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
