import { browserCodecs } from './browser-codecs.ts';
import { fetchInstance } from './fetch-instance.ts';
import type { ParsedInstance } from '../../../../../shared/dicom/pixels/data-set.ts';
import { asImagingError, ImagingError } from '../../../../../shared/dicom/pixels/imaging-error.ts';
import { loadFrame } from '../../../../../shared/dicom/pixels/load-frame.ts';
import { parseInstance } from './part10.ts';
import type { LineMeasure, WorkerReply, WorkerRequest } from './worker-protocol.ts';

/**
 * The decoding worker: fetches, parses and decodes away from the thread that draws. Hostile bytes can stall or kill
 * only this worker; the page replaces it.
 */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(message: WorkerReply, transfer?: Transferable[]): void;
}

interface HeldInstance {
  loading: Promise<{ instance: ParsedInstance; line: LineMeasure }>;
  abort: AbortController;
  waiting: Set<number>;
  settledBytes: number;
}

const scope = globalThis as unknown as WorkerScope;
const codecs = browserCodecs();
/** Bytes of instances with several frames are kept, so that their next frame costs only its decoding. */
const HELD_BYTES = 256 * 1024 * 1024;
const PROGRESS_EVERY_MS = 120;
const held = new Map<string, HeldInstance>();
const urlOfRequest = new Map<number, string>();

scope.onmessage = ({ data }) => {
  if (data.type === 'load') void load(data);
  else cancel(data.id);
};

async function load(request: Extract<WorkerRequest, { type: 'load' }>): Promise<void> {
  const { id, url, sopInstanceUid, frameNumber } = request;
  const startedAt = performance.now();
  urlOfRequest.set(id, url);
  try {
    const known = held.get(url);
    const entry = known ?? hold(request);
    entry.waiting.add(id);
    const { instance, line } = await entry.loading;
    if (!urlOfRequest.has(id)) throw new ImagingError('cancelled');
    const fetchedAt = performance.now();
    scope.postMessage({ type: 'decoding', id });
    const frame = { sopInstanceUid, ...(await loadFrame(instance, frameNumber, codecs)) };
    const { pixels } = frame;
    const large = pixels.kind === 'grey' ? pixels.values : pixels.rgba;
    if (frame.frames === 1) held.delete(url);
    scope.postMessage(
      {
        ...{ type: 'loaded', id, frame, fetchMs: fetchedAt - startedAt, decodeMs: performance.now() - fetchedAt },
        line: known === undefined ? line : null,
      },
      [large.buffer as ArrayBuffer],
    );
  } catch (thrown) {
    const { code, detail } = asImagingError(thrown);
    scope.postMessage({ type: 'failed', id, code, detail });
  } finally {
    urlOfRequest.delete(id);
    held.get(url)?.waiting.delete(id);
    letGo();
  }
}

function hold({ url, headers, packed }: Extract<WorkerRequest, { type: 'load' }>): HeldInstance {
  const abort = new AbortController();
  const entry: HeldInstance = {
    abort,
    waiting: new Set(),
    settledBytes: 0,
    loading: Promise.resolve().then(async () => {
      let reportedAt = 0;
      const options = { headers, packed, signal: abort.signal };
      const { bytes, line } = await fetchInstance(url, options, (receivedBytes, totalBytes) => {
        const now = performance.now();
        if (now - reportedAt < PROGRESS_EVERY_MS) return;
        reportedAt = now;
        for (const id of entry.waiting) scope.postMessage({ type: 'progress', id, receivedBytes, totalBytes });
      });
      entry.settledBytes = bytes.length;
      return { instance: parseInstance(bytes), line };
    }),
  };
  held.set(url, entry);
  entry.loading.catch(() => held.delete(url));
  return entry;
}

function cancel(id: number): void {
  const url = urlOfRequest.get(id);
  if (url === undefined) return;
  urlOfRequest.delete(id);
  const entry = held.get(url);
  entry?.waiting.delete(id);
  if (entry && entry.waiting.size === 0 && entry.settledBytes === 0) {
    entry.abort.abort();
    held.delete(url);
  }
}

/** Forgets the instances that were used longest ago until the rest fits. */
function letGo(): void {
  let total = [...held.values()].reduce((sum, { settledBytes }) => sum + settledBytes, 0);
  for (const [url, entry] of held) {
    if (total <= HELD_BYTES) return;
    if (entry.waiting.size > 0 || entry.settledBytes === 0) continue;
    held.delete(url);
    total -= entry.settledBytes;
  }
}
