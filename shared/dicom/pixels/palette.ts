import { items, rawBytes, unsignedShort, shortBySign, words } from './attributes.ts';
import { ImagingError } from './imaging-error.ts';
import type { DataSet } from './data-set.ts';

/** Colours of a PALETTE COLOR image (PS3.3 C.7.6.3.1.5), already brought down to 8 bits. */
export interface Palette {
  firstMapped: number;
  red: Uint8Array;
  green: Uint8Array;
  blue: Uint8Array;
}

const CHANNELS = [
  { descriptor: 'x00281101', data: 'x00281201', segmented: 'x00281221' },
  { descriptor: 'x00281102', data: 'x00281202', segmented: 'x00281222' },
  { descriptor: 'x00281103', data: 'x00281203', segmented: 'x00281223' },
];

/** @throws ImagingError `unsupported-pixels` when the tables are missing or cannot be read. */
export function readPalette(dataSet: DataSet, signed: boolean): Palette {
  const holder = dataSet.elements['x00281101'] ? dataSet : (items(dataSet, 'x00480120')[0] ?? dataSet);
  const firstMapped = shortBySign(holder, 'x00281101', signed, 1) ?? 0;
  const raw = CHANNELS.map((channel) => readChannel(holder, channel));
  // Some writers put entries of 8 bits into words of 16: then no entry needs more than the low byte.
  const bits = raw.some(({ entries }) => entries.some((entry) => entry > 255)) ? 16 : 8;
  const [red, green, blue] = raw.map(({ entries }) =>
    Uint8Array.from(entries, (entry) => (bits === 16 ? entry >> 8 : entry)),
  );
  return { firstMapped, red: red!, green: green!, blue: blue! };
}

function readChannel(holder: DataSet, { descriptor, data, segmented }: (typeof CHANNELS)[number]) {
  const count = unsignedShort(holder, descriptor, 0);
  if (count === undefined) throw new ImagingError('unsupported-pixels', 'palette');
  const length = count === 0 ? 65536 : count;
  const bits = unsignedShort(holder, descriptor, 2) ?? 16;
  const segments = words(holder, segmented);
  if (!holder.elements[data] && segments) return { entries: expandSegments(segments, length) };
  const bytes = rawBytes(holder, data);
  if (bytes && bits <= 8 && bytes.length < length * 2 && bytes.length >= length) {
    return { entries: Uint16Array.from(bytes.subarray(0, length)) };
  }
  const entries = words(holder, data);
  if (!entries || entries.length < length) throw new ImagingError('unsupported-pixels', 'palette');
  return { entries: entries.subarray(0, length) };
}

/** Segmented palettes (PS3.3 C.7.9.2): discrete, linear and indirect segments. */
function expandSegments(segments: Uint16Array, length: number): Uint16Array {
  const entries = new Uint16Array(length);
  let written = 0;
  const put = (value: number): void => {
    if (written < length) entries[written++] = value;
  };
  const run = (from: number, to: number, count: number, depth: number): void => {
    let at = from;
    for (let done = 0; at + 1 < to && done < count; done++) {
      const kind = segments[at]!;
      const size = segments[at + 1]!;
      if (kind === 0) {
        for (let index = 0; index < size; index++) put(segments[at + 2 + index] ?? 0);
        at += 2 + size;
      } else if (kind === 1) {
        const start = written > 0 ? entries[written - 1]! : 0;
        const end = segments[at + 2] ?? 0;
        for (let index = 1; index <= size; index++) put(Math.round(start + ((end - start) * index) / size));
        at += 3;
      } else if (kind === 2 && depth === 0) {
        const offset = (segments[at + 2] ?? 0) | ((segments[at + 3] ?? 0) << 16);
        run(offset >>> 1, segments.length, size, 1);
        at += 4;
      } else {
        throw new ImagingError('unsupported-pixels', 'palette segment');
      }
    }
  };
  run(0, segments.length, Number.POSITIVE_INFINITY, 0);
  return entries;
}
