/** Codes that stand for a QRS complex in the annotation files of PhysioNet (ecgcodes.h of the WFDB library). */
const beatCodes = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 25, 30, 34, 35, 38, 41]);

/**
 * Sample numbers of the beats in an annotation file of the MIT format (annot(5) of the WFDB applications guide): 16-bit
 * words, six bits of code and ten of interval; SKIP (59) carries a longer interval, AUX (63) a text of even length.
 */
export function readBeatAnnotations(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const beats: number[] = [];
  let sample = 0;
  let at = 0;
  while (at + 2 <= bytes.length) {
    const word = view.getUint16(at, true);
    at += 2;
    if (word === 0) break;
    const code = word >> 10;
    const interval = word & 0x3ff;
    if (code === 59) {
      if (at + 4 > bytes.length) break;
      // The high half comes first, as on a PDP-11.
      sample += (view.getUint16(at, true) << 16) | view.getUint16(at + 2, true);
      at += 4;
    } else if (code === 63) at += interval + (interval & 1);
    else if (code < 60) {
      sample += interval;
      if (beatCodes.has(code)) beats.push(sample);
    }
  }
  return beats;
}
