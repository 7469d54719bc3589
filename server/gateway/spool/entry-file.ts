import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/**
 * One waiting file: magic, length of the header, header (JSON), the file's own bytes, and a seal with their SHA-256,
 * their number and a magic of its own. A file that a power cut has torn has no seal where its length says.
 */
export interface EntryHeader {
  kind: 'ecg' | 'dicom';
  /** As the modality or the folder names it; for people only. */
  name: string;
  source: string;
  /** Of what came by C-STORE. */
  instance?: { sopClassUid: string; sopInstanceUid: string };
  receivedAt: string;
}

export interface EntryFile {
  header: EntryHeader;
  sha256: string;
  byteLength: number;
  /** Where the file's own bytes begin. */
  offset: number;
}

const MAGIC = Buffer.from('LZSPOOL1');
const SEAL_MAGIC = Buffer.from('LZSEALED');
const SEAL_BYTES = 48;
const LONGEST_HEADER = 16 * 1024;

export function encodeEntryHeader(header: EntryHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([MAGIC, length, json]);
}

export function encodeSeal(sha256: Buffer, byteLength: number): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(byteLength));
  return Buffer.concat([sha256, length, SEAL_MAGIC]);
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer | null> {
  const buffer = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await handle.read(buffer, at, length - at, position + at);
    if (bytesRead === 0) return null;
    at += bytesRead;
  }
  return buffer;
}

/** Null where the file is torn or none of ours. */
export async function readEntryFile(path: string): Promise<EntryFile | null> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const head = await readExactly(handle, 0, MAGIC.length + 4);
    if (head === null || !head.subarray(0, MAGIC.length).equals(MAGIC)) return null;
    const headerLength = head.readUInt32LE(MAGIC.length);
    const offset = head.length + headerLength;
    if (headerLength > LONGEST_HEADER || size < offset + SEAL_BYTES) return null;
    const json = await readExactly(handle, head.length, headerLength);
    const seal = await readExactly(handle, size - SEAL_BYTES, SEAL_BYTES);
    if (json === null || seal === null || !seal.subarray(40).equals(SEAL_MAGIC)) return null;
    const byteLength = Number(seal.readBigUInt64LE(32));
    if (byteLength !== size - offset - SEAL_BYTES) return null;
    const header = JSON.parse(json.toString('utf8')) as EntryHeader;
    return { header, sha256: seal.subarray(0, 32).toString('hex'), byteLength, offset };
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  } finally {
    await handle.close();
  }
}

/** Whether the bytes are those that were sealed. */
export async function isSound(path: string, { offset, byteLength, sha256 }: EntryFile): Promise<boolean> {
  const hash = createHash('sha256');
  const handle = await open(path, 'r');
  try {
    for (let at = 0; at < byteLength;) {
      const piece = await readExactly(handle, offset + at, Math.min(1024 * 1024, byteLength - at));
      if (piece === null) return false;
      hash.update(piece);
      at += piece.length;
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex') === sha256;
}

export async function readPiece(path: string, entry: EntryFile, at: number, length: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const piece = await readExactly(handle, entry.offset + at, Math.min(length, entry.byteLength - at));
    if (piece === null) throw new Error('the spooled file ends before its seal');
    return piece;
  } finally {
    await handle.close();
  }
}
