/** Seeded changes of files, each of a kind that breaks parsers: the same seed gives the same file. */
export type RandomSource = () => number;

const words32 = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const numbersAsText = [
  '-1',
  '0',
  '1',
  '99999999',
  '2147483648',
  '4294967296',
  '1e9',
  '-1e308',
  '0.0000001',
  'NaN',
  '',
  '٣',
];
const textPieces = [
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '&b;',
  '&#x10FFFF;',
  '<',
  '</',
  '<a>'.repeat(300),
  '<![CDATA[',
  '<!--',
  '\0',
  '\xff\xfe',
  '^',
  '\\',
  'AAAA'.repeat(64),
];
const largest = 96 * 1024;

function insert(bytes: Uint8Array, at: number, piece: Uint8Array, removed = 0): Uint8Array {
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + removed)]));
}

/** A run of digits at or behind `from`, as text formats and text fields of headers have them. */
function digitRun(bytes: Uint8Array, from: number): [at: number, length: number] | undefined {
  const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;
  for (let at = from; at < Math.min(bytes.length, from + 2000); at++) {
    if (!isDigit(bytes[at])) continue;
    let end = at;
    while (end < at + 12 && isDigit(bytes[end])) end++;
    return [at, end - at];
  }
  return undefined;
}

/** One change of `bytes`; `others` are files to take pieces from. */
export function mutateOnce(bytes: Uint8Array, others: readonly Uint8Array[], random: RandomSource): Uint8Array {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const place = () => below(Math.max(1, random() < 0.6 ? Math.min(bytes.length, 1200) : bytes.length));
  const size = () => Math.floor(2 ** (random() * 12));
  const piece = (from: Uint8Array) => {
    const start = below(Math.max(1, from.length));
    return from.subarray(start, start + size());
  };
  const changed = Uint8Array.from(bytes);
  const at = place();
  switch (below(12)) {
    case 0:
      for (let n = 1 + below(8); n > 0; n--) changed[place()]! ^= 1 << below(8);
      return changed;
    case 1:
      changed[at] = pick([0, 1, 0x20, 0x2d, 0x30, 0x39, 0x7f, 0x80, 0xfe, 0xff]);
      return changed;
    case 2:
      return changed.subarray(0, below(bytes.length + 1));
    case 3:
    case 4: {
      const view = new DataView(changed.buffer);
      const value = random() < 0.7 ? pick(words32) : bytes.length + below(5) - 2;
      const little = random() < 0.5;
      if (random() < 0.5 && at + 4 <= bytes.length) view.setUint32(at, value, little);
      else if (at + 2 <= bytes.length) view.setUint16(at, value & 0xffff, little);
      return changed;
    }
    case 5:
    case 6: {
      const run = digitRun(bytes, at);
      if (!run) return changed;
      const text = pick(numbersAsText);
      // Fields of fixed width keep it half of the time.
      const fixed = random() < 0.5 ? text.padEnd(run[1]).slice(0, run[1]) : text;
      return insert(bytes, run[0], Buffer.from(fixed), run[1]);
    }
    case 7:
      return insert(bytes, at, Buffer.from(pick(textPieces), 'latin1'));
    case 8:
      return insert(bytes, at, new Uint8Array(0), size());
    case 9:
      return insert(bytes, at, piece(pick(others)), random() < 0.5 ? size() : 0);
    case 10: {
      const copied = piece(bytes);
      const times = 1 + below(Math.min(64, Math.max(1, Math.floor(largest / (copied.length + 1)))));
      return insert(bytes, at, Buffer.concat(new Array<Uint8Array>(times).fill(copied)));
    }
    default:
      return changed.fill(pick([0, 0x20, 0x30, 0xff]), at, at + size());
  }
}

/** A file with one to six changes, never more than some hundred kilobytes. */
export function mutate(bytes: Uint8Array, others: readonly Uint8Array[], random: RandomSource): Uint8Array {
  let changed = bytes;
  for (let n = 1 + Math.floor(random() * random() * 6); n > 0; n--) {
    changed = mutateOnce(changed, others, random).subarray(0, largest);
  }
  return changed;
}
