/**
 * Lowers the most memory that a WebAssembly module may ever grow to. Codecs are compiled for gigabytes; a hostile
 * picture must meet the end of its memory long before the machine does. Rewrites the memory section (WebAssembly Core
 * Specification 2.0, 5.5.8), whose limits are LEB128 numbers.
 * @param maxPages of 64 KiB
 * @throws RangeError where the module declares no memory of its own, or needs more at its start
 */
export function capWasmMemory(module: Uint8Array, maxPages: number): Uint8Array<ArrayBuffer> {
  const memorySection = 5;
  for (let at = 8; at < module.length;) {
    const id = module[at]!;
    const size = readNumber(module, at + 1);
    if (id !== memorySection) {
      at = size.next + size.value;
      continue;
    }
    const count = readNumber(module, size.next);
    const flags = module[count.next]!;
    const least = readNumber(module, count.next + 1);
    if (count.value !== 1 || flags > 1 || least.value > maxPages) break;
    const content = [1, 1, ...written(least.value), ...written(maxPages)];
    const out = new Uint8Array(module.length + 16);
    out.set(module.subarray(0, at + 1));
    let to = at + 1;
    for (const part of [written(content.length), content, module.subarray(size.next + size.value)]) {
      out.set(part, to);
      to += part.length;
    }
    return out.slice(0, to);
  }
  throw new RangeError('The WebAssembly module has no memory that can be capped');
}

function readNumber(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0, next = at; shift < 35; shift += 7) {
    const byte = bytes[next++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next };
  }
  throw new RangeError('Not a WebAssembly module');
}

function written(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) | 0x80);
  }
}
