import type { HubClient } from '../hub-client.ts';
import type { Entry } from '../spool/spool.ts';
import { measureSpeed } from './measure-speed.ts';
import { openPacker, type FileToSend } from './pack-entries.ts';

/** The packing of shared/contracts/uploads.ts that this gateway makes. */
export const PACKING = 'lianzhen-1';

/** What has been saved since the start, of so many bytes that would have gone otherwise. */
export interface Saved {
  files: number;
  bytes: number;
  ofBytes: number;
}

/** Decides for each file whether it goes as it is or packed: packed on a slow line to a hub that unpacks. */
export interface Forms {
  /** The entry itself, or its packed form. What was begun goes on as it was begun. */
  choose(entry: Entry): Promise<FileToSend>;
  /** While the next file waits for its turn. */
  prepare(entry: Entry): Promise<void>;
  /** In the middle of a file that goes as it is: its packed form, where that is there sooner than the rest would be. */
  better(entry: Entry, offset: number): Promise<FileToSend | null>;
  /** The line has carried so much, the answer included. */
  carried(bytes: number, tookMs: number): void;
  /** The hub would not have its packed form: true where it is now to be sent as it is. */
  refused(entry: Entry, code: string): boolean;
  /** It has arrived in this form, or waits for a person. */
  done(entry: Entry, file: FileToSend | null): Promise<void>;
  saved(): Saved;
  close(): Promise<void>;
}

export interface FormsOptions {
  hub: HubClient;
  log: (message: string, fields?: Record<string, string | number>) => void;
  /** A line that carries less is slow; 0: none is. */
  slowBelowBytesPerSecond: number;
}

/** Of less, the line takes longer to answer than to carry it. */
const SMALLEST_TO_PACK = 32 * 1024;
/** What is left of a file that goes as it is must take longer than this. */
const WORTH_BEGINNING_ANEW_S = 4;
const ASK_AGAIN_MS = 10 * 60_000;
/** After a hub has not unpacked what it said that it would. */
const DISTRUST_MS = 3600_000;

export function openForms({ hub, log, slowBelowBytesPerSecond }: FormsOptions): Forms {
  const packer = openPacker(log);
  const line = measureSpeed();
  const saved: Saved = { files: 0, bytes: 0, ofBytes: 0 };
  const refusedPacked = new Set<string>();
  let known: { unpacks: boolean; until: number } | null = null;

  async function hubUnpacks(): Promise<boolean> {
    if (known === null || known.until < Date.now()) {
      const packings = await hub.packings().catch(() => null);
      known = { unpacks: packings?.includes(PACKING) ?? false, until: Date.now() + (packings ? ASK_AGAIN_MS : 0) };
    }
    return known.unpacks;
  }

  /** Bytes a second of a line that is slow, and slower than this PC packs; else null. */
  function slowLine(): number | null {
    const carries = line.bytesPerSecond();
    if (carries === null || carries >= slowBelowBytesPerSecond) return null;
    return carries < (packer.bytesPerSecond() ?? Infinity) ? carries : null;
  }

  const shouldPack = async ({ header, byteLength, state }: Entry): Promise<boolean> =>
    header.kind === 'dicom' &&
    state.form !== 'plain' &&
    byteLength >= SMALLEST_TO_PACK &&
    slowLine() !== null &&
    (await hubUnpacks());

  async function packed(entry: Entry): Promise<FileToSend | null> {
    const file = await packer.pack(entry);
    entry.state.form = file === null ? 'plain' : 'packed';
    return file;
  }

  return {
    async choose(entry) {
      const { state } = entry;
      if (state.uploadPath !== null) {
        if (state.form !== 'packed') return entry;
        const file = await packer.find(entry);
        if (file !== null) return file;
        // Other bytes may not be put behind those that have arrived.
        await hub.forget(state.uploadPath).catch(() => undefined);
        state.uploadPath = null;
      }
      if (state.form === 'packed') state.form = null;
      return ((await shouldPack(entry)) ? await packed(entry) : null) ?? entry;
    },
    async prepare(entry) {
      if (entry.state.uploadPath === null && (await shouldPack(entry))) void packer.pack(entry);
    },
    async better(entry, offset) {
      const rest = entry.byteLength - offset;
      const carries = slowLine();
      if (carries === null || rest / carries < WORTH_BEGINNING_ANEW_S || !(await shouldPack(entry))) return null;
      const file = await packed(entry);
      if (file === null || file.byteLength < rest) return file;
      entry.state.form = 'plain';
      return null;
    },
    carried: (bytes, tookMs) => line.note(bytes, tookMs),
    refused(entry, code) {
      if (entry.state.form !== 'packed') return false;
      log('the hub did not take a packed file; it goes as it is', { entry: entry.id, code });
      refusedPacked.add(entry.id);
      Object.assign(entry.state, { form: 'plain', uploadPath: null });
      return true;
    },
    async done(entry, file) {
      if (file !== null && file.path !== entry.path) {
        saved.files += 1;
        saved.bytes += entry.byteLength - file.byteLength;
        saved.ofBytes += entry.byteLength;
      }
      // Nothing was wrong with the file itself.
      if (refusedPacked.delete(entry.id) && file !== null) known = { unpacks: false, until: Date.now() + DISTRUST_MS };
      await packer.forget(entry);
    },
    saved: () => ({ ...saved }),
    close: () => packer.close(),
  };
}
