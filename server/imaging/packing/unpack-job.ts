import { closeSync, fstatSync, fsyncSync, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ThreadJob } from '../../platform/threads/thread-pool.ts';
import { nodeCodecs } from '../node-codecs.ts';
import { readBytes, writeBytes } from './file-bytes.ts';
import { unpackInstance } from './unpack-instance.ts';

export interface UnpackFile {
  path: string;
  /** A file that is not there yet; after a failure what stands in it is of no use. */
  target: string;
  mostBytes: number;
}

/** So that a large file does not take from the store the room for its next commit. */
const ROOM_LEFT_BYTES = 64 * 1024 * 1024;

/** Runs in a worker thread: the bytes are a stranger's. Throws PackedDamaged, or what the disk says. */
export async function unpackFile({
  path,
  target,
  mostBytes,
}: UnpackFile): Promise<{ sha256: string; byteLength: number }> {
  const { JpegLSDecoder } = await nodeCodecs.charLs();
  const source = openSync(path, 'r');
  let output: number | null = null;
  try {
    output = openSync(target, 'wx', 0o600);
    const written = output;
    const file = {
      byteLength: fstatSync(source).size,
      read: (at: number, length: number) => readBytes(source, at, length),
    };
    const unpacked = unpackInstance(file, () => new JpegLSDecoder(), {
      mostBytes,
      begin(byteLength) {
        const { bavail, bsize } = statfsSync(dirname(target));
        if (bavail * bsize < byteLength + ROOM_LEFT_BYTES)
          throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
      },
      write: (bytes) => writeBytes(written, bytes),
    });
    fsyncSync(output);
    return unpacked;
  } finally {
    closeSync(source);
    if (output !== null) closeSync(output);
  }
}

export const unpackFileJob: ThreadJob<UnpackFile, { sha256: string; byteLength: number }> = {
  moduleUrl: import.meta.url,
  exportName: 'unpackFile',
  // The largest cine takes 10 s, on a hub with much else to do twice that.
  timeoutMs: 120_000,
  leavesRoom: true,
};
