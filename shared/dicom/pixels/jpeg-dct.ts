import { ImagingError } from './imaging-error.ts';
import { JpegBits, JpegHuffmanTable } from './jpeg-huffman.ts';

/**
 * JPEG with DCT and Huffman codes (ISO/IEC 10918-1), sequential and progressive, 8 or 12 bits. The WASM codec reads 8
 * bits only; this one, slower, is for the 12-bit images of processes 4 (1.2.840.10008.1.2.4.51), 8 and 12.
 */

interface Component {
  id: number;
  horizontal: number;
  vertical: number;
  quantization: number;
  /** Size in blocks, padded to whole MCUs. */
  blocksPerLine: number;
  blockLines: number;
  /** Size in blocks that hold pixels: what a scan of one component codes. */
  ownBlocksPerLine: number;
  ownBlockLines: number;
  coefficients: Int32Array;
  prediction: number;
  dc: JpegHuffmanTable | undefined;
  ac: JpegHuffmanTable | undefined;
}

interface Frame {
  precision: number;
  progressive: boolean;
  width: number;
  height: number;
  components: Component[];
  mcusPerLine: number;
  mcuLines: number;
}

interface Scan {
  components: Component[];
  spectralStart: number;
  spectralEnd: number;
  successiveHigh: number;
  successiveLow: number;
}

/** Natural order of the coefficients (figure A.6). */
const ZIGZAG = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
];

/**
 * Decodes one image.
 * @returns samples interleaved by pixel, colours as coded (no colour transform).
 * @throws ImagingError `truncated`, `damaged` or `unsupported-pixels`.
 */
export function decodeJpegDct(bytes: Uint8Array): {
  width: number;
  height: number;
  components: number;
  samples: Uint16Array;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const quantization: Uint16Array[] = [];
  const dcTables: JpegHuffmanTable[] = [];
  const acTables: JpegHuffmanTable[] = [];
  let restartInterval = 0;
  let frame: Frame | undefined;
  let scans = 0;
  let at = 2;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) {
      at += 1;
      continue;
    }
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) break;
    if (marker === 0xff || marker === 0 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (at + 4 > bytes.length) break;
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length) throw new ImagingError('truncated', 'JPEG segment');
    const body = bytes.subarray(at + 4, end);
    if (marker === 0xdb) readQuantization(body, quantization);
    else if (marker === 0xc4) readHuffman(body, dcTables, acTables);
    else if (marker === 0xdd) restartInterval = (body[0]! << 8) | body[1]!;
    else if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) frame = readFrame(body, marker === 0xc2);
    else if (marker >= 0xc3 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
      throw new ImagingError('unsupported-pixels', `JPEG SOF${marker - 0xc0}`);
    } else if (marker === 0xda) {
      if (!frame) throw new ImagingError('damaged', 'JPEG scan before frame');
      at = decodeScan(bytes, end, frame, readScan(body, frame, dcTables, acTables), restartInterval);
      scans += 1;
      continue;
    }
    at = end;
  }
  if (!frame || scans === 0) throw new ImagingError('truncated', 'JPEG');
  return reconstruct(frame, quantization);
}

function readQuantization(body: Uint8Array, tables: Uint16Array[]): void {
  for (let at = 0; at < body.length;) {
    const wide = body[at]! >> 4 !== 0;
    const table = new Uint16Array(64);
    const slot = body[at]! & 15;
    at += 1;
    for (let index = 0; index < 64; index++) {
      table[ZIGZAG[index]!] = wide ? (body[at]! << 8) | body[at + 1]! : body[at]!;
      at += wide ? 2 : 1;
    }
    tables[slot] = table;
  }
}

function readHuffman(body: Uint8Array, dc: JpegHuffmanTable[], ac: JpegHuffmanTable[]): void {
  for (let at = 0; at + 17 <= body.length;) {
    const counts = body.slice(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const table = new JpegHuffmanTable(counts, body.slice(at + 17, at + 17 + total));
    (body[at]! >> 4 === 0 ? dc : ac)[body[at]! & 15] = table;
    at += 17 + total;
  }
}

function readFrame(body: Uint8Array, progressive: boolean): Frame {
  const height = (body[1]! << 8) | body[2]!;
  const width = (body[3]! << 8) | body[4]!;
  const count = body[5]!;
  if (!width || !height || !count || body.length < 6 + count * 3) throw new ImagingError('damaged', 'JPEG frame');
  const factors = Array.from({ length: count }, (_, index) => ({
    id: body[6 + index * 3]!,
    horizontal: body[7 + index * 3]! >> 4,
    vertical: body[7 + index * 3]! & 15,
    quantization: body[8 + index * 3]!,
  }));
  const widest = Math.max(...factors.map(({ horizontal }) => horizontal));
  const highest = Math.max(...factors.map(({ vertical }) => vertical));
  if (factors.some(({ horizontal, vertical }) => !horizontal || !vertical))
    throw new ImagingError('damaged', 'JPEG frame');
  const mcusPerLine = Math.ceil(width / (8 * widest));
  const mcuLines = Math.ceil(height / (8 * highest));
  return {
    precision: body[0]!,
    progressive,
    width,
    height,
    mcusPerLine,
    mcuLines,
    components: factors.map((factor) => ({
      ...factor,
      blocksPerLine: mcusPerLine * factor.horizontal,
      blockLines: mcuLines * factor.vertical,
      ownBlocksPerLine: Math.ceil((Math.ceil(width / 8) * factor.horizontal) / widest),
      ownBlockLines: Math.ceil((Math.ceil(height / 8) * factor.vertical) / highest),
      coefficients: new Int32Array(mcusPerLine * factor.horizontal * mcuLines * factor.vertical * 64),
      prediction: 0,
      dc: undefined,
      ac: undefined,
    })),
  };
}

function readScan(body: Uint8Array, frame: Frame, dc: JpegHuffmanTable[], ac: JpegHuffmanTable[]): Scan {
  const count = body[0]!;
  const components = Array.from({ length: count }, (_, index) => {
    const component = frame.components.find(({ id }) => id === body[1 + index * 2]);
    if (!component) throw new ImagingError('damaged', 'JPEG scan');
    component.dc = dc[body[2 + index * 2]! >> 4];
    component.ac = ac[body[2 + index * 2]! & 15];
    return component;
  });
  const at = 1 + count * 2;
  return {
    components,
    spectralStart: frame.progressive ? body[at]! : 0,
    spectralEnd: frame.progressive ? Math.min(63, body[at + 1]!) : 63,
    successiveHigh: frame.progressive ? body[at + 2]! >> 4 : 0,
    successiveLow: frame.progressive ? body[at + 2]! & 15 : 0,
  };
}

/** @returns where the segment behind the scan begins. */
function decodeScan(bytes: Uint8Array, start: number, frame: Frame, scan: Scan, restartInterval: number): number {
  const stream = new JpegBits(bytes, start);
  const run = { endOfBand: 0 };
  const decodeBlock = blockDecoder(frame, scan, stream, run);
  const [single] = scan.components;
  const units =
    scan.components.length === 1
      ? single!.ownBlocksPerLine * single!.ownBlockLines
      : frame.mcusPerLine * frame.mcuLines;
  for (let unit = 0; unit < units; unit++) {
    if (restartInterval && unit > 0 && unit % restartInterval === 0) {
      stream.restart();
      run.endOfBand = 0;
      for (const component of scan.components) component.prediction = 0;
    }
    if (scan.components.length === 1) {
      const line = Math.floor(unit / single!.ownBlocksPerLine);
      decodeBlock(single!, (line * single!.blocksPerLine + (unit % single!.ownBlocksPerLine)) * 64);
      continue;
    }
    const mcuLine = Math.floor(unit / frame.mcusPerLine);
    const mcuColumn = unit % frame.mcusPerLine;
    for (const component of scan.components) {
      for (let v = 0; v < component.vertical; v++) {
        for (let h = 0; h < component.horizontal; h++) {
          const line = mcuLine * component.vertical + v;
          decodeBlock(component, (line * component.blocksPerLine + mcuColumn * component.horizontal + h) * 64);
        }
      }
    }
  }
  for (const component of scan.components) component.prediction = 0;
  return stream.position;
}

function table(found: JpegHuffmanTable | undefined): JpegHuffmanTable {
  if (!found) throw new ImagingError('damaged', 'JPEG table');
  return found;
}

function blockDecoder(frame: Frame, scan: Scan, stream: JpegBits, run: { endOfBand: number }) {
  const { spectralStart, spectralEnd, successiveHigh, successiveLow } = scan;

  const dcDifference = (component: Component): number => {
    component.prediction += stream.signedBits(table(component.dc).read(stream));
    return component.prediction;
  };
  /** F.2.2: everything of a block at once. */
  const sequential = (component: Component, at: number): void => {
    const { coefficients } = component;
    coefficients[at] = dcDifference(component);
    const ac = table(component.ac);
    for (let k = 1; k < 64; k++) {
      const symbol = ac.read(stream);
      const size = symbol & 15;
      k += symbol >> 4;
      if (size === 0) {
        if (symbol !== 0xf0) return;
      } else if (k < 64) {
        coefficients[at + ZIGZAG[k]!] = stream.signedBits(size);
      }
    }
  };
  /** G.1.2.2: first bits of a band of AC coefficients, with runs of blocks that end early. */
  const acFirst = (component: Component, at: number): void => {
    if (run.endOfBand > 0) {
      run.endOfBand -= 1;
      return;
    }
    const ac = table(component.ac);
    for (let k = spectralStart; k <= spectralEnd; k++) {
      const symbol = ac.read(stream);
      const zeros = symbol >> 4;
      const size = symbol & 15;
      if (size === 0 && zeros < 15) {
        run.endOfBand = (1 << zeros) - 1 + stream.bits(zeros);
        return;
      }
      k += zeros;
      if (size && k <= spectralEnd) {
        component.coefficients[at + ZIGZAG[k]!] = stream.signedBits(size) * (1 << successiveLow);
      }
    }
  };
  const refine = (coefficients: Int32Array, index: number): void => {
    const bit = 1 << successiveLow;
    const value = coefficients[index]!;
    if (stream.bit() && (Math.abs(value) & bit) === 0) coefficients[index] = value + (value > 0 ? bit : -bit);
  };
  /** G.1.2.3: one more bit of coefficients already known, and new ones that begin with it. */
  const acRefine = ({ coefficients, ac: acTable }: Component, at: number): void => {
    const bit = 1 << successiveLow;
    let k = spectralStart;
    if (run.endOfBand === 0) {
      const ac = table(acTable);
      for (; k <= spectralEnd; k++) {
        const symbol = ac.read(stream);
        let zeros = symbol >> 4;
        const size = symbol & 15;
        let fresh = 0;
        if (size === 0) {
          if (zeros < 15) {
            run.endOfBand = (1 << zeros) + stream.bits(zeros);
            break;
          }
        } else {
          fresh = stream.bit() ? bit : -bit;
        }
        for (; k <= spectralEnd; k++) {
          const index = at + ZIGZAG[k]!;
          if (coefficients[index] !== 0) refine(coefficients, index);
          else if (zeros-- === 0) {
            if (fresh) coefficients[index] = fresh;
            break;
          }
        }
      }
    }
    if (run.endOfBand > 0) {
      for (; k <= spectralEnd; k++) {
        const index = at + ZIGZAG[k]!;
        if (coefficients[index] !== 0) refine(coefficients, index);
      }
      run.endOfBand -= 1;
    }
  };

  if (!frame.progressive) return sequential;
  if (spectralStart === 0) {
    return successiveHigh === 0
      ? (component: Component, at: number) => {
          component.coefficients[at] = dcDifference(component) * (1 << successiveLow);
        }
      : (component: Component, at: number) => {
          if (stream.bit()) component.coefficients[at]! |= 1 << successiveLow;
        };
  }
  return successiveHigh === 0 ? acFirst : acRefine;
}

function reconstruct(frame: Frame, quantization: readonly Uint16Array[]) {
  const { width, height, components, precision, mcusPerLine, mcuLines } = frame;
  const samples = new Uint16Array(width * height * components.length);
  components.forEach((component, channel) => {
    const factors = quantization[component.quantization];
    if (!factors) throw new ImagingError('damaged', 'JPEG quantization');
    const plane = inverseTransform(component, factors, precision);
    const stride = component.blocksPerLine * 8;
    const across = stride / (mcusPerLine * 8 * Math.max(...components.map(({ horizontal }) => horizontal)));
    const down = (component.blockLines * 8) / (mcuLines * 8 * Math.max(...components.map(({ vertical }) => vertical)));
    for (let row = 0; row < height; row++) {
      const line = Math.floor(row * down) * stride;
      for (let column = 0; column < width; column++) {
        samples[(row * width + column) * components.length + channel] = plane[line + Math.floor(column * across)]!;
      }
    }
  });
  return { width, height, components: components.length, samples };
}

/** A.3.3, row by row and then column by column. */
function inverseTransform(component: Component, factors: Uint16Array, precision: number): Uint16Array {
  const { coefficients, blocksPerLine, blockLines } = component;
  const basis = new Float64Array(64);
  for (let x = 0; x < 8; x++) {
    for (let u = 0; u < 8; u++) {
      basis[x * 8 + u] = ((u === 0 ? Math.SQRT1_2 : 1) * Math.cos(((2 * x + 1) * u * Math.PI) / 16)) / 2;
    }
  }
  const plane = new Uint16Array(blocksPerLine * 8 * blockLines * 8);
  const rows = new Float64Array(64);
  const levelShift = 2 ** (precision - 1);
  const maximum = 2 ** precision - 1;
  for (let block = 0; block < blocksPerLine * blockLines; block++) {
    const at = block * 64;
    for (let v = 0; v < 8; v++) {
      for (let x = 0; x < 8; x++) {
        let sum = 0;
        for (let u = 0; u < 8; u++) {
          const index = v * 8 + u;
          const coefficient = coefficients[at + index]!;
          if (coefficient !== 0) sum += coefficient * factors[index]! * basis[x * 8 + u]!;
        }
        rows[v * 8 + x] = sum;
      }
    }
    const top = Math.floor(block / blocksPerLine) * 8;
    const left = (block % blocksPerLine) * 8;
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        let sum = levelShift;
        for (let v = 0; v < 8; v++) sum += rows[v * 8 + x]! * basis[y * 8 + v]!;
        plane[(top + y) * blocksPerLine * 8 + left + x] = Math.min(maximum, Math.max(0, Math.round(sum)));
      }
    }
  }
  return plane;
}
