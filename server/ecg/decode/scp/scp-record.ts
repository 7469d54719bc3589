import { crcCcitt } from '../crc-ccitt.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import type { WarningList } from '../decode-limits.ts';

/** One section's content without its 16-byte header (EN 1064 5.2.7). */
export interface ScpSection {
  id: number;
  content: Uint8Array;
  view: DataView;
}

const headerBytes = 16;
const pointerBytes = 10;

/**
 * Splits a record into its sections by the pointers of section 0 (EN 1064 5.3). A wrong checksum or record length is
 * told in `warnings`; a section that reaches past the file's end is refused.
 * @throws EcgDecodeError `truncated` or `malformed`.
 */
export function readScpSections(file: Uint8Array, warnings: WarningList): Map<number, ScpSection> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 6 + headerBytes + pointerBytes) {
    throw new EcgDecodeError('truncated', 'SCP-ECG: the file ends inside its pointer section');
  }
  const recordLength = view.getUint32(2, true);
  const pointersLength = view.getUint32(6 + 4, true);
  if (pointersLength < headerBytes + pointerBytes) {
    throw new EcgDecodeError('malformed', `SCP-ECG section 0: a length of ${pointersLength} bytes is too short`);
  }
  if (6 + pointersLength > file.length) {
    throw new EcgDecodeError('truncated', 'SCP-ECG: the file ends inside its pointer section');
  }
  if (recordLength !== file.length) {
    warnings.add(`SCP-ECG: the record says it has ${recordLength} bytes, the file has ${file.length}`);
  }
  const checked = recordLength > 6 && recordLength <= file.length ? file.subarray(2, recordLength) : file.subarray(2);
  if (crcCcitt(checked) !== view.getUint16(0, true)) warnings.add("SCP-ECG: the record's checksum (CRC) is wrong");

  const sections = new Map<number, ScpSection>();
  const pointers = Math.floor((pointersLength - headerBytes) / pointerBytes);
  for (let i = 0; i < pointers; i++) {
    const at = 6 + headerBytes + i * pointerBytes;
    const id = view.getUint16(at, true);
    const length = view.getUint32(at + 2, true);
    const start = view.getUint32(at + 6, true) - 1;
    if (id === 0 || length === 0 || id > 11) continue;
    if (length < headerBytes || start < 6) {
      throw new EcgDecodeError(
        'malformed',
        `SCP-ECG section ${id}: its pointer (${length} bytes at ${start + 1}) is wrong`,
      );
    }
    if (start + length > file.length) {
      throw new EcgDecodeError(
        'truncated',
        `SCP-ECG section ${id}: reaches to byte ${start + length}, but the file has only ${file.length}`,
      );
    }
    const whole = file.subarray(start, start + length);
    if (view.getUint16(start + 2, true) !== id) {
      throw new EcgDecodeError('malformed', `SCP-ECG section ${id}: another section stands where its pointer points`);
    }
    if (sections.has(id)) {
      warnings.add(`SCP-ECG section ${id}: stands twice; the first was read`);
      continue;
    }
    if (crcCcitt(whole.subarray(2)) !== view.getUint16(start, true)) {
      warnings.add(`SCP-ECG section ${id}: the checksum (CRC) is wrong`);
    }
    const content = whole.subarray(headerBytes);
    sections.set(id, { id, content, view: new DataView(content.buffer, content.byteOffset, content.byteLength) });
  }
  return sections;
}
