import type { EcgMeasurements } from '../../../../shared/ecg/waveform.ts';
import { decodeLimits } from '../decode-limits.ts';
import type { ScpSection } from './scp-record.ts';

/** EN 1064 5.10.2: 29999 and neighbours stand for values that were not computed, not found or rejected. */
function known(value: number): boolean {
  return Math.abs(value) < 29900;
}

/**
 * Section 7, global measurements (EN 1064 5.10): the first block is the reference beat or the mean of all beats. Times
 * are milliseconds from the reference beat's start.
 */
export function readScpMeasurements(section: ScpSection | undefined): EcgMeasurements | undefined {
  if (!section || section.content.length < 6) return undefined;
  const { view } = section;
  const at16 = (at: number): number => (at + 2 <= view.byteLength ? view.getInt16(at, true) : 29999);
  const result: EcgMeasurements = {};
  const put = (field: keyof EcgMeasurements, value: number): void => {
    if (value > 0 || field.endsWith('Degrees')) result[field] = value;
  };
  const interval = (field: keyof EcgMeasurements, from: number, to: number): void => {
    if (known(from) && known(to)) put(field, to - from);
  };
  const blocks = view.getUint8(0);
  const spikes = view.getUint8(1);
  if (known(at16(2))) put('rrIntervalMs', at16(2));
  if (blocks > 0) {
    const [pOn, pOff, qrsOn, qrsOff, tOff] = [at16(6), at16(8), at16(10), at16(12), at16(14)] as const;
    interval('pDurationMs', pOn, pOff);
    interval('prIntervalMs', pOn, qrsOn);
    interval('qrsDurationMs', qrsOn, qrsOff);
    interval('qtIntervalMs', qrsOn, tOff);
    // EN 1064 5.10.3: 999 marks an axis that was not computed.
    const axes = ['pAxisDegrees', 'qrsAxisDegrees', 'tAxisDegrees'] as const;
    axes.forEach((field, i) => {
      const value = at16(16 + 2 * i);
      if (Math.abs(value) <= 360) put(field, value);
    });
  }
  // Behind the blocks: 4 and 6 bytes for each pacemaker spike, then the types of all beats, then rates and QTc.
  const beatsAt = 6 + blocks * 16 + spikes * 10;
  if (beatsAt + 2 <= view.byteLength) {
    const ratesAt = beatsAt + 2 + view.getUint16(beatsAt, true);
    const rate = at16(ratesAt);
    const qtc = at16(ratesAt + 4);
    if (known(rate)) put('heartRatePerMinute', rate);
    if (known(qtc)) put('qtcIntervalMs', qtc);
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

/** Section 8, the text of the device's interpretation (EN 1064 5.11): statements with sequence number and length. */
export function readScpStatements(section: ScpSection | undefined, text: (bytes: Uint8Array) => string): string[] {
  const statements: string[] = [];
  if (!section || section.content.length < 9) return statements;
  const count = section.view.getUint8(8);
  let at = 9;
  for (let i = 0; i < count && at + 3 <= section.content.length; i++) {
    const length = section.view.getUint16(at + 1, true);
    const words = text(section.content.subarray(at + 3, at + 3 + length));
    if (words !== '' && statements.length < decodeLimits.statements) statements.push(words);
    at += 3 + length;
  }
  return statements;
}
