import { inflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import { decodeDicomText } from '../../shared/dicom/dicom-text.ts';
import { dicomJson, dicomJsonText } from './dicom-json.ts';
import { DicomDecodeError } from './dicom-decode-error.ts';
import { isCoded } from './frame-media.ts';
import { readFrameTable } from './frame-table.ts';
import type { InstanceFacts } from './read-instance-job.ts';
import { isoDate, seriesSearchFacts, studySearchFacts } from './search-facts.ts';

/**
 * A deflated data set may not grow beyond this: images deflate to a half or a tenth, zeros to a thousandth, which
 * makes a bomb.
 */
const MAX_INFLATED_BYTES = 512 * 1024 * 1024;
const INFLATED_BYTES_ANYWAY = 32 * 1024 * 1024;
const GREATEST_RATIO = 60;
/** Also with leading zeros in a component, which PS3.5 9.1 forbids and devices write. */
const UID = /^\d+(\.\d+)+$/;

/**
 * Reads the identifying part of a DICOM Part 10 file (PS3.10); pixel data is located, never decoded.
 * Throws DicomDecodeError: not-dicom, dicom-damaged (with the place), too-large. Call it off the serving thread.
 */
export function readInstance(bytes: Uint8Array): InstanceFacts {
  try {
    return readFacts(bytes);
  } catch (thrown) {
    // dicom-parser throws words where a value ends outside of the file.
    if (thrown instanceof DicomDecodeError) throw thrown;
    throw new DicomDecodeError('dicom-damaged', reasonOf(thrown));
  }
}

function readFacts(bytes: Uint8Array): InstanceFacts {
  const { dataSet, shift } = parseFile(bytes);
  const transferSyntaxUid = uid(dataSet, 'x00020010', '(0002,0010)');
  const charsets = (dataSet.string('x00080005') ?? '').split('\\').filter((term) => term !== '');
  const text = (tag: string): string | null => {
    const element = dataSet.elements[tag];
    if (element === undefined || element.length === 0) return null;
    const value = decodeDicomText(
      dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length) as Uint8Array,
      charsets,
      () => undefined,
    ).trim();
    return value === '' ? null : value;
  };
  const integer = (tag: string): number | null => {
    const value = Number(dataSet.string(tag)?.trim() || Number.NaN);
    return Number.isSafeInteger(value) ? value : null;
  };
  const stated = dataSet.string('x00280008')?.trim() ?? '';
  const frames = stated === '' ? 1 : (integer('x00280008') ?? 0);
  if (frames < 1 || frames > 100_000)
    throw new DicomDecodeError('dicom-damaged', 'Number of Frames (0028,0008) is not plausible');
  checkPixels(dataSet, transferSyntaxUid, frames);
  const json = dicomJson(dataSet, charsets);
  const table = readFrameTable(dataSet, transferSyntaxUid, frames, shift);
  const unsigned = (tag: string): number | null =>
    (dataSet.elements[tag]?.length ?? 0) >= 2 ? (dataSet.uint16(tag) ?? null) : null;
  return {
    studyInstanceUid: uid(dataSet, 'x0020000d', '(0020,000D) Study Instance UID'),
    seriesInstanceUid: uid(dataSet, 'x0020000e', '(0020,000E) Series Instance UID'),
    sopInstanceUid: uid(dataSet, 'x00080018', '(0008,0018) SOP Instance UID'),
    sopClassUid: uid(dataSet, 'x00080016', '(0008,0016) SOP Class UID'),
    transferSyntaxUid,
    modality: text('x00080060') ?? 'OT',
    studyDescription: text('x00081030')?.slice(0, 200) ?? null,
    studyDate: isoDate(dataSet.string('x00080020') ?? null),
    seriesDescription: text('x0008103e')?.slice(0, 200) ?? null,
    seriesNumber: integer('x00200011'),
    instanceNumber: integer('x00200013'),
    numberOfFrames: frames,
    rows: unsigned('x00280010'),
    columns: unsigned('x00280011'),
    bitsAllocated: unsigned('x00280100'),
    person: {
      identityNumber: text('x00100020'),
      name: text('x00100010'),
      sex: { M: 'male', F: 'female', O: 'other' }[text('x00100040') ?? ''] ?? null,
      birthDate: isoDate(dataSet.string('x00100030') ?? null),
    },
    study: studySearchFacts(json),
    series: seriesSearchFacts(json),
    frameTableJson: table === null ? null : JSON.stringify(table),
    metadataJson: dicomJsonText(json),
  };
}

/**
 * Parses a Part 10 file, also one without its preamble. `shift`: how much farther on a byte stands in the data set's
 * bytes than in the file. Throws DicomDecodeError.
 */
export function parseFile(file: Uint8Array): { dataSet: dicomParser.DataSet; shift: number } {
  let bytes = file;
  let shift = 0;
  if (String.fromCharCode(...file.subarray(128, 132)) !== 'DICM') {
    // Not PS3.10, but met: the meta header without its preamble.
    if (!(file[0] === 0x02 && file[1] === 0x00 && file[2] === 0x00))
      throw new DicomDecodeError('not-dicom', 'The file does not begin like a DICOM file');
    bytes = new Uint8Array(file.length + 132);
    bytes.set([0x44, 0x49, 0x43, 0x4d], 128);
    bytes.set(file, 132);
    shift = 132;
  }
  try {
    const dataSet = dicomParser.parseDicom(bytes, {
      inflater: (array: Uint8Array, position: number) => {
        const deflated = array.subarray(position);
        const limit = Math.max(INFLATED_BYTES_ANYWAY, deflated.length * GREATEST_RATIO);
        const inflated = inflateRawSync(deflated, { maxOutputLength: Math.min(MAX_INFLATED_BYTES, limit) });
        // dicom-parser reads on from where the meta header ended.
        const whole = new Uint8Array(position + inflated.length);
        whole.set(array.subarray(0, position));
        whole.set(inflated, position);
        return whole;
      },
    } as Parameters<typeof dicomParser.parseDicom>[1]);
    return { dataSet, shift };
  } catch (thrown) {
    const cause =
      typeof thrown === 'object' && thrown !== null && 'exception' in thrown
        ? (thrown as { exception: unknown }).exception
        : thrown;
    const read = upToPixels(thrown, bytes);
    if (read !== null) return { dataSet: read, shift };
    if ((cause as { code?: string } | null)?.code === 'ERR_BUFFER_TOO_LARGE')
      throw new DicomDecodeError('too-large', 'The deflated data set grows beyond the limit');
    throw new DicomDecodeError('dicom-damaged', reasonOf(cause));
  }
}

/**
 * What dicom-parser had read when it failed, if that was behind the pixels: media and devices fill files up with what
 * is no element. Whether the pixels are whole is looked at like those of any file.
 */
function upToPixels(thrown: unknown, bytes: Uint8Array): dicomParser.DataSet | null {
  const partial = (thrown as { dataSet?: dicomParser.DataSet } | null)?.dataSet;
  if (partial?.elements['x7fe00010'] === undefined) return null;
  Object.assign(partial.elements, dicomParser.readPart10Header(bytes).elements);
  return partial;
}

/** Why reading failed, in one line; never a value of the file. */
function reasonOf(cause: unknown): string {
  if (cause instanceof RangeError && /call stack/i.test(cause.message)) return 'The sequences are nested too deeply';
  const detail = typeof cause === 'string' ? cause : cause instanceof Error ? cause.message : '';
  return detail === '' ? 'The data set cannot be parsed' : detail.replace(/^dicomParser\./, '').slice(0, 200);
}

function uid(dataSet: dicomParser.DataSet, tag: string, name: string): string {
  const value = dataSet.string(tag)?.replace(/[\0 ]+$/, '') ?? '';
  if (value.length > 64 || !UID.test(value))
    throw new DicomDecodeError('dicom-damaged', `${name} is missing or is no UID`);
  return value;
}

/** Rows and columns that no pixels stand behind are refused here, before any viewer allocates for them. */
function checkPixels(dataSet: dicomParser.DataSet, transferSyntaxUid: string, frames: number): void {
  const pixels = dataSet.elements['x7fe00010'];
  if (pixels === undefined) return;
  const rows = dataSet.uint16('x00280010') ?? 0;
  const columns = dataSet.uint16('x00280011') ?? 0;
  const bits = dataSet.uint16('x00280100') ?? 0;
  const samples = dataSet.uint16('x00280002') ?? 1;
  if (rows === 0 || columns === 0)
    throw new DicomDecodeError('dicom-damaged', 'Rows (0028,0010) or Columns (0028,0011) is missing or zero');
  if (![1, 8, 16, 32].includes(bits))
    throw new DicomDecodeError('dicom-damaged', `Bits Allocated (0028,0100) is ${bits}`);
  if (samples < 1 || samples > 4)
    throw new DicomDecodeError('dicom-damaged', `Samples per Pixel (0028,0002) is ${samples}`);
  if (pixels.dataOffset + pixels.length > dataSet.byteArray.length)
    throw new DicomDecodeError('dicom-damaged', 'Pixel Data (7FE0,0010) is cut off');
  if (isCoded(transferSyntaxUid) && pixels.encapsulatedPixelData !== true)
    throw new DicomDecodeError('dicom-damaged', 'Pixel Data (7FE0,0010) is not coded as its transfer syntax says');
  if (pixels.encapsulatedPixelData === true) {
    if ((pixels.fragments ?? []).length === 0)
      throw new DicomDecodeError('dicom-damaged', 'Pixel Data (7FE0,0010) has no fragments');
    return;
  }
  const chroma = dataSet.string('x00280004')?.trim() === 'YBR_FULL_422' ? 2 : samples;
  const needed = Math.floor((rows * columns * chroma * bits * frames) / 8);
  if (pixels.length < needed)
    throw new DicomDecodeError(
      'dicom-damaged',
      `Pixel Data (7FE0,0010) has ${pixels.length} bytes, ${needed} are needed`,
    );
}
