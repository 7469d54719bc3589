import { EcgDecodeError, oneLine } from './ecg-decode-error.ts';

/**
 * Caps on what one file may make the reader hold. Twenty million samples are 12 leads for 27 minutes at 1000 Hz, or
 * 3 leads for 9 hours at 200 Hz: far beyond a resting ECG, and still only some hundred megabytes.
 */
export const decodeLimits = {
  fileBytes: 128 * 1024 * 1024,
  /** Of EDF and ISHNE, which are read piece by piece: a day of 12 leads at 500 Hz and 16 bits has 1 037 megabytes. */
  holterFileBytes: 1024 * 1024 * 1024,
  groups: 64,
  leadsPerGroup: 128,
  totalSamples: 20_000_000,
  /** How much later than the first a lead of a group may begin; what lies before is held as missing samples. */
  leadDelaySeconds: 60,
  statements: 200,
  warnings: 100,
  textCharacters: 4000,
} as const;

/** Counts the samples of one file over all its groups and leads. */
export class SampleBudget {
  #left: number = decodeLimits.totalSamples;

  /** @throws EcgDecodeError `too-large` when the file holds more samples than the cap. */
  take(samples: number, where: string): void {
    this.#left -= samples;
    if (this.#left < 0) {
      throw new EcgDecodeError('too-large', `${where}: more than ${decodeLimits.totalSamples} samples in one file`);
    }
  }

  /**
   * Takes the missing samples before a lead that begins later: a few bytes of a header must not ask for millions.
   * @throws EcgDecodeError `too-large` beyond decodeLimits.leadDelaySeconds
   */
  takeDelay(samples: number, sampleRateHz: number, where: string): void {
    const seconds = samples / sampleRateHz;
    if (seconds > decodeLimits.leadDelaySeconds) {
      throw new EcgDecodeError('too-large', `${where}: begins ${Math.round(seconds)} s after the first lead`);
    }
    this.take(samples, where);
  }
}

/** Collects plain lines about oddities; equal lines once, at most `decodeLimits.warnings` of them. */
export class WarningList {
  readonly lines: string[] = [];

  add(text: string): void {
    const line = oneLine(text);
    if (this.lines.length < decodeLimits.warnings && !this.lines.includes(line)) this.lines.push(line);
  }
}
