import { decodeLimits } from '../decode-limits.ts';
import { readPlainText } from '../plain-text.ts';
import type { EdfHeader, EdfSignal } from './edf-header.ts';

/** What the annotation signals hold: when each record starts (EDF+ 2.2.4), and what was noted when (2.2.2). */
export interface EdfAnnotations {
  /** Seconds after the start of the file, NaN where a record does not say it; empty without annotation signals. */
  recordStarts: Float64Array;
  /** `12.5 s: text`, in the file's order. */
  notes: string[];
}

const onsetPattern = /^[+-]\d+(?:\.\d+)?$/;

/**
 * Time-stamped annotation lists: `+onset[<21>duration]<20>text<20>...<20><0>`. The first list of a record's first
 * annotation signal begins with an empty text and gives the record's start. Lists that break this form are passed over.
 */
export function readEdfAnnotations(header: EdfHeader): EdfAnnotations {
  const signals = header.signals.filter((signal) => signal.annotations && signal.samplesPerRecord > 0);
  const recordStarts = new Float64Array(signals.length > 0 ? header.records : 0).fill(Number.NaN);
  const notes: string[] = [];
  let characters = 0;
  for (let record = 0; record < recordStarts.length; record++) {
    signals.forEach((signal, number) => {
      for (const list of splitLists(annotationBytes(header, signal, record))) {
        const read = readList(list);
        if (!read) continue;
        if (number === 0 && Number.isNaN(recordStarts[record]!) && read.texts[0] === '') {
          recordStarts[record] = read.onset;
        }
        for (const text of read.texts) {
          if (text === '' || notes.length >= decodeLimits.statements) continue;
          const line = `${Math.round(read.onset * 1000) / 1000} s: ${text}`;
          characters += line.length;
          if (characters <= decodeLimits.textCharacters) notes.push(line);
        }
      }
    });
  }
  return { recordStarts, notes };
}

function annotationBytes(
  { bytes, headerBytes, recordBytes, bytesPerSample }: EdfHeader,
  signal: EdfSignal,
  record: number,
) {
  const from = headerBytes + record * recordBytes + signal.byteOffset;
  return bytes.subarray(from, from + signal.samplesPerRecord * bytesPerSample);
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
