/** SCP-ECG records with the compressions that our own writer does not use. Only for tests. */
import { BitWriter, ByteWriter, defaultHuffmanBytes, scpRecord } from '../../../server/ecg/encode/scp-sections.ts';
import type { ScpSectionContent } from '../../../server/ecg/encode/scp-sections.ts';

export interface TestHuffmanCode {
  prefix: string;
  extraBits: number;
  base: number;
  /** The number of the table in force afterwards; then `base` is not a value. */
  switchTo?: number;
}

/** Section 2 with own tables (EN 1064 5.5): the prefix's first bit is the lowest bit of the base code. */
export function huffmanSection(tables: readonly TestHuffmanCode[][]): ScpSectionContent {
  const out = new ByteWriter().u16(tables.length);
  for (const table of tables) {
    out.u16(table.length);
    for (const code of table) {
      const base = [...code.prefix].reduce((sum, bit, i) => sum + (bit === '1' ? 2 ** i : 0), 0);
      out.u8(code.prefix.length, code.prefix.length + code.extraBits, code.switchTo === undefined ? 1 : 0);
      out.u16(code.switchTo ?? code.base).u32(base);
    }
  }
  return { id: 2, content: out.done() };
}

/** Codes values with own tables, switching to the first table that has a code for the value. */
export function encodeWithTables(values: readonly number[], tables: readonly TestHuffmanCode[][]): Uint8Array {
  const bits = new BitWriter();
  const fits = (code: TestHuffmanCode, value: number): boolean => {
    if (code.switchTo !== undefined) return false;
    const offset = value - code.base;
    const half = 2 ** (code.extraBits - 1);
    return code.extraBits === 0 ? offset === 0 : offset >= -half && offset < half;
  };
  const put = (code: TestHuffmanCode): void => {
    for (const bit of code.prefix) bits.bit(Number(bit));
  };
  let current = 0;
  for (const value of values) {
    let code = tables[current]!.find((candidate) => fits(candidate, value));
    if (!code) {
      const target = tables.findIndex((table) => table.some((candidate) => fits(candidate, value)));
      put(tables[current]!.find((candidate) => candidate.switchTo === target + 1)!);
      current = target;
      code = tables[current]!.find((candidate) => fits(candidate, value))!;
    }
    put(code);
    if (code.extraBits > 0) bits.bits(value - code.base, code.extraBits);
  }
  return bits.done();
}

export const defaultTables: ScpSectionContent = { id: 2, content: new ByteWriter().u16(19999).done() };

/** Section 3: each lead's number and its first and last sample, from 1. */
export function leadSection(
  leads: readonly { code: number; start: number; end: number }[],
  flags = 0,
): ScpSectionContent {
  const out = new ByteWriter().u8(leads.length, flags);
  for (const lead of leads) out.u32(lead.start, lead.end).u8(lead.code);
  return { id: 3, content: out.done() };
}

/** Section 4: where reference beats were subtracted, then protected zones. */
export function beatSection(
  referenceMs: number,
  referenceFiducial: number,
  beats: readonly { type: number; start: number; fiducial: number; end: number; zone: [number, number] }[],
): ScpSectionContent {
  const out = new ByteWriter().u16(referenceMs, referenceFiducial, beats.length);
  for (const beat of beats) out.u16(beat.type).u32(beat.start, beat.fiducial, beat.end);
  for (const beat of beats) out.u32(...beat.zone);
  return { id: 4, content: out.done() };
}

export interface TestSignal {
  id: 5 | 6;
  nanovolts: number;
  intervalMicroseconds: number;
  differences: number;
  bimodal?: boolean;
  leads: readonly Uint8Array[];
}

/** Sections 5 and 6; a lead's count of bytes is cut to 16 bits, as overflowing writers do. */
export function signalSection(signal: TestSignal): ScpSectionContent {
  const out = new ByteWriter().u16(signal.nanovolts, signal.intervalMicroseconds);
  out.u8(signal.differences, signal.bimodal ? 1 : 0);
  for (const lead of signal.leads) out.u16(lead.length & 0xffff);
  for (const lead of signal.leads) out.raw(lead);
  return { id: signal.id, content: out.done() };
}

/** Plain 16-bit numbers, for records without section 2. */
export function plainBytes(values: readonly number[]): Uint8Array {
  return new ByteWriter().u16(...values).done();
}

export { defaultHuffmanBytes, scpRecord };
