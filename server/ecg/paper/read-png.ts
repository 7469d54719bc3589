import { createInflate } from 'node:zlib';
import { PaperRefusal } from './paper-refusal.ts';
import { sizeTrouble, type Raster } from './raster.ts';

// Clauses of PNG (Third Edition), W3C, 2025.

const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const depthsOf: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** Adam7 (8.1): start and step of each pass across and down. */
const passes = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const;

interface Header {
  width: number;
  height: number;
  depth: number;
  colour: number;
  isInterlaced: boolean;
}

/** Reads a PNG onto white. @throws PaperRefusal `damaged` or `too-large` */
export async function readPng(bytes: Uint8Array): Promise<Raster> {
  const { header, palette, transparency, data } = readChunks(bytes);
  const trouble = sizeTrouble(header.width, header.height);
  if (trouble !== null) throw new PaperRefusal('too-large', `PNG IHDR: ${trouble}`);
  const parts = partsOf(header);
  const expected = parts.reduce((sum, part) => sum + part.height * (1 + part.rowBytes), 0);
  const lines = await inflateExactly(data, expected);
  const rgb = new Uint8Array(header.width * header.height * 3);
  let from = 0;
  for (const part of parts) {
    unfilter(lines, from, part.height, part.rowBytes, part.pixelBytes);
    for (let y = 0; y < part.height; y += 1) {
      const row = lines.subarray(from + y * (part.rowBytes + 1) + 1, from + (y + 1) * (part.rowBytes + 1));
      paintRow(row, part, (part.top + y * part.stepY) * header.width, rgb, header, palette, transparency);
    }
    from += part.height * (part.rowBytes + 1);
  }
  return { width: header.width, height: header.height, rgb };
}

function readChunks(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Header | null = null;
  let palette = new Uint8Array();
  let transparency = new Uint8Array();
  const data: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw new PaperRefusal('damaged', `PNG: chunk ${type} at ${at} is cut off`);
    const body = bytes.slice(at + 8, end);
    if (header === null) {
      if (type !== 'IHDR' || length !== 13) throw new PaperRefusal('damaged', 'PNG: no IHDR at its start');
      header = readHeader(body);
      const trouble = sizeTrouble(header.width, header.height);
      if (trouble !== null) throw new PaperRefusal('too-large', `PNG IHDR: ${trouble}`);
    } else if (type === 'PLTE') palette = body;
    else if (type === 'tRNS') transparency = body;
    else if (type === 'IDAT') data.push(body);
    else if (type === 'IEND') break;
    at = end + 4;
  }
  if (header === null || data.length === 0) throw new PaperRefusal('damaged', 'PNG without pixels');
  if (header.colour === 3 && palette.length < 3) throw new PaperRefusal('damaged', 'PNG: PLTE is missing');
  return { header, palette, transparency, data };
}

function readHeader(body: Uint8Array): Header {
  const view = new DataView(body.buffer, body.byteOffset);
  const depth = body[8]!;
  const colour = body[9]!;
  if (!depthsOf[colour]?.includes(depth) || body[10] !== 0 || body[11] !== 0 || body[12]! > 1)
    throw new PaperRefusal('damaged', `PNG IHDR: colour type ${colour} with depth ${depth} does not exist`);
  return { width: view.getUint32(0), height: view.getUint32(4), depth, colour, isInterlaced: body[12] === 1 };
}

interface Part {
  left: number;
  stepX: number;
  top: number;
  stepY: number;
  width: number;
  height: number;
  rowBytes: number;
  pixelBytes: number;
}

function partsOf({ width, height, depth, colour, isInterlaced }: Header): Part[] {
  const bits = channelsOf[colour]! * depth;
  const grids: readonly (readonly [number, number, number, number])[] = isInterlaced ? passes : [[0, 1, 0, 1]];
  return grids
    .map(([left, stepX, top, stepY]) => {
      const partWidth = Math.ceil((width - left) / stepX);
      return {
        ...{ left, stepX, top, stepY, width: partWidth, height: Math.ceil((height - top) / stepY) },
        rowBytes: Math.ceil((partWidth * bits) / 8),
        pixelBytes: Math.max(1, bits >> 3),
      };
    })
    .filter((part) => part.width > 0 && part.height > 0);
}

/** As many bytes as the header asks for, no more: what inflates beyond them is stopped where it is. */
function inflateExactly(data: Uint8Array[], expected: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const out = new Uint8Array(expected);
    let length = 0;
    const inflate = createInflate({ chunkSize: 256 * 1024 });
    const finish = () => {
      inflate.destroy();
      if (length < expected)
        reject(new PaperRefusal('damaged', `PNG: ${expected - length} bytes of pixels are missing`));
      else resolve(out);
    };
    inflate.on('data', (chunk: Uint8Array) => {
      const taken = chunk.subarray(0, expected - length);
      out.set(taken, length);
      length += taken.length;
      if (length === expected) finish();
    });
    inflate.once('error', () => {
      inflate.destroy();
      reject(new PaperRefusal('damaged', `PNG: IDAT breaks off after ${length} bytes of pixels`));
    });
    inflate.once('end', finish);
    for (const part of data) inflate.write(part);
    inflate.end();
  });
}

/** Filters of 9.2: none, sub, up, average, Paeth. */
function unfilter(lines: Uint8Array, start: number, height: number, rowBytes: number, pixelBytes: number): void {
  for (let y = 0; y < height; y += 1) {
    const row = start + y * (rowBytes + 1) + 1;
    const above = row - (rowBytes + 1);
    const filter = lines[row - 1]!;
    if (filter > 4) throw new PaperRefusal('damaged', `PNG: row ${y} has filter ${filter}, which does not exist`);
    if (filter === 0) continue;
    for (let x = 0; x < rowBytes; x += 1) {
      const left = x >= pixelBytes ? lines[row + x - pixelBytes]! : 0;
      const up = y > 0 ? lines[above + x]! : 0;
      let guess = 0;
      if (filter === 1) guess = left;
      else if (filter === 2) guess = up;
      else if (filter === 3) guess = (left + up) >> 1;
      else {
        const corner = y > 0 && x >= pixelBytes ? lines[above + x - pixelBytes]! : 0;
        const toLeft = Math.abs(up - corner);
        const toUp = Math.abs(left - corner);
        const toCorner = Math.abs(left + up - 2 * corner);
        guess = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
      }
      lines[row + x] = lines[row + x]! + guess;
    }
  }
}

function paintRow(
  row: Uint8Array,
  part: Part,
  pixelOfRow: number,
  rgb: Uint8Array,
  { depth, colour }: Header,
  palette: Uint8Array,
  transparency: Uint8Array,
): void {
  const channels = channelsOf[colour]!;
  const most = (1 << Math.min(8, depth)) - 1;
  const wide = depth === 16 ? 2 : 1;
  for (let x = 0; x < part.width; x += 1) {
    const to = (pixelOfRow + part.left + x * part.stepX) * 3;
    let red: number;
    let green: number;
    let blue: number;
    let alpha = 255;
    if (colour === 3 || depth < 8) {
      const bit = x * depth;
      const value = (row[bit >> 3]! >> (8 - depth - (bit & 7))) & most;
      if (colour === 3) {
        red = palette[value * 3] ?? 0;
        green = palette[value * 3 + 1] ?? 0;
        blue = palette[value * 3 + 2] ?? 0;
        alpha = transparency[value] ?? 255;
      } else red = green = blue = Math.round((value * 255) / most);
    } else {
      const at = x * channels * wide;
      red = row[at]!;
      green = channels > 2 ? row[at + wide]! : red;
      blue = channels > 2 ? row[at + 2 * wide]! : red;
      if (channels === 2 || channels === 4) alpha = row[at + (channels - 1) * wide]!;
    }
    const bare = 255 - alpha;
    rgb[to] = (red * alpha + 255 * bare + 127) / 255;
    rgb[to + 1] = (green * alpha + 255 * bare + 127) / 255;
    rgb[to + 2] = (blue * alpha + 255 * bare + 127) / 255;
  }
}
