/** One media range of an Accept header (RFC 9110, 12.5.1), as DICOMweb writes them (PS3.18, 8.7.5). */
export interface MediaRange {
  /** `multipart/related` around `media`, or the media type alone. */
  multipart: boolean;
  /** Lower case; `*` `/` `*` where anything will do. */
  media: string;
  /** A UID, `*`, or null where none is named. */
  transferSyntax: string | null;
  quality: number;
}

const MAX_HEADER = 8192;
const MAX_RANGES = 60;

/** Splits at a separator that stands outside quotes. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') quoted = !quoted;
    else if (text[at] === separator && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/**
 * Reads the Accept header, or the `accept` parameter that stands for it (PS3.18, 8.3.3.1): the best range first. What
 * cannot be read is passed over; without any, anything will do.
 */
export function readMediaRanges(header: string | undefined, parameter?: unknown): MediaRange[] {
  const text = (typeof parameter === 'string' && parameter !== '' ? parameter : (header ?? '')).slice(0, MAX_HEADER);
  const ranges: MediaRange[] = [];
  for (const part of split(text, ',').slice(0, MAX_RANGES)) {
    const [name = '', ...rest] = split(part, ';').map((piece) => piece.trim());
    const parameters = new Map(
      rest.map((piece) => {
        const at = piece.indexOf('=');
        const value = piece
          .slice(at + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1');
        return [piece.slice(0, Math.max(0, at)).trim().toLowerCase(), value] as const;
      }),
    );
    const plain = name.toLowerCase();
    if (!/^[\w.+*-]+\/[\w.+*-]*$/.test(plain)) continue;
    const multipart = plain === 'multipart/related' || plain === 'multipart/*';
    const media = multipart ? (parameters.get('type') ?? '*/*').toLowerCase() : plain;
    const quality = Number(parameters.get('q') ?? 1);
    if (!(quality > 0)) continue;
    ranges.push({
      multipart,
      media: media.endsWith('/') ? `${media}*` : media,
      transferSyntax: parameters.get('transfer-syntax') ?? null,
      quality: Math.min(1, quality),
    });
  }
  if (ranges.length === 0 && text.trim() === '')
    return [{ multipart: false, media: '*/*', transferSyntax: null, quality: 1 }];
  return ranges.sort((a, b) => b.quality - a.quality);
}

/** Whether a range takes a media type; `image/*` takes every image. */
export function takes({ media }: MediaRange, type: string): boolean {
  return media === '*/*' || media === type || (media.endsWith('/*') && type.startsWith(media.slice(0, -1)));
}
