import { crc32, deflateSync } from 'node:zlib';
import { startCodec } from './node-codecs.ts';

/** Eight-bit samples row by row: one grey, or red, green and blue. */
export interface Picture {
  columns: number;
  rows: number;
  channels: 1 | 3;
  samples: Uint8Array;
}

interface JpegEncoder {
  getDecodedBuffer(frame: {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
  }): Uint8Array;
  setProgressive(progressive: boolean): void;
  setQuality(quality: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}

const libJpeg = startCodec<{ JPEGEncoder: new () => JpegEncoder }>('@cornerstonejs/codec-libjpeg-turbo-8bit/wasm');

/** @param quality 1 to 100 */
export async function encodeJpeg({ columns, rows, channels, samples }: Picture, quality: number): Promise<Uint8Array> {
  const { JPEGEncoder } = await libJpeg();
  const encoder = new JPEGEncoder();
  try {
    const frame = { width: columns, height: rows, bitsPerSample: 8, componentCount: channels, isSigned: false };
    encoder.getDecodedBuffer(frame).set(samples);
    encoder.setProgressive(false);
    encoder.setQuality(quality);
    encoder.encode();
    return Uint8Array.from(encoder.getEncodedBuffer());
  } finally {
    encoder.delete();
  }
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Filter type 2, Up (PNG, 9.2): neighbouring rows of a radiograph hardly differ. */
const UP = 2;

/** PNG (ISO/IEC 15948) of eight bits, without loss. */
export function encodePng({ columns, rows, channels, samples }: Picture): Uint8Array {
  const stride = columns * channels;
  const filtered = new Uint8Array((stride + 1) * rows);
  for (let row = 0; row < rows; row += 1) {
    const to = row * (stride + 1);
    filtered[to] = UP;
    for (let at = 0; at < stride; at += 1) {
      const above = row === 0 ? 0 : samples[(row - 1) * stride + at]!;
      filtered[to + 1 + at] = samples[row * stride + at]! - above;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(columns, 0);
  header.writeUInt32BE(rows, 4);
  header[8] = 8;
  header[9] = channels === 1 ? 0 : 2;
  const whole = Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filtered, { level: 4 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return Uint8Array.from(whole);
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(body.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
