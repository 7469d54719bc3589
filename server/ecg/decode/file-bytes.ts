import { fstatSync, openSync, closeSync, readSync } from 'node:fs';

// Named once: looking it up at each sample costs much where globals are slow (Jest's contexts).
const { floor, max, min } = Math;

/** The bytes of a file by place, whether they are held in memory or lie on the disk. Numbers are little endian. */
export interface FileBytes {
  readonly length: number;
  /** What lies between two places, cut at the file's end. */
  slice(from: number, to: number): Uint8Array;
  int16(at: number): number;
  uint16(at: number): number;
  int8(at: number): number;
}

export function bytesInMemory(bytes: Uint8Array): FileBytes {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    length: bytes.length,
    slice: (from, to) => bytes.subarray(from, to),
    int16: (at) => view.getInt16(at, true),
    uint16: (at) => view.getUint16(at, true),
    int8: (at) => view.getInt8(at),
  };
}

const blockBytes = 256 * 1024;
/** Blocks that are held: two megabytes, more than any span that is read lead by lead. */
const heldBlocks = 8;
const nothing = new DataView(new ArrayBuffer(0));

/**
 * The bytes of an open file, read where they are asked for; a page of a day touches some hundred kilobytes of it.
 * Numbers come from a few held blocks, so that leads that lie interleaved may be read one after the other.
 */
function bytesOfDescriptor(descriptor: number): FileBytes {
  const length = fstatSync(descriptor).size;
  const numbers = new Int32Array(heldBlocks).fill(-1);
  const blocks = new Array<DataView>(heldBlocks).fill(nothing);
  const slice = (from: number, to: number): Uint8Array => {
    const start = max(0, from);
    const bytes = new Uint8Array(max(0, min(length, to) - start));
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  };
  const blockAt = (at: number): DataView => {
    const number = floor(at / blockBytes);
    const place = number % heldBlocks;
    if (numbers[place] !== number) {
      const bytes = slice(number * blockBytes, (number + 1) * blockBytes);
      blocks[place] = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      numbers[place] = number;
    }
    return blocks[place]!;
  };
  // The block of the last number: the next one mostly lies beside it.
  let current: DataView = nothing;
  let begin = 0;
  let end = 0;
  const enter = (at: number) => {
    current = blockAt(at);
    begin = at - (at % blockBytes);
    end = begin + current.byteLength;
  };
  const byte = (at: number): number => {
    if (at < begin || at >= end) enter(at);
    return current.getUint8(at - begin);
  };
  const int16 = (at: number): number => {
    if (at < begin || at + 1 >= end) {
      // A number may lie across two blocks.
      if ((at + 1) % blockBytes === 0) return ((byte(at) | (byte(at + 1) << 8)) << 16) >> 16;
      enter(at);
    }
    return current.getInt16(at - begin, true);
  };
  return {
    length,
    slice,
    int16,
    uint16: (at) => int16(at) & 0xffff,
    int8: (at) => (byte(at) << 24) >> 24,
  };
}

/** Gives a file's bytes to `read` while it is open. Synchronous: for worker threads. */
export function withFileBytes<Result>(path: string, read: (file: FileBytes) => Result): Result {
  const descriptor = openSync(path, 'r');
  try {
    return read(bytesOfDescriptor(descriptor));
  } finally {
    closeSync(descriptor);
  }
}
