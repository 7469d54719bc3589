import type { EcgDocument, EcgFilePatient } from '../../../../shared/ecg/waveform.ts';
import { decodeLimits, SampleBudget, WarningList } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { readPlainText } from '../plain-text.ts';
import { checkGroupCount } from '../sample-source.ts';
import { MferState, unsigned } from './mfer-definitions.ts';
import { mferTags, readMferElements } from './mfer-elements.ts';
import type { MferElement } from './mfer-elements.ts';
import { joinPiece, readFrame } from './mfer-frame.ts';
import type { MferPiece } from './mfer-frame.ts';
import { readMferAge, readMferDevice, readMferName, readMferSex, readMferTime } from './mfer-people.ts';

/** Tag 03 names character sets in many ways; what is not told apart by the bytes themselves is taken from it. */
function encodingLabel(name: string): string | undefined {
  if (/shift.?jis|sjis|x ?0201/i.test(name)) return 'shift_jis';
  if (/euc/i.test(name)) return 'euc-jp';
  const part = /8859[\s_-]*(\d{1,2})/.exec(name)?.[1];
  return part === undefined ? undefined : `iso-8859-${part}`;
}

/** A day in frames of one second, and some. */
const maximumFrames = 100_000;

class MferReader {
  readonly warnings = new WarningList();
  readonly pieces: MferPiece[] = [];
  readonly patient: EcgFilePatient = {};
  readonly statements: string[] = [];
  acquiredAt: string | undefined;
  device: EcgDocument['device'];
  readonly #budget = new SampleBudget();
  readonly #state = new MferState();
  #encoding: string | undefined;
  #frames = 0;

  /** Takes all definitions in `bytes`; `depth` counts groups inside groups. */
  read(bytes: Uint8Array, base = 0, depth = 0, channel?: number): void {
    if (depth > 4) throw new EcgDecodeError('malformed', `MFER: definitions nested too deeply at byte ${base}`);
    for (const element of readMferElements(bytes, base)) {
      const inside = element.value.byteOffset - bytes.byteOffset + base;
      if (element.tag === mferTags.group) this.read(element.value, inside, depth + 1, channel);
      else if (element.tag === mferTags.channelAttribute) this.#readAttribute(element, inside, depth, channel);
      else if (!this.#state.define(element, channel) && channel === undefined) this.#take(element);
    }
  }

  #readAttribute(element: MferElement, inside: number, depth: number, outer: number | undefined): void {
    if (outer !== undefined) {
      throw new EcgDecodeError('malformed', `MFER: a channel's attributes inside another's at byte ${element.at}`);
    }
    const channel = element.channel ?? 0;
    if (channel >= this.#state.channels) {
      this.warnings.add(
        `MFER: attributes of channel ${channel + 1}, but ${this.#state.channels} channels, were left out`,
      );
      return;
    }
    this.read(element.value, inside, depth + 1, channel);
  }

  #text(bytes: Uint8Array): string {
    return readPlainText(bytes, this.#encoding);
  }

  #take(element: MferElement): void {
    const { tag, value } = element;
    const state = this.#state;
    switch (tag) {
      case mferTags.byteOrder:
        // 0 or nothing: the highest byte first, which is the standard's default.
        if ((value[0] ?? 0) > 1)
          throw new EcgDecodeError('malformed', `MFER: byte order ${value[0]} (tag 01) is unknown`);
        state.littleEndian = value[0] === 1;
        break;
      case mferTags.characterSet:
        this.#encoding = encodingLabel(readPlainText(value));
        break;
      case mferTags.channels:
        state.setChannels(element);
        break;
      case mferTags.pointer:
        state.pointer = value.length === 0 ? undefined : state.number(element);
        break;
      case mferTags.compression:
        if (value.some((byte) => byte !== 0)) {
          throw new EcgDecodeError('unsupported-format', 'MFER: the data are compressed (tag 0E), which is not read');
        }
        break;
      case mferTags.waveform:
        this.#takeFrame(value);
        break;
      default:
        this.#takeWords(tag, value);
    }
  }

  #takeFrame(value: Uint8Array): void {
    this.#frames++;
    if (this.#frames > maximumFrames) {
      throw new EcgDecodeError('too-large', `MFER: more than ${maximumFrames} frames in one file`);
    }
    const where = `MFER frame ${this.#frames}`;
    const text = (bytes: Uint8Array) => this.#text(bytes);
    for (const piece of readFrame(value, this.#state, where, text, this.warnings, this.#budget)) {
      joinPiece(this.pieces, piece);
    }
    checkGroupCount(this.pieces.length, 'MFER');
    this.#state.pointer = undefined;
  }

  #takeWords(tag: number, value: Uint8Array): void {
    const { littleEndian } = this.#state;
    switch (tag) {
      case mferTags.patientName: {
        const name = readMferName(this.#text(value));
        if (name !== undefined) this.patient.name = name;
        break;
      }
      case mferTags.patientId: {
        const id = this.#text(value).split('^')[0]?.trim() ?? '';
        if (id !== '') this.patient.id = id;
        break;
      }
      case mferTags.age:
        Object.assign(this.patient, readMferAge(value, littleEndian));
        break;
      case mferTags.sex: {
        const sex = readMferSex(value);
        if (sex !== undefined) this.patient.sex = sex;
        break;
      }
      case mferTags.time:
        this.acquiredAt ??= readMferTime(value, littleEndian);
        break;
      case mferTags.manufacturer:
        this.device ??= readMferDevice(this.#text(value));
        break;
      case mferTags.comment:
        this.#addStatement(this.#text(value));
        break;
      case mferTags.event:
        this.#takeEvent(value, littleEndian);
        break;
    }
  }

  /** Tag 41: code (2), start (4) and duration (4) in sampling intervals, words. */
  #takeEvent(value: Uint8Array, littleEndian: boolean): void {
    const words = this.#text(value.subarray(10));
    if (words === '') return;
    const interval = this.#state.common.interval;
    const start = unsigned(value.subarray(2, 6), littleEndian);
    const step = interval ? Number(`${interval.mantissa}e${interval.exponent}`) : 0.001;
    const seconds = interval?.unit === 0 ? start / step : start * step;
    this.#addStatement(
      start > 0 && Number.isFinite(seconds) ? `${Math.round(seconds * 1000) / 1000} s: ${words}` : words,
    );
  }

  #addStatement(words: string): void {
    if (words !== '' && this.statements.length < decodeLimits.statements) this.statements.push(words);
  }
}

/**
 * Reads an MFER recording (ISO 22077-1, medical waveform format encoding rules; lead codes of ISO 22077-2). Frames that
 * continue each other are joined, others become groups of their own.
 * @throws EcgDecodeError
 */
export function decodeMfer(bytes: Uint8Array): EcgDocument {
  const reader = new MferReader();
  reader.read(bytes);
  const { patient, acquiredAt, device, statements, warnings, pieces } = reader;
  if (pieces.length === 0) {
    throw new EcgDecodeError('malformed', 'MFER: no frame holds a voltage, so there is no trace to show');
  }
  const named = Object.keys(patient).length > 0;
  if (!named) warnings.add('The file names no patient');
  if (acquiredAt === undefined) warnings.add('The file names no time of acquisition');
  return {
    format: 'mfer',
    ...(named ? { patient } : {}),
    ...(acquiredAt === undefined ? {} : { acquiredAt }),
    ...(device ? { device } : {}),
    groups: pieces.map(({ label, startSeconds, leads }) => ({
      label,
      leads: leads.map(({ name, sampleRateHz, samples }) => ({ name, sampleRateHz, unit: 'uV', samples })),
      ...(startSeconds === 0 ? {} : { startMs: Math.round(startSeconds * 1e6) / 1000 }),
    })),
    ...(statements.length > 0 ? { statements } : {}),
    warnings: warnings.lines,
  };
}

/** Whether bytes without the preamble are MFER: a byte order first, then sound definitions up to a waveform. */
export function looksLikeBareMfer(bytes: Uint8Array): boolean {
  if (bytes[0] !== mferTags.byteOrder || bytes[1] !== 1 || (bytes[2] ?? 2) > 1) return false;
  const known: ReadonlySet<number> = new Set(Object.values(mferTags));
  let count = 0;
  try {
    for (const { tag } of readMferElements(bytes)) {
      if (tag === mferTags.waveform) return true;
      if (!known.has(tag) || ++count > 1000) return false;
    }
  } catch (error) {
    if (!(error instanceof EcgDecodeError)) throw error;
  }
  return false;
}
