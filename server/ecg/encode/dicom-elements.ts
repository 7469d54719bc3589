/** The little of DICOM's Explicit VR Little Endian (PS3.5 7.1.2) that writing an ECG needs. */

const longVrs: ReadonlySet<string> = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One element's value by its VR: text, numbers of US and UL, raw bytes, or the items of a sequence. */
export type ElementValue = string | readonly number[] | Uint8Array | readonly DicomElements[];

function isItems(value: readonly number[] | readonly DicomElements[]): value is readonly DicomElements[] {
  return value.length > 0 && value[0] instanceof DicomElements;
}

function valueBytes(vr: string, value: ElementValue): Uint8Array {
  if (typeof value === 'string') {
    const text = new TextEncoder().encode(value);
    const pad = vr === 'UI' ? 0 : 0x20;
    return text.length % 2 === 0 ? text : concat([text, Uint8Array.of(pad)]);
  }
  if (value instanceof Uint8Array) return value.length % 2 === 0 ? value : concat([value, Uint8Array.of(0)]);
  if (isItems(value)) {
    return concat(
      value.map((item) => {
        const content = item.encode();
        const header = new DataView(new ArrayBuffer(8));
        header.setUint16(0, 0xfffe, true);
        header.setUint16(2, 0xe000, true);
        header.setUint32(4, content.length, true);
        return concat([new Uint8Array(header.buffer), content]);
      }),
    );
  }
  const numbers = value;
  const size = vr === 'UL' ? 4 : 2;
  const view = new DataView(new ArrayBuffer(numbers.length * size));
  numbers.forEach((number, i) =>
    size === 4 ? view.setUint32(i * 4, number, true) : view.setUint16(i * 2, number, true),
  );
  return new Uint8Array(view.buffer);
}

/** A data set under construction; elements are written in ascending order of their tags whatever order they came in. */
export class DicomElements {
  readonly #elements = new Map<number, Uint8Array>();

  /** @param tag group and element as one number, e.g. 0x00100010. */
  put(tag: number, vr: string, value: ElementValue): this {
    const bytes = valueBytes(vr, value);
    const long = longVrs.has(vr);
    if (!long && bytes.length > 0xfffe) throw new RangeError(`Element ${tag.toString(16)} is too long for VR ${vr}`);
    const header = new DataView(new ArrayBuffer(long ? 12 : 8));
    header.setUint16(0, tag >>> 16, true);
    header.setUint16(2, tag & 0xffff, true);
    header.setUint8(4, vr.charCodeAt(0));
    header.setUint8(5, vr.charCodeAt(1));
    if (long) header.setUint32(8, bytes.length, true);
    else header.setUint16(6, bytes.length, true);
    this.#elements.set(tag >>> 0, concat([new Uint8Array(header.buffer), bytes]));
    return this;
  }

  encode(): Uint8Array {
    return concat([...this.#elements].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
  }
}

/** A DICOM file (PS3.10 7.1): preamble, file meta information, data set. */
export function dicomFile(sopClassUid: string, sopInstanceUid: string, dataSet: DicomElements): Uint8Array {
  const meta = new DicomElements()
    .put(0x00020001, 'OB', Uint8Array.of(0, 1))
    .put(0x00020002, 'UI', sopClassUid)
    .put(0x00020003, 'UI', sopInstanceUid)
    .put(0x00020010, 'UI', '1.2.840.10008.1.2.1')
    .put(0x00020012, 'UI', '2.25.331402171180712410310229671190127450712')
    .put(0x00020013, 'SH', 'LIANZHEN')
    .encode();
  const length = new DicomElements().put(0x00020000, 'UL', [meta.length]).encode();
  const magic = new Uint8Array(132);
  magic.set([0x44, 0x49, 0x43, 0x4d], 128);
  return concat([magic, length, meta, dataSet.encode()]);
}
