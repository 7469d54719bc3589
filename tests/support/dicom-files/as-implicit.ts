import dicomParser, { type DataSet } from 'dicom-parser';
import { fileHead } from '../../../server/imaging/dicom-writer.ts';

const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;

const header = (tag: number, length: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  view.setUint32(4, length, true);
  return new Uint8Array(view.buffer);
};

/**
 * An explicit little endian file in Implicit VR Little Endian (PS3.5, A.1).
 * @param stated whether sequences and items state their length, or end by delimiters
 */
export function asImplicit(file: Uint8Array, { stated }: { stated: boolean }): Uint8Array {
  const meta = dicomParser.readPart10Header(file);
  const head = fileHead(meta.string('x00020002')!, meta.string('x00020003')!, '1.2.840.10008.1.2');
  return Uint8Array.from(Buffer.concat([head, implicitDataSet(file, { stated })]));
}

/** Its data set alone, as it stands on a disk without PS3.10. */
export function implicitDataSet(file: Uint8Array, { stated }: { stated: boolean }): Uint8Array {
  const sequence = (items: Uint8Array[]): Uint8Array[] =>
    items.flatMap((body) =>
      stated ? [header(ITEM, body.length), body] : [header(ITEM, UNDEFINED_LENGTH), body, header(ITEM_END, 0)],
    );
  const write = (set: DataSet): Uint8Array =>
    Buffer.concat(
      Object.entries(set.elements)
        .filter(([key]) => !key.startsWith('x0002'))
        .flatMap(([key, element]) => {
          const tag = Number.parseInt(key.slice(1), 16);
          if (element.items === undefined)
            return [
              header(tag, element.length),
              set.byteArray.subarray(element.dataOffset, element.dataOffset + element.length),
            ];
          const value = Buffer.concat(sequence(element.items.map((item) => write(item.dataSet!))));
          return stated
            ? [header(tag, value.length), value]
            : [header(tag, UNDEFINED_LENGTH), value, header(SEQUENCE_END, 0)];
        }),
    );
  return Uint8Array.from(write(dicomParser.parseDicom(file)));
}
