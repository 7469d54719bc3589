import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from './associate.ts';

/**
 * What stands before the data set in a file (PS3.10, 7.1). Nothing in it tells when or from whom it came, so that the
 * same instance becomes the same bytes whichever way it takes.
 */
export function part10Head(facts: { sopClassUid: string; sopInstanceUid: string; transferSyntaxUid: string }): Buffer {
  const uid = (value: string) => (value.length % 2 === 0 ? value : `${value}\0`);
  const meta = Buffer.concat([
    Buffer.concat([Buffer.from([0x02, 0, 0x01, 0]), Buffer.from('OB\0\0'), Buffer.from([2, 0, 0, 0, 0, 1])]),
    element(0x0002, 'UI', uid(facts.sopClassUid)),
    element(0x0003, 'UI', uid(facts.sopInstanceUid)),
    element(0x0010, 'UI', uid(facts.transferSyntaxUid)),
    element(0x0012, 'UI', uid(IMPLEMENTATION_CLASS_UID)),
    element(0x0013, 'SH', IMPLEMENTATION_VERSION_NAME),
  ]);
  const length = Buffer.alloc(12);
  length.writeUInt16LE(0x0002, 0);
  length.write('UL', 4, 'latin1');
  length.writeUInt16LE(4, 6);
  length.writeUInt32LE(meta.length, 8);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, meta]);
}

function element(tag: number, vr: string, value: string): Buffer {
  const bytes = Buffer.alloc(8 + value.length);
  bytes.writeUInt16LE(0x0002, 0);
  bytes.writeUInt16LE(tag, 2);
  bytes.write(vr, 4, 'latin1');
  bytes.writeUInt16LE(value.length, 6);
  bytes.write(value, 8, 'latin1');
  return bytes;
}

const META_BYTES = 4096;

/** The Media Storage SOP Class UID (0002,0002) of a file; null where it is no DICOM file or does not say. */
export function sopClassOfFile(head: Buffer): string | null {
  if (head.subarray(128, 132).toString('latin1') !== 'DICM') return null;
  const tag = Buffer.from([0x02, 0, 0x02, 0, 0x55, 0x49]);
  const at = head.subarray(0, META_BYTES).indexOf(tag, 132);
  if (at < 0 || at + 8 > head.length) return null;
  const length = head.readUInt16LE(at + 6);
  return head
    .subarray(at + 8, at + 8 + length)
    .toString('latin1')
    .replace(/[\0 ]+$/, '');
}

/** A waveform has no pixels: it is an ECG for the hub. */
export const isWaveform = (sopClassUid: string | null) =>
  sopClassUid !== null && /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.9(\.|$)/.test(sopClassUid);
