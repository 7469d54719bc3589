import { EcgDecodeError } from '../ecg-decode-error.ts';
import type { ScpSection } from './scp-record.ts';

/** One code of EN 1064 5.5.4: `prefix` bits long, with `total - prefix` bits of signed offset behind, or a table switch. */
export interface HuffmanCode {
  prefixBits: number;
  totalBits: number;
  switchesTable: boolean;
  /** The sample's value without the offset; for a switch the number of the next table, from 1. */
  baseValue: number;
  /** The prefix; its first bit in the stream is the lowest bit here, as the file stores it. */
  prefixCode: number;
}

/** EN 1064 table C.1: 0 is "0"; ±n (n = 1..8) is n ones, a zero and the sign; ten bits lead to 8 and 16 free bits. */
export const defaultHuffmanTable: readonly HuffmanCode[] = (() => {
  const codes: HuffmanCode[] = [{ prefixBits: 1, totalBits: 1, switchesTable: false, baseValue: 0, prefixCode: 0 }];
  for (let n = 1; n <= 8; n++) {
    const ones = 2 ** n - 1;
    const bits = n + 2;
    codes.push({ prefixBits: bits, totalBits: bits, switchesTable: false, baseValue: n, prefixCode: ones });
    codes.push({
      prefixBits: bits,
      totalBits: bits,
      switchesTable: false,
      baseValue: -n,
      prefixCode: ones + 2 ** (n + 1),
    });
  }
  codes.push({ prefixBits: 10, totalBits: 18, switchesTable: false, baseValue: 0, prefixCode: 0x1ff });
  codes.push({ prefixBits: 10, totalBits: 26, switchesTable: false, baseValue: 0, prefixCode: 0x3ff });
  return codes;
})();

/** A prefix tree in flat arrays: child node for bit 0 and 1, or the code that ends here. */
interface HuffmanTree {
  zero: Int32Array;
  one: Int32Array;
  code: (HuffmanCode | undefined)[];
  codes: readonly HuffmanCode[];
  /** The code that each of the next `windowBits` bits begins with; made when the tree is first used. */
  quick: (HuffmanCode | undefined)[] | undefined;
}

/** As long as the longest prefix of the default table. */
const windowBits = 10;

function quickCodes(tree: HuffmanTree): (HuffmanCode | undefined)[] {
  if (tree.quick) return tree.quick;
  const quick = new Array<HuffmanCode | undefined>(1 << windowBits).fill(undefined);
  for (const code of tree.codes) {
    if (code.prefixBits > windowBits) continue;
    let first = 0;
    for (let bit = 0; bit < code.prefixBits; bit++) first = first * 2 + ((code.prefixCode >>> bit) & 1);
    const free = windowBits - code.prefixBits;
    quick.fill(code, first << free, (first + 1) << free);
  }
  tree.quick = quick;
  return quick;
}

/** The 24 bits from the byte in which `bit` lies, zeros behind the end. */
function wordAt(bytes: Uint8Array, bit: number): number {
  const at = bit >> 3;
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

function buildTree(codes: readonly HuffmanCode[], where: string): HuffmanTree {
  const zero: number[] = [-1];
  const one: number[] = [-1];
  const ends: (HuffmanCode | undefined)[] = [undefined];
  for (const code of codes) {
    let node = 0;
    for (let bit = 0; bit < code.prefixBits; bit++) {
      if (ends[node]) throw new EcgDecodeError('malformed', `${where}: one code is the beginning of another`);
      const branch = (code.prefixCode >>> bit) & 1 ? one : zero;
      let next = branch[node] ?? -1;
      if (next < 0) {
        next = ends.length;
        branch[node] = next;
        zero.push(-1);
        one.push(-1);
        ends.push(undefined);
      }
      node = next;
    }
    if (ends[node] || (zero[node] ?? -1) >= 0 || (one[node] ?? -1) >= 0) {
      throw new EcgDecodeError('malformed', `${where}: one code is the beginning of another`);
    }
    ends[node] = code;
  }
  return { zero: Int32Array.from(zero), one: Int32Array.from(one), code: ends, codes, quick: undefined };
}

/** How the samples of sections 5 and 6 are stored: `undefined` means plain 16-bit numbers. */
export type HuffmanTables = readonly HuffmanTree[] | undefined;

/** EN 1064 5.5.3: this many tables means the default table of annex C. */
const defaultTableMarker = 19999;

/**
 * Reads section 2. No section, or no table in it, means that samples are not Huffman coded.
 * @throws EcgDecodeError `malformed` for codes that cannot be told apart or do not fit.
 */
export function readHuffmanTables(section: ScpSection | undefined): HuffmanTables {
  if (!section || section.content.length < 2) return undefined;
  const { view } = section;
  const count = view.getUint16(0, true);
  if (count === defaultTableMarker) return [buildTree(defaultHuffmanTable, 'SCP-ECG default table')];
  if (count === 0) return undefined;
  const trees: HuffmanTree[] = [];
  let at = 2;
  for (let table = 1; table <= count; table++) {
    const where = `SCP-ECG section 2, table ${table}`;
    if (at + 2 > view.byteLength) throw new EcgDecodeError('malformed', `${where}: the section ends before it`);
    const structures = view.getUint16(at, true);
    at += 2;
    if (structures === 0 || at + structures * 9 > view.byteLength) {
      throw new EcgDecodeError('malformed', `${where}: ${structures} codes do not fit into the section`);
    }
    const codes: HuffmanCode[] = [];
    for (let i = 0; i < structures; i++, at += 9) {
      const prefixBits = view.getUint8(at);
      const totalBits = view.getUint8(at + 1);
      if (prefixBits === 0 || prefixBits > 32 || totalBits < prefixBits || totalBits - prefixBits > 32) {
        throw new EcgDecodeError('malformed', `${where}: code ${i + 1} has ${prefixBits} of ${totalBits} bits`);
      }
      codes.push({
        prefixBits,
        totalBits,
        switchesTable: view.getUint8(at + 2) === 0,
        baseValue: view.getInt16(at + 3, true),
        prefixCode: view.getUint32(at + 5, true),
      });
    }
    trees.push(buildTree(codes, where));
  }
  return trees;
}

/** The numbers that were found, and how many whole bytes they took. */
export interface DecodedRun {
  values: number[];
  bytes: number;
}

/**
 * Decodes up to `count` numbers from `bytes`; fewer come back when the bytes end first. The first table is in force at
 * the start (EN 1064 5.5.5).
 * @throws EcgDecodeError `malformed` on bits that are no code, or a switch to a table that is not there.
 */
export function decodeRun(bytes: Uint8Array, count: number, tables: HuffmanTables, where: string): DecodedRun {
  const values: number[] = [];
  if (tables === undefined) {
    const whole = Math.min(count, bytes.length >> 1);
    for (let i = 0; i < whole; i++) values.push((((bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8)) << 16) >> 16);
    return { values, bytes: whole * 2 };
  }
  const totalBits = bytes.length * 8;
  let tree = tables[0];
  let bit = 0;
  let done = 0;
  while (values.length < count && tree) {
    const window = (wordAt(bytes, bit) >> (24 - windowBits - (bit & 7))) & ((1 << windowBits) - 1);
    let code = quickCodes(tree)[window];
    if (code && bit + code.prefixBits <= totalBits) bit += code.prefixBits;
    else code = undefined;
    let node = 0;
    while (!code && bit < totalBits) {
      const isOne: number = ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
      node = (isOne ? tree.one[node] : tree.zero[node]) ?? -1;
      if (node < 0) {
        throw new EcgDecodeError('malformed', `${where}: sample ${values.length + 1} is no code of the Huffman table`);
      }
      bit++;
      code = tree.code[node];
    }
    if (!code) break;
    const extra = code.totalBits - code.prefixBits;
    if (bit + extra > totalBits) break;
    let offset = 0;
    if (extra > 0 && extra <= 16) {
      const shift = 24 - extra - (bit & 7);
      // The first bit is the sign.
      offset = ((wordAt(bytes, bit) >> shift) << (32 - extra)) >> (32 - extra);
      bit += extra;
    }
    for (let i = 0; i < extra && extra > 16; i++, bit++) {
      const isOne = ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
      offset = i === 0 ? -isOne : offset * 2 + isOne;
    }
    if (code.switchesTable) {
      tree = tables[code.baseValue - 1];
      if (!tree)
        throw new EcgDecodeError('malformed', `${where}: switches to Huffman table ${code.baseValue}, not there`);
      continue;
    }
    values.push(code.baseValue + offset);
    done = bit;
  }
  return { values, bytes: Math.ceil(done / 8) };
}

/**
 * Undoes the difference encoding of EN 1064 5.8.5 in place: 0 none, 1 first, 2 second differences. The standard's
 * samples are 16-bit numbers, so sums wrap as they do in the writer's registers.
 * @throws EcgDecodeError `malformed` for any other order.
 */
export function integrate(values: number[], order: number, where: string): void {
  if (order > 2) throw new EcgDecodeError('malformed', `${where}: difference encoding ${order} is not defined`);
  if (order === 0) return;
  for (let i = order; i < values.length; i++) {
    const previous = values[i - 1] ?? 0;
    const sum = (values[i] ?? 0) + (order === 1 ? previous : 2 * previous - (values[i - 2] ?? 0));
    values[i] = (sum << 16) >> 16;
  }
}
