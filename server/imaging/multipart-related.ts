import { HubError } from '../platform/errors.ts';

export interface RelatedPart {
  /** Lower-case header names. */
  headers: Record<string, string>;
  /** Must be read to its end before the next part is asked for; what is left unread is skipped. */
  body: AsyncIterable<Uint8Array>;
}

const MAX_HEADER_BYTES = 8 * 1024;
const MAX_PARTS = 5000;

/** The boundary and type of a multipart/related Content-Type (RFC 2387); null for anything else. */
export function relatedType(contentType: string | undefined): { boundary: string; type: string } | null {
  if (contentType === undefined || !/^multipart\/related\s*(;|$)/i.test(contentType)) return null;
  const parameter = (name: string) => {
    const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(contentType);
    return match?.[1] ?? match?.[2];
  };
  const boundary = parameter('boundary');
  if (boundary === undefined || boundary === '' || boundary.length > 200) return null;
  return { boundary, type: (parameter('type') ?? 'application/dicom').toLowerCase() };
}

/** Reads the parts of a multipart body (RFC 2046, 5.1) one after the other as they stream in. Throws malformed. */
export async function* relatedParts(source: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<RelatedPart> {
  const input = source[Symbol.asyncIterator]();
  try {
    yield* readParts(input, boundary);
  } finally {
    // Lets go of the source, also where its rest is never read.
    await input.return?.();
  }
}

async function* readParts(input: AsyncIterator<Uint8Array>, boundary: string): AsyncGenerator<RelatedPart> {
  let buffer: Buffer = Buffer.alloc(0);
  let ended = false;
  const more = async (): Promise<boolean> => {
    if (ended) return false;
    const next = await input.next();
    if (next.done === true) {
      ended = true;
      return false;
    }
    buffer = buffer.length === 0 ? Buffer.from(next.value) : Buffer.concat([buffer, next.value]);
    return true;
  };
  const take = (count: number) => {
    const taken = buffer.subarray(0, count);
    buffer = buffer.subarray(count);
    return taken;
  };
  const malformed = () => new HubError('malformed', { field: 'multipart' });

  // What stands before the first boundary is a preamble that nobody reads.
  const first = Buffer.from(`--${boundary}`);
  while (buffer.indexOf(first) < 0) {
    if (buffer.length > MAX_HEADER_BYTES || !(await more())) throw malformed();
  }
  take(buffer.indexOf(first) + first.length);
  const delimiter = Buffer.from(`\r\n--${boundary}`);

  for (let count = 0; ; count += 1) {
    while (buffer.length < 2) if (!(await more())) throw malformed();
    if (buffer.subarray(0, 2).toString('latin1') === '--') return;
    if (count >= MAX_PARTS) throw new HubError('too-large');
    let end = buffer.indexOf('\r\n\r\n');
    while (end < 0) {
      if (buffer.length > MAX_HEADER_BYTES || !(await more())) throw malformed();
      end = buffer.indexOf('\r\n\r\n');
    }
    const headers: Record<string, string> = {};
    for (const line of take(end + 4)
      .toString('latin1')
      .split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
    let finished = false;
    const body = (async function* () {
      while (!finished) {
        const at = buffer.indexOf(delimiter);
        if (at >= 0) {
          const last = take(at);
          take(delimiter.length);
          finished = true;
          if (last.length > 0) yield last;
          return;
        }
        // A delimiter may stand across two chunks: that much is held back.
        const safe = buffer.length - delimiter.length + 1;
        if (safe > 0) yield take(safe);
        if (!(await more())) throw malformed();
      }
    })();
    yield { headers, body };
    for await (const unread of body) void unread;
    if (!finished) throw malformed();
  }
}
