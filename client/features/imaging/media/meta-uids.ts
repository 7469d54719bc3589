/** What the meta header of a Part 10 file says that it holds (PS3.10 7.1). */
export interface MetaUids {
  /** Media Storage SOP Class UID (0002,0002) */
  sopClassUid: string | null;
  /** Media Storage SOP Instance UID (0002,0003) */
  sopInstanceUid: string | null;
}

/** Reads the first bytes of a Part 10 file, also of one whose preamble was cut off; null for what is not there. */
export function metaUidsOf(head: Uint8Array): MetaUids {
  const found: MetaUids = { sopClassUid: null, sopInstanceUid: null };
  const text = (from: number, length: number) => String.fromCharCode(...head.subarray(from, from + length));
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let at = text(128, 4) === 'DICM' ? 132 : 0;
  // The header is written with explicit VRs, whatever follows it.
  while (at + 12 <= head.length && view.getUint16(at, true) === 2) {
    const element = view.getUint16(at + 2, true);
    const long = ['OB', 'OW', 'UN', 'UT', 'SQ'].includes(text(at + 4, 2));
    const from = at + (long ? 12 : 8);
    const length = long ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    at = from + length;
    if (at > head.length) break;
    const value = () => text(from, length).replace(/[\0 ]+$/, '') || null;
    if (element === 2) found.sopClassUid = value();
    if (element === 3) found.sopInstanceUid = value();
  }
  return found;
}
