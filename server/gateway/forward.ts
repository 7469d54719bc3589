import type { UploadView } from '../../shared/contracts/uploads.ts';
import { FileRefused, HubAway, UploadGone, type HubClient, type SentPiece } from './hub-client.ts';
import { PACKING, openForms, type Saved } from './packing/choose-form.ts';
import type { FileToSend } from './packing/pack-entries.ts';
import { isSound, readPiece } from './spool/entry-file.ts';
import type { SentLedger } from './spool/sent-ledger.ts';
import type { Entry, Spool } from './spool/spool.ts';

export interface ForwarderStatus {
  sending: { id: string; offset: number; byteLength: number } | null;
  /** Why nothing goes out at the moment; null where it does. */
  trouble: { code: HubAway['code']; detail: string; since: string; nextTryAt: string } | null;
  sent: number;
  lastSentAt: string | null;
  saved: Saved;
}

export interface Forwarder {
  status(): ForwarderStatus;
  /** Tries now instead of waiting for the next try. */
  wake(): void;
  /** Ends after the request that is under way, or gives it up. */
  close(): Promise<void>;
}

export interface ForwarderOptions {
  spool: Spool;
  ledger: SentLedger;
  hub: HubClient;
  log: (message: string, fields?: Record<string, string | number>) => void;
  slowBelowBytesPerSecond: number;
  /** First wait after a failure; it doubles up to the longest. */
  firstWaitMs?: number;
  longestWaitMs?: number;
}

const SMALLEST_PIECE = 64 * 1024;
const FIRST_PIECE = 512 * 1024;
const LARGEST_PIECE = 8 * 1024 * 1024;
/** A piece that takes about so long wastes little when the line breaks and little in between. */
const SLOW_PIECE_MS = 8_000;
const FAST_PIECE_MS = 2_000;
/** A hub that breaks over one file every time must not keep all the others waiting. */
const MOST_FAILURES_OF_ONE = 6;
const HELD_AGAIN_MS = 15 * 60_000;

/** Brings the spool's files to the hub, one after the other, in the order in which they were acknowledged. */
export function startForwarder(options: ForwarderOptions): Forwarder {
  const { spool, ledger, hub, log } = options;
  const firstWaitMs = options.firstWaitMs ?? 1000;
  const longestWaitMs = options.longestWaitMs ?? 5 * 60_000;
  const forms = openForms(options);
  const failuresOf = new Map<string, number>();
  let pieceBytes = FIRST_PIECE;
  let failures = 0;
  let closed = false;
  let wakeUp: () => void = () => undefined;
  let sending: ForwarderStatus['sending'] = null;
  let trouble: ForwarderStatus['trouble'] = null;
  let sent = 0;
  let lastSentAt: string | null = null;

  /** Until woken, or for so long. What was told before it began to wait counts. */
  let told = false;
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      if (told || closed) {
        told = false;
        return resolve();
      }
      const timer = setTimeout(() => wakeUp(), ms);
      wakeUp = () => {
        clearTimeout(timer);
        wakeUp = () => undefined;
        told = false;
        resolve();
      };
    });
  const wake = () => {
    told = true;
    wakeUp();
  };
  // New files wait behind the one that cannot go; they wake nobody who waits for the hub.
  spool.onGrown(() => {
    if (trouble === null) wake();
  });

  async function run(): Promise<void> {
    // These had arrived when the gateway ended, and only their files were still there.
    for (const entry of spool.queue()) if (ledger.hasEntry(entry.id)) await spool.remove(entry);
    while (!closed) {
      const entry = spool.queue()[0];
      if (entry === undefined) {
        await sleep(HELD_AGAIN_MS);
        await releaseFailed();
        continue;
      }
      try {
        await forward(entry);
        failures = 0;
        trouble = null;
      } catch (thrown) {
        if (closed) return;
        await pause(entry, thrown);
      } finally {
        sending = null;
      }
    }
  }

  /** A hub that has been mended meanwhile may do better with what it broke over. */
  async function releaseFailed(): Promise<void> {
    for (const { id, state } of spool.held())
      if (state.held?.code === 'file-failed' && Date.now() - Date.parse(state.held.at) >= HELD_AGAIN_MS)
        await spool.release(id);
  }

  async function pause(entry: Entry, thrown: unknown): Promise<void> {
    const known = thrown instanceof HubAway;
    const detail = (thrown as Error).message;
    const code = known ? thrown.code : 'hub-failed';
    failures += 1;
    entry.state.attempts += 1;
    await spool.saveState(entry).catch(() => undefined);
    log('forwarding failed', { entry: entry.id, code, detail, attempts: entry.state.attempts });
    if (code === 'file-failed' && forms.refused(entry, code)) await spool.saveState(entry).catch(() => undefined);
    else if (code === 'file-failed') {
      const times = (failuresOf.get(entry.id) ?? 0) + 1;
      failuresOf.set(entry.id, times);
      if (times >= MOST_FAILURES_OF_ONE) {
        failuresOf.delete(entry.id);
        return spool.hold(entry, { code, detail });
      }
    }
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 20)) * (0.8 + 0.4 * Math.random());
    const now = Date.now();
    trouble = {
      code,
      detail,
      since: trouble?.since ?? new Date(now).toISOString(),
      nextTryAt: new Date(now + waitMs).toISOString(),
    };
    await sleep(waitMs);
  }

  async function forward(entry: Entry): Promise<void> {
    sending = { id: entry.id, offset: 0, byteLength: entry.byteLength };
    if (entry.state.uploadPath === null && !(await isSound(entry.path, entry))) {
      log('a file in the spool was torn', { entry: entry.id });
      await forms.done(entry, null);
      return spool.setTornAside(entry);
    }
    let view: UploadView;
    const file = await forms.choose(entry);
    // The next one is packed while this one is under way.
    const next = spool.queue()[1];
    if (next !== undefined) await forms.prepare(next);
    let sentFile: FileToSend = file;
    try {
      ({ view, file: sentFile } = await upload(entry, file));
    } catch (thrown) {
      if (!(thrown instanceof FileRefused)) throw thrown;
      return hold(entry, thrown.code, thrown.message);
    }
    const { result } = view;
    if (result.state === 'stored') return arrived(entry, sentFile, result.existing ? 'existing' : 'stored');
    if (result.state === 'question' || result.state === 'refused') {
      const { code, title } = result.problem;
      // The hub keeps those bytes for a person to decide (409, PS3.18 10.5): they have arrived.
      return code === 'instance-conflict' ? arrived(entry, sentFile, 'quarantined') : hold(entry, code, title);
    }
    throw new HubAway('hub-busy', `the hub has not settled it: ${result.state}`);
  }

  async function arrived(entry: Entry, file: FileToSend, outcome: string): Promise<void> {
    const at = new Date().toISOString();
    const { name, instance } = entry.header;
    await ledger.add({ id: entry.id, sha256: entry.sha256, name, at, outcome, ...(instance && { instance }) });
    sent += 1;
    lastSentAt = at;
    await forms.done(entry, file);
    await spool.remove(entry);
    log('forwarded', { entry: entry.id, outcome, bytes: entry.byteLength, sentBytes: file.byteLength });
  }

  async function hold(entry: Entry, code: string, detail: string): Promise<void> {
    // The file itself may have nothing wrong with it; whose it is the hub has read out of it.
    if (code !== 'patient-mismatch' && forms.refused(entry, code)) return spool.saveState(entry);
    log('the hub refused a file', { entry: entry.id, code });
    await forms.done(entry, null);
    // A modality that sends the same again must not fill the list.
    for (const older of spool.held()) if (older.sha256 === entry.sha256) await spool.remove(older);
    await spool.hold(entry, { code, detail });
  }

  async function upload(entry: Entry, chosen: FileToSend): Promise<{ view: UploadView; file: FileToSend }> {
    let file = chosen;
    let at: { path: string; offset: number } | null = null;
    const known = entry.state.uploadPath;
    if (known !== null)
      try {
        at = { path: known, offset: await hub.resume(known) };
      } catch (thrown) {
        if (!(thrown instanceof UploadGone)) throw thrown;
      }
    for (;;) {
      if (closed) throw new HubAway('unreachable', 'the gateway ends');
      if (at !== null && at.offset >= file.byteLength) return { view: await hub.settle(at.path), file };
      const offset: number = at?.offset ?? 0;
      sending = { id: entry.id, offset, byteLength: file.byteLength };
      const piece = await readPiece(file.path, file, offset, pieceBytes);
      const began = Date.now();
      let answer: SentPiece;
      try {
        const { kind, name } = entry.header;
        const packing = file.path === entry.path ? null : PACKING;
        answer =
          at === null
            ? await hub.begin({ kind, name, byteLength: file.byteLength, packing }, piece)
            : await hub.append(at.path, offset, piece);
      } catch (thrown) {
        pieceBytes = Math.max(SMALLEST_PIECE, pieceBytes / 2);
        if (!(thrown instanceof UploadGone)) throw thrown;
        at = null;
        continue;
      }
      const tookMs = Date.now() - began;
      forms.carried(piece.length, tookMs - answer.hubMs);
      if (tookMs > SLOW_PIECE_MS) pieceBytes = Math.max(SMALLEST_PIECE, pieceBytes / 2);
      else if (tookMs < FAST_PIECE_MS) pieceBytes = Math.min(LARGEST_PIECE, pieceBytes * 2);
      if (answer.view !== null) return { view: answer.view, file };
      at = { path: answer.path, offset: answer.offset };
      const better = file.path === entry.path ? await forms.better(entry, at.offset) : null;
      if (better !== null) {
        await hub.forget(at.path).catch(() => undefined);
        file = better;
        at = null;
      }
      const uploadPath: string | null = at?.path ?? null;
      if (entry.state.uploadPath !== uploadPath) {
        entry.state.uploadPath = uploadPath;
        await spool.saveState(entry);
      }
    }
  }

  const ended = run();
  return {
    status: () => ({ sending, trouble, sent, lastSentAt, saved: forms.saved() }),
    wake,
    async close() {
      closed = true;
      wake();
      await forms.close();
      await ended;
    },
  };
}
