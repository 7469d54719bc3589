import { decodeLimits } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { mferTags } from './mfer-elements.ts';
import type { MferElement } from './mfer-elements.ts';

/** A quantity of clause 5: a unit's code, a mantissa and a power of ten, here one number. */
export interface Quantity {
  unit: number;
  mantissa: number;
  exponent: number;
}

/** What holds for all channels, or for one; a channel's own definition goes before that for all. */
export interface Definitions {
  blockLength?: number;
  sequences?: number;
  dataType?: number;
  waveformType?: number;
  interval?: Quantity;
  resolution?: Quantity;
  offset?: Uint8Array;
  nullValue?: Uint8Array;
  lead?: { code: number; words: Uint8Array };
}

/** Everything that is in force at one place of the file. */
export class MferState {
  littleEndian = false;
  channels = 1;
  pointer: number | undefined;
  common: Definitions = {};
  readonly #own = new Map<number, Definitions>();

  /** A lead named for all channels means the first. */
  of(channel: number): Definitions {
    const { lead, ...common } = this.common;
    return { ...common, ...(channel === 0 && lead ? { lead } : {}), ...this.#own.get(channel) };
  }

  number({ value, tag, at }: Pick<MferElement, 'value' | 'tag' | 'at'>): number {
    if (value.length > 4) {
      throw new EcgDecodeError(
        'malformed',
        `MFER: tag ${tag.toString(16)} at byte ${at} has a number of ${value.length} bytes`,
      );
    }
    return unsigned(value, this.littleEndian);
  }

  /** A new number of channels ends all definitions of single channels. */
  setChannels(element: MferElement): void {
    this.channels = element.value.length === 0 ? 1 : this.number(element);
    if (this.channels > decodeLimits.leadsPerGroup) {
      throw new EcgDecodeError(
        'too-large',
        `MFER: ${this.channels} channels (tag 05), at most ${decodeLimits.leadsPerGroup} are read`,
      );
    }
    this.#own.clear();
  }

  /** Takes the definition if it is one of a frame or of sampling; an empty value goes back to what held before. */
  define(element: MferElement, channel: number | undefined): boolean {
    const name = names.get(element.tag);
    if (name === undefined) return false;
    let target = this.common;
    if (channel !== undefined) {
      target = this.#own.get(channel) ?? {};
      this.#own.set(channel, target);
    }
    if (element.value.length === 0) delete target[name];
    else Object.assign(target, { [name]: this.#read(name, element) });
    return true;
  }

  #read(name: keyof Definitions, element: MferElement): Definitions[keyof Definitions] {
    const { value } = element;
    switch (name) {
      case 'blockLength':
      case 'sequences':
        return this.number(element);
      case 'dataType':
        return value[0] ?? 0;
      case 'waveformType':
        return unsigned(value.subarray(0, 2), this.littleEndian);
      case 'interval':
      case 'resolution':
        return this.#quantity(element);
      case 'offset':
      case 'nullValue':
        return this.littleEndian ? Uint8Array.from(value.subarray(0, 8)).reverse() : value.subarray(0, 8);
      case 'lead':
        return { code: unsigned(value.subarray(0, 2), this.littleEndian), words: value.subarray(2) };
    }
  }

  #quantity({ value, tag, at }: MferElement): Quantity {
    if (value.length < 3 || value.length > 6) {
      throw new EcgDecodeError('malformed', `MFER: tag ${tag.toString(16)} at byte ${at} is no unit, power and number`);
    }
    const digits = value.subarray(2);
    const plain = unsigned(digits, this.littleEndian);
    const range = 256 ** digits.length;
    return {
      unit: value[0] ?? 0,
      exponent: ((value[1] ?? 0) << 24) >> 24,
      mantissa: plain >= range / 2 ? plain - range : plain,
    };
  }
}

const names: ReadonlyMap<number, keyof Definitions> = new Map([
  [mferTags.blockLength, 'blockLength'],
  [mferTags.sequences, 'sequences'],
  [mferTags.dataType, 'dataType'],
  [mferTags.waveformType, 'waveformType'],
  [mferTags.interval, 'interval'],
  [mferTags.resolution, 'resolution'],
  [mferTags.offset, 'offset'],
  [mferTags.nullValue, 'nullValue'],
  [mferTags.lead, 'lead'],
]);

/** The number in at most eight bytes. */
export function unsigned(bytes: Uint8Array, littleEndian: boolean): number {
  let value = 0;
  const last = bytes.length - 1;
  for (let i = 0; i <= last; i++) value = value * 256 + (bytes[littleEndian ? last - i : i] ?? 0);
  return value;
}
