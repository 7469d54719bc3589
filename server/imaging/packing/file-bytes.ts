import { readSync, writeSync } from 'node:fs';

// For worker threads, which nobody waits for: plain blocking reads and writes, all of it or an error.

/** Exactly so many bytes from there. */
export function readBytes(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;) {
    const read = readSync(file, bytes, at, length - at, from + at);
    if (read === 0) throw new Error('the file is shorter than it was');
    at += read;
  }
  return bytes;
}

/** Behind what was written before. */
export function writeBytes(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
