const isHeader = (file: File) => /\.hea$/i.test(file.name);
/** A header has a few lines; what is longer is none. */
const mostHeaderBytes = 2 * 1024 * 1024;

/**
 * A WFDB record is several files (header(5) of the WFDB Applications Guide): a header, the files of samples that it
 * names, sometimes headers of segments. Chosen together they become one archive; every other file stays by itself.
 */
export async function bundleRecords(files: readonly File[]): Promise<File[]> {
  const headers = files.filter((file) => isHeader(file) && file.size <= mostHeaderBytes);
  if (headers.length === 0) return [...files];
  const namedBy = new Map<File, Set<string>>();
  for (const header of headers) {
    const words = (await header.text()).split(/\r?\n/).map((line) => line.trim().split(/\s+/)[0] ?? '');
    namedBy.set(header, new Set(words.slice(1).flatMap((word) => [word, `${word}.hea`])));
  }
  const partsOf = (header: File, seen = new Set([header])): Set<File> => {
    for (const file of files) {
      if (seen.has(file) || !namedBy.get(header)?.has(file.name)) continue;
      seen.add(file);
      if (namedBy.has(file)) partsOf(file, seen);
    }
    return seen;
  };
  const segments = new Set(headers.flatMap((header) => [...partsOf(header)].filter((part) => part !== header)));
  const records = headers.filter((header) => !segments.has(header)).map((header) => [...partsOf(header)]);
  const { zipSync } = await import('fflate');
  const bundled = await Promise.all(
    records.map(async (parts) => {
      const contents = await Promise.all(parts.map(async (part) => new Uint8Array(await part.arrayBuffer())));
      const zip = zipSync(Object.fromEntries(parts.map((part, at) => [part.name, contents[at]!])));
      return new File([zip as Uint8Array<ArrayBuffer>], `${parts[0]!.name.replace(/\.hea$/i, '')}.zip`);
    }),
  );
  const taken = new Set(records.flat());
  return [...bundled, ...files.filter((file) => !taken.has(file))];
}
