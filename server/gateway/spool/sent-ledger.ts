import { open, readFile, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { removePatiently, renamePatiently } from './durable-files.ts';

/** What has reached the hub, one JSON line each. */
export interface SentLine {
  id: string;
  sha256: string;
  name: string;
  at: string;
  outcome: string;
  instance?: { sopClassUid: string; sopInstanceUid: string };
}

export interface SentLedger {
  hasEntry(id: string): boolean;
  hasBytes(sha256: string): boolean;
  /** The last that was sent of a SOP instance. */
  lastOf(sopInstanceUid: string): SentLine | null;
  /** Durable when it resolves. */
  add(line: SentLine): Promise<void>;
  close(): Promise<void>;
}

const MOST_LINES = 200_000;

export async function openSentLedger(folder: string): Promise<SentLedger> {
  const path = join(folder, 'sent.jsonl');
  const text = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return '';
    throw thrown;
  });
  const lines: SentLine[] = [];
  for (const line of text.split('\n'))
    try {
      if (line !== '') lines.push(JSON.parse(line) as SentLine);
    } catch {
      // The last line of a power cut: its entry is still there and is sent again, which the hub knows.
    }
  const kept = lines.slice(-MOST_LINES / 2);
  // A torn last line must not swallow the next one; a long ledger is cut to its newer half.
  if (lines.length > MOST_LINES || (text !== '' && !text.endsWith('\n'))) {
    const shorter = `${path}.new`;
    await writeFile(shorter, kept.map((line) => `${JSON.stringify(line)}\n`).join(''), { flush: true });
    await removePatiently(path);
    await renamePatiently(shorter, path);
  }
  const entries = new Set(kept.map(({ id }) => id));
  const bytes = new Set(kept.map(({ sha256 }) => sha256));
  const instances = new Map<string, SentLine>();
  const note = (line: SentLine) => {
    if (line.instance !== undefined) instances.set(line.instance.sopInstanceUid, line);
  };
  kept.forEach(note);
  const handle: FileHandle = await open(path, 'a');
  return {
    hasEntry: (id) => entries.has(id),
    hasBytes: (sha256) => bytes.has(sha256),
    lastOf: (sopInstanceUid) => instances.get(sopInstanceUid) ?? null,
    async add(line) {
      await handle.appendFile(`${JSON.stringify(line)}\n`);
      await handle.sync();
      entries.add(line.id);
      bytes.add(line.sha256);
      note(line);
    },
    close: () => handle.close(),
  };
}
