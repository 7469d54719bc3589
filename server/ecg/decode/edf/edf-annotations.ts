import { decodeLimits } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { bytesInMemory } from '../file-bytes.ts';
import type { FileBytes } from '../file-bytes.ts';
import { readPlainText } from '../plain-text.ts';
import type { EdfHeader, EdfSignal } from './edf-header.ts';

/** Above so many, the starts of the records of one file are not gathered: a week of records of a fifth of a second. */
const mostRecordStarts = 4_000_000;
/** Records up to this size are read in runs of so many bytes; of larger ones the annotations alone. */
const smallRecordBytes = 4096;
const runBytes = 256 * 1024;
/** Of the annotations of one record no more is read than this. */
const mostAnnotationBytes = 1024 * 1024;

const onsetPattern = /^[+-]\d+(?:\.\d+)?$/;

const signalsOf = (header: EdfHeader) =>
  header.signals.filter((signal) => signal.annotations && signal.samplesPerRecord > 0);

/** When the file's first record starts, seconds after the start of the file; NaN where it does not say it. */
export function readFirstStart(header: EdfHeader): number {
  const [signal] = signalsOf(header);
  if (signal === undefined || header.records === 0) return Number.NaN;
  return startIn(annotationBytes(header, signal, header.file, header.headerBytes));
}

/**
 * When each record starts (EDF+ 2.2.4), seconds after the start of the file; NaN where a record does not say it.
 * @throws EcgDecodeError `too-large` above four million records
 */
export function readRecordStarts(header: EdfHeader): Float64Array {
  const [signal] = signalsOf(header);
  if (header.records > mostRecordStarts) {
    const words = `${header.records} data records that may lie apart, at most ${mostRecordStarts} are read`;
    throw new EcgDecodeError('too-large', `EDF+D: ${words}`);
  }
  const starts = new Float64Array(header.records).fill(Number.NaN);
  if (signal === undefined) return starts;
  for (const { record, bytesOf } of eachRecord(header)) starts[record] = startIn(bytesOf(signal));
  return starts;
}

/** What was noted when (EDF+ 2.2.2), `12.5 s: text`, in the file's order; as many as are kept. */
export function readNotes(header: EdfHeader): string[] {
  const signals = signalsOf(header);
  const notes: string[] = [];
  if (signals.length === 0) return notes;
  let characters = 0;
  for (const { bytesOf } of eachRecord(header)) {
    for (const signal of signals) {
      for (const list of splitLists(bytesOf(signal))) {
        const read = readList(list);
        for (const text of read?.texts ?? []) {
          if (text === '' || read === undefined) continue;
          const line = `${Math.round(read.onset * 1000) / 1000} s: ${text}`;
          characters += line.length;
          if (characters > decodeLimits.textCharacters || notes.length >= decodeLimits.statements) return notes;
          notes.push(line);
        }
      }
    }
  }
  return notes;
}

/** The first list of a record's first annotation signal begins with an empty text and gives the record's start. */
function startIn(bytes: Uint8Array): number {
  for (const list of splitLists(bytes)) {
    const read = readList(list);
    if (read?.texts[0] === '') return read.onset;
  }
  return Number.NaN;
}

interface OneRecord {
  record: number;
  bytesOf(signal: EdfSignal): Uint8Array;
}

function* eachRecord(header: EdfHeader): Generator<OneRecord> {
  const { file, headerBytes, recordBytes, records } = header;
  const inRun = recordBytes > smallRecordBytes ? 1 : Math.floor(runBytes / recordBytes);
  for (let first = 0; first < records; first += inRun) {
    const from = headerBytes + first * recordBytes;
    const run = inRun === 1 ? null : bytesInMemory(file.slice(from, from + inRun * recordBytes));
    for (let record = first; record < Math.min(records, first + inRun); record++) {
      const bytesOf = (signal: EdfSignal) =>
        run === null
          ? annotationBytes(header, signal, file, from)
          : annotationBytes(header, signal, run, (record - first) * recordBytes);
      yield { record, bytesOf };
    }
  }
}

function annotationBytes({ bytesPerSample }: EdfHeader, signal: EdfSignal, file: FileBytes, recordAt: number) {
  const from = recordAt + signal.byteOffset;
  return file.slice(from, from + Math.min(signal.samplesPerRecord * bytesPerSample, mostAnnotationBytes));
}

function* splitLists(bytes: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(0, from);
    const to = end < 0 ? bytes.length : end;
    if (to > from) yield bytes.subarray(from, to);
    from = to + 1;
  }
}

/** One time-stamped annotation list: `+onset[<21>duration]<20>text<20>...<20>`; undefined where it breaks this form. */
function readList(list: Uint8Array): { onset: number; texts: string[] } | undefined {
  const stampEnd = list.indexOf(20);
  if (stampEnd < 0 || stampEnd > 40) return undefined;
  const stamp = String.fromCharCode(...list.subarray(0, stampEnd)).split('\x15')[0] ?? '';
  if (!onsetPattern.test(stamp)) return undefined;
  const texts: string[] = [];
  let from = stampEnd + 1;
  while (from <= list.length && texts.length < 100) {
    const end = list.indexOf(20, from);
    // The mark that ends the last text ends the list.
    if (end < 0) break;
    texts.push(readPlainText(list.subarray(from, end)).slice(0, 400));
    from = end + 1;
  }
  return { onset: Number(stamp), texts };
}
