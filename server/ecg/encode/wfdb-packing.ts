/** The formats of WFDB signal(5) that are written; the names of the format field. */
export const wfdbFormats = [8, 16, 24, 32, 61, 80, 160, 212, 310, 311] as const;
export type WfdbFormat = (typeof wfdbFormats)[number];

const bitsOf: Readonly<Record<WfdbFormat, number>> = {
  8: 8,
  16: 16,
  24: 24,
  32: 32,
  61: 16,
  80: 8,
  160: 16,
  212: 12,
  310: 10,
  311: 10,
};

/** The number that stands for a missing sample. @throws RangeError for format 8, which has none */
export function missingSample(format: WfdbFormat): number {
  if (format === 8) throw new RangeError('Format 8 cannot hold a missing sample');
  return -(2 ** (bitsOf[format] - 1));
}

/** The largest sample of a format; the lowest of all numbers stands for a missing one. */
export function largestSample(format: WfdbFormat): number {
  return 2 ** (bitsOf[format] - 1) - 1;
}

function eachBytes(values: readonly number[], width: number, write: (out: Buffer, value: number, at: number) => void) {
  const out = Buffer.alloc(values.length * width);
  values.forEach((value, i) => write(out, value, i * width));
  return out;
}

/** 212: the low 8 bits of each of two samples at the ends of three bytes, the high 4 bits of both in the middle. */
function pack212(values: readonly number[]): Uint8Array {
  const out: number[] = [];
  for (let i = 0; i < values.length; i += 2) {
    const one = values[i] ?? 0;
    const two = values[i + 1];
    out.push(one & 0xff, ((one >> 8) & 0x0f) | ((((two ?? 0) >> 8) & 0x0f) << 4));
    if (two !== undefined) out.push(two & 0xff);
  }
  return Uint8Array.from(out);
}

function packThrees(values: readonly number[], word: (three: readonly number[]) => number): Uint8Array {
  const out = Buffer.alloc(Math.ceil(values.length / 3) * 4);
  for (let i = 0; i < values.length; i += 3) {
    const three = [0, 1, 2].map((k) => (values[i + k] ?? 0) & 0x3ff);
    out.writeUInt32LE(word(three) >>> 0, (i / 3) * 4);
  }
  return out;
}

/**
 * The samples of all signals in the order of the file, as the format packs them; of format 8, differences.
 * @throws RangeError when a number does not fit.
 */
export function packSamples(values: readonly number[], format: WfdbFormat): Uint8Array {
  const limit = 2 ** (bitsOf[format] - 1);
  for (const value of values) {
    if (value < -limit || value >= limit) throw new RangeError(`${value} does not fit format ${format}`);
  }
  switch (format) {
    case 8:
      return eachBytes(values, 1, (out, value, at) => out.writeInt8(value, at));
    case 16:
      return eachBytes(values, 2, (out, value, at) => out.writeInt16LE(value, at));
    case 24:
      return eachBytes(values, 3, (out, value, at) => out.writeIntLE(value, at, 3));
    case 32:
      return eachBytes(values, 4, (out, value, at) => out.writeInt32LE(value, at));
    case 61:
      return eachBytes(values, 2, (out, value, at) => out.writeInt16BE(value, at));
    case 80:
      return eachBytes(values, 1, (out, value, at) => out.writeUInt8(value + 128, at));
    case 160:
      return eachBytes(values, 2, (out, value, at) => out.writeUInt16LE(value + 32768, at));
    case 212:
      return pack212(values);
    case 310:
      return packThrees(values, ([a = 0, b = 0, c = 0]) => {
        return (a << 1) | ((c & 0x1f) << 11) | (((b << 1) | ((c >> 5) << 11)) << 16);
      });
    case 311:
      return packThrees(values, ([a = 0, b = 0, c = 0]) => a | (b << 10) | (c << 20));
  }
}
