import { ImagingError } from '../../../../../shared/dicom/pixels/imaging-error.ts';

/**
 * Takes the one part out of a multipart/related body (RFC 2387), as WADO-RS sends an instance (PS3.18 clause 10.4).
 * A body of another type is returned as it is: some servers send a single instance without the wrapping.
 * @throws ImagingError `damaged` or `truncated`.
 */
export function unwrapMultipart(contentType: string, body: Uint8Array): Uint8Array {
  if (!/^\s*multipart\/related/i.test(contentType)) return body;
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (!name) throw new ImagingError('damaged', 'multipart boundary');
  const delimiter = new TextEncoder().encode(`--${name}`);
  const first = indexOf(body, delimiter, 0);
  if (first < 0) throw new ImagingError('damaged', 'multipart body');
  const headersEnd = indexOf(body, new Uint8Array([13, 10, 13, 10]), first);
  if (headersEnd < 0) throw new ImagingError('truncated', 'multipart headers');
  const start = headersEnd + 4;
  const end = indexOf(body, new TextEncoder().encode(`\r\n--${name}`), start);
  if (end < 0) throw new ImagingError('truncated', 'multipart body');
  return body.subarray(start, end);
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(wanted[0]!, from); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    let matched = 1;
    while (matched < wanted.length && bytes[at + matched] === wanted[matched]) matched += 1;
    if (matched === wanted.length) return at;
  }
  return -1;
}
