import { crc32, deflateSync } from 'node:zlib';
import type { EightBitPicture } from './eight-bit-picture.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Filter type 2, Up (PNG, 9.2): neighbouring rows of a radiograph hardly differ. */
const UP = 2;

/** PNG (ISO/IEC 15948) of eight bits, without loss. */
export function encodePng({ columns, rows, channels, samples }: EightBitPicture): Uint8Array {
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
