import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { readBytes, writeBytes } from '../../imaging/packing/file-bytes.ts';
import { packInstance } from '../../imaging/packing/pack-instance.ts';
import { openPictureCoder } from '../../imaging/packing/picture-coder.ts';
import type { ThreadJob } from '../../platform/threads/thread-pool.ts';
import { encodeEntryHeader, encodeSeal, type EntryFile } from '../spool/entry-file.ts';

export interface PackEntry {
  path: string;
  entry: EntryFile;
  /** A file that is not there yet; it becomes a sealed one like those of the spool, with the packed bytes in it. */
  target: string;
}

export interface PackedEntry {
  /** Null where packing it is not worth while. */
  file: EntryFile | null;
  /** Of the packing alone; starting a thread and its codec takes longer than a picture. */
  tookMs: number;
}

/** Runs in a worker thread, so that modalities are answered meanwhile. */
export async function packEntry({ path, entry, target }: PackEntry): Promise<PackedEntry> {
  const coder = await openPictureCoder();
  const began = performance.now();
  const source = openSync(path, 'r');
  let output: number | null = null;
  try {
    output = openSync(target, 'wx', 0o600);
    const writing = output;
    const header = encodeEntryHeader(entry.header);
    writeBytes(writing, header);
    const hash = createHash('sha256');
    const file = {
      byteLength: entry.byteLength,
      sha256: Buffer.from(entry.sha256, 'hex'),
      read: (at: number, length: number) => readBytes(source, entry.offset + at, length),
    };
    const byteLength = packInstance(file, coder, (bytes) => {
      hash.update(bytes);
      writeBytes(writing, bytes);
    });
    if (byteLength === null) return { file: null, tookMs: performance.now() - began };
    const sha256 = hash.digest();
    writeBytes(writing, encodeSeal(sha256, byteLength));
    fsyncSync(output);
    const packed = { header: entry.header, sha256: sha256.toString('hex'), byteLength, offset: header.length };
    return { file: packed, tookMs: performance.now() - began };
  } finally {
    closeSync(source);
    if (output !== null) closeSync(output);
  }
}

export const packEntryJob: ThreadJob<PackEntry, PackedEntry> = {
  moduleUrl: import.meta.url,
  exportName: 'packEntry',
  // Half a gigabyte on a small PC.
  timeoutMs: 180_000,
};
