import type { PictureForm } from './packed-format.ts';

/**
 * Samples of a native frame as one plane of unsigned numbers, and back. Nothing is asked of Bits Stored, High Bit or
 * Pixel Representation: every bit of the allocated ones comes back, whatever a device has left in them.
 */

export interface PackedSamples {
  form: PictureForm;
  /** As the codec takes them: bytes, or 16 bits little endian. */
  samples: Uint8Array | Uint16Array;
  /** 8, 12 or 16: these three the codec has fast ways for. */
  precision: number;
}

type Shape = Omit<PictureForm, 'base'>;

/**
 * @param frame the frame's own bytes, samples of 16 bits little endian
 * @param shape what is known of it; `lines` those of all planes
 */
export function samplesOfFrame(frame: Uint8Array, shape: Shape): PackedSamples {
  const { bytesPerSample, planes } = shape;
  const half = bytesPerSample === 1 ? 0x80 : 0x8000;
  const mask = bytesPerSample === 1 ? 0xff : 0xffff;
  const given = wordsOf(frame, bytesPerSample);
  const samples = planes === 1 ? given : new (bytesPerSample === 1 ? Uint8Array : Uint16Array)(given.length);
  if (planes === 3) {
    const { length, step, first, second, third } = placesOf(given.length, shape.interleaved);
    for (let at = 0; at < length; at += 1) {
      const place = at * step;
      const [one, two, three] = [given[first + place]!, given[second + place]!, given[third + place]!];
      // Of a grey picture in colours two planes become one value.
      samples[at] = shape.difference ? (one - two + half) & mask : one;
      samples[length + at] = two;
      samples[2 * length + at] = shape.difference ? (three - two + half) & mask : three;
    }
  }
  if (samples instanceof Uint8Array) return { form: { ...shape, base: 0 }, samples, precision: 8 };
  const { base, greatest } = rangeOf(samples);
  const lowered = base === 0 ? samples : samples.map((sample) => sample - base);
  return { form: { ...shape, base }, samples: lowered, precision: greatest < 4096 ? 12 : 16 };
}

/** The frame's own bytes again. */
export function frameOfSamples(samples: Uint8Array | Uint16Array, form: PictureForm): Uint8Array {
  const { bytesPerSample, planes, base } = form;
  const half = bytesPerSample === 1 ? 0x80 : 0x8000;
  const raised = samples instanceof Uint8Array || base === 0 ? samples : samples.map((sample) => sample + base);
  let frame = raised;
  if (planes === 3) {
    frame = new (bytesPerSample === 1 ? Uint8Array : Uint16Array)(raised.length);
    const { length, step, first, second, third } = placesOf(raised.length, form.interleaved);
    for (let at = 0; at < length; at += 1) {
      const place = at * step;
      const two = raised[length + at]!;
      // Typed arrays keep the low bits alone, which is the modulus.
      frame[first + place] = form.difference ? raised[at]! + two - half : raised[at]!;
      frame[second + place] = two;
      frame[third + place] = form.difference ? raised[2 * length + at]! + two - half : raised[2 * length + at]!;
    }
  }
  return bytesOf(frame);
}

/** Where the three samples of the first pixel stand, and how far it is to the next pixel. */
function placesOf(samples: number, interleaved: boolean) {
  const length = samples / 3;
  return interleaved
    ? { length, step: 3, first: 0, second: 1, third: 2 }
    : { length, step: 1, first: 0, second: length, third: 2 * length };
}

/**
 * The least sample, read as unsigned or as signed numbers, whichever leaves the smaller range: signed ones around zero
 * would else jump between 0 and 65535, which costs a predictor dearly.
 */
function rangeOf(samples: Uint16Array): { base: number; greatest: number } {
  let [least, most, leastSigned, mostSigned] = [0xffff, 0, 0x7fff, -0x8000];
  for (const sample of samples) {
    const signed = (sample << 16) >> 16;
    if (sample < least) least = sample;
    if (sample > most) most = sample;
    if (signed < leastSigned) leastSigned = signed;
    if (signed > mostSigned) mostSigned = signed;
  }
  return most - least <= mostSigned - leastSigned
    ? { base: least, greatest: most - least }
    : { base: leastSigned & 0xffff, greatest: mostSigned - leastSigned };
}

function wordsOf(bytes: Uint8Array, bytesPerSample: 1 | 2): Uint8Array | Uint16Array {
  if (bytesPerSample === 1) return bytes;
  // Both ends are little endian machines, as all that Node and WebAssembly run on.
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2);
}

const bytesOf = (samples: Uint8Array | Uint16Array) =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
