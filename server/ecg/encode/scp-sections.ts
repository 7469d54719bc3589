import { crcCcitt } from '../decode/crc-ccitt.ts';

/** One section's number and content, without header and padding. */
export interface ScpSectionContent {
  id: number;
  content: Uint8Array;
}

/** Writes numbers one after another, little endian. */
export class ByteWriter {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  u8(...values: number[]): this {
    for (const value of values) this.#bytes.push(value & 0xff);
    return this;
  }

  u16(...values: number[]): this {
    for (const value of values) this.u8(value, value >> 8);
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) this.u16(value, value >>> 16);
    return this;
  }

  raw(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Bits of a stream, the first in the high bit of the first byte (EN 1064 annex C). */
export class BitWriter {
  readonly #bytes: number[] = [];
  #used = 8;

  bit(value: number): void {
    if (this.#used === 8) {
      this.#bytes.push(0);
      this.#used = 0;
    }
    const last = this.#bytes.length - 1;
    this.#bytes[last] = (this.#bytes[last] ?? 0) | ((value & 1) << (7 - this.#used));
    this.#used++;
  }

  /** The lowest `count` bits of a two's complement number, high bit first. */
  bits(value: number, count: number): void {
    for (let shift = count - 1; shift >= 0; shift--) this.bit((value >> shift) & 1);
  }

  /** The whole bytes, an even number of them (sections and leads keep to 16-bit words). */
  done(): Uint8Array {
    const even = this.#bytes.length % 2 === 0 ? this.#bytes : [...this.#bytes, 0];
    return Uint8Array.from(even);
  }
}

/** Codes 16-bit numbers with the default table (EN 1064 table C.1). @throws RangeError beyond 16 bits. */
export function defaultHuffmanBytes(values: readonly number[]): Uint8Array {
  const bits = new BitWriter();
  for (const value of values) {
    const size = Math.abs(value);
    if (size <= 8) {
      for (let i = 0; i < size; i++) bits.bit(1);
      bits.bit(0);
      if (size > 0) bits.bit(value < 0 ? 1 : 0);
    } else if (value >= -128 && value <= 127) {
      bits.bits(0x3fe, 10);
      bits.bits(value, 8);
    } else if (value >= -32768 && value <= 32767) {
      bits.bits(0x3ff, 10);
      bits.bits(value, 16);
    } else throw new RangeError(`${value} does not fit into 16 bits`);
  }
  return bits.done();
}

/** Second differences (EN 1064 5.8.5), wrapped into 16 bits as the reader unwraps them. */
export function secondDifferences(values: readonly number[]): number[] {
  return values.map((value, i) =>
    i < 2 ? value : ((value - 2 * (values[i - 1] ?? 0) + (values[i - 2] ?? 0)) << 16) >> 16,
  );
}

const protocolVersion = 20;

function withHeader(section: ScpSectionContent): Uint8Array {
  const padded = section.content.length % 2 === 0 ? section.content.length : section.content.length + 1;
  const bytes = new Uint8Array(16 + padded);
  const view = new DataView(bytes.buffer);
  view.setUint16(2, section.id, true);
  view.setUint32(4, bytes.length, true);
  bytes[8] = protocolVersion;
  bytes[9] = protocolVersion;
  if (section.id === 0) bytes.set(new TextEncoder().encode('SCPECG'), 10);
  bytes.set(section.content, 16);
  view.setUint16(0, crcCcitt(bytes.subarray(2)), true);
  return bytes;
}

/** Puts sections behind a pointer section and the record header (EN 1064 5.2, 5.3), with all checksums. */
export function scpRecord(sections: readonly ScpSectionContent[]): Uint8Array {
  const bodies = new Map(sections.map((section) => [section.id, withHeader(section)]));
  const pointerLength = 16 + 12 * 10;
  const pointers = new ByteWriter().u16(0).u32(pointerLength).u32(7);
  let at = 7 + pointerLength;
  for (let id = 1; id <= 11; id++) {
    const length = bodies.get(id)?.length ?? 0;
    pointers
      .u16(id)
      .u32(length)
      .u32(length === 0 ? 0 : at);
    at += length;
  }
  const record = new Uint8Array(at - 1);
  record.set(withHeader({ id: 0, content: pointers.done() }), 6);
  let offset = 6 + pointerLength;
  for (let id = 1; id <= 11; id++) {
    const body = bodies.get(id);
    if (!body) continue;
    record.set(body, offset);
    offset += body.length;
  }
  const view = new DataView(record.buffer);
  view.setUint32(2, record.length, true);
  view.setUint16(0, crcCcitt(record.subarray(2)), true);
  return record;
}
