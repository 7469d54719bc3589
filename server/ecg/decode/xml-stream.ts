import { SaxesParser } from 'saxes';
import { EcgDecodeError } from './ecg-decode-error.ts';
import { decodeXmlText } from './xml-text.ts';

const maxDepth = 100;

export type XmlAttributes = Readonly<Record<string, string>>;

/** Hears the elements of a file in their order; names come without their prefix. */
export interface XmlListener {
  open(name: string, attributes: XmlAttributes): void;
  text(text: string): void;
  close(): void;
}

export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** The attribute's value, whatever its prefix; an empty text where there is none. */
export function attribute(attributes: XmlAttributes, name: string): string {
  const direct = attributes[name];
  if (direct !== undefined) return direct.trim();
  for (const key of Object.keys(attributes)) if (localName(key) === name) return (attributes[key] ?? '').trim();
  return '';
}

/** Trimmed text that says something; names such as "---" stand for nothing. */
export function meaningful(text: string): string | undefined {
  const trimmed = text.trim().slice(0, 300);
  return /[\p{L}\p{N}]/u.test(trimmed) ? trimmed : undefined;
}

function refuseDocumentType(text: string, allowed: boolean): void {
  if (!allowed) {
    throw new EcgDecodeError('hostile-xml', 'XML: the file has a DOCTYPE, which this format has no use for');
  }
  if (text.includes('[')) {
    throw new EcgDecodeError('hostile-xml', 'XML: the DOCTYPE defines entities; such files are not read');
  }
}

/**
 * Streams an XML file's elements to the listener. Only XML's own five entities are known; nothing outside the file is
 * ever fetched.
 * @param documentType whether a DOCTYPE may stand at the start; one with an internal subset is refused in any case.
 * @throws EcgDecodeError `malformed` with the place, `truncated` when the file ends early, `hostile-xml`.
 */
export function streamXml(bytes: Uint8Array, documentType: 'refused' | 'named only', listener: XmlListener): void {
  const text = decodeXmlText(bytes);
  const parser = new SaxesParser({ xmlns: false, position: true });
  let depth = 0;
  parser.on('doctype', (content) => refuseDocumentType(content, documentType === 'named only'));
  parser.on('error', (error) => {
    if (/unclosed tag|unexpected end/i.test(error.message)) {
      throw new EcgDecodeError('truncated', 'XML: the file ends before its elements are closed');
    }
    throw new EcgDecodeError('malformed', `XML is not well formed at ${error.message.slice(0, 120)}`);
  });
  parser.on('opentag', (tag) => {
    if (++depth > maxDepth) throw new EcgDecodeError('hostile-xml', `XML: nested deeper than ${maxDepth} elements`);
    listener.open(localName(tag.name), tag.attributes);
  });
  parser.on('closetag', () => {
    depth--;
    listener.close();
  });
  parser.on('text', (chunk) => listener.text(chunk));
  parser.on('cdata', (chunk) => listener.text(chunk));
  const step = 64 * 1024;
  for (let at = 0; at < text.length; at += step) parser.write(text.slice(at, at + step));
  parser.close();
}

/** What a format's reader hears of each element: the names from the root down to it, its attributes and its text. */
export interface ElementReader {
  open(path: readonly string[], attributes: XmlAttributes): void;
  close(path: readonly string[], text: string): void;
}

/**
 * Streams the elements below the named root. An element's text is what follows its last child, which for the formats
 * read here is the whole of it: their elements hold either text or elements.
 * @throws EcgDecodeError as streamXml does, and `not-an-ecg` for another root.
 */
export function readXmlElements(
  bytes: Uint8Array,
  root: string,
  documentType: 'refused' | 'named only',
  reader: ElementReader,
): void {
  const path: string[] = [];
  let pieces: string[] = [];
  streamXml(bytes, documentType, {
    open(name, attributes) {
      path.push(name);
      pieces = [];
      if (path.length === 1 && name !== root) {
        throw new EcgDecodeError('not-an-ecg', `XML with the root element <${name.slice(0, 40)}>`);
      }
      reader.open(path, attributes);
    },
    text(text) {
      pieces.push(text);
    },
    close() {
      reader.close(path, pieces.length === 1 ? (pieces[0] ?? '') : pieces.join(''));
      pieces = [];
      path.pop();
    },
  });
}
