import { ImagingError } from './imaging-error.ts';

/** Entropy-coded bits of a JPEG scan (ISO/IEC 10918-1 annexes C and F): stuffing is removed, markers end the bits. */
export class JpegBits {
  readonly #bytes: Uint8Array;
  #position: number;
  #buffer = 0;
  #count = 0;
  #ended = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** Where the next marker is looked for. */
  get position(): number {
    return this.#position;
  }

  bit(): number {
    if (this.#count === 0) {
      const byte = this.#bytes[this.#position];
      if (byte === undefined || (byte === 0xff && this.#bytes[this.#position + 1] !== 0)) {
        // Encoders that are stingy with padding leave a byte out; a scan that wants more is cut off.
        if (++this.#ended > 2) throw new ImagingError('truncated', 'JPEG scan');
        this.#buffer = 0;
        this.#count = 8;
      } else {
        this.#buffer = byte;
        this.#count = 8;
        this.#position += byte === 0xff ? 2 : 1;
      }
    }
    this.#count -= 1;
    return (this.#buffer >> this.#count) & 1;
  }

  bits(length: number): number {
    let value = 0;
    for (let index = 0; index < length; index++) value = (value << 1) | this.bit();
    return value;
  }

  /** RECEIVE and EXTEND of F.2.2.1. */
  signedBits(length: number): number {
    if (length === 0) return 0;
    const value = this.bits(length);
    return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** Throws away the rest of the byte and steps over a restart marker, if one is there. */
  restart(): void {
    this.#count = 0;
    this.#ended = 0;
    const bytes = this.#bytes;
    while (this.#position + 1 < bytes.length && bytes[this.#position] === 0xff && bytes[this.#position + 1] === 0xff) {
      this.#position += 1;
    }
    const marker = bytes[this.#position + 1] ?? 0;
    if (bytes[this.#position] === 0xff && marker >= 0xd0 && marker <= 0xd7) this.#position += 2;
  }
}

export class JpegHuffmanTable {
  readonly #counts: Uint8Array;
  readonly #symbols: Uint8Array;

  /** @param counts how many codes have 1 to 16 bits. @param symbols in the order of their codes. */
  constructor(counts: Uint8Array, symbols: Uint8Array) {
    this.#counts = counts;
    this.#symbols = symbols;
  }

  read(stream: JpegBits): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 0; length < 16; length++) {
      code = (code << 1) | stream.bit();
      const count = this.#counts[length]!;
      first <<= 1;
      if (code - first < count) return this.#symbols[index + code - first]!;
      index += count;
      first += count;
    }
    throw new ImagingError('damaged', 'JPEG code');
  }
}
