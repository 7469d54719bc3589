import type { ReformatPlane } from '../../../../../shared/contracts/viewing.ts';
import { coarser, cutRows, cutVolume, enlarged, type Voxels } from './cut-volume.ts';
import type { ReformatReply, ReformatRequest } from './worker-protocol.ts';

/** Holds the block and cuts pictures out of it, away from the thread that draws. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ReformatRequest>) => void) | null;
  postMessage(message: ReformatReply, transfer?: Transferable[]): void;
}
type CutRequest = Extract<ReformatRequest, { type: 'cut' }>;

const scope = globalThis as unknown as WorkerScope;
/** So long a cut goes on before it looks whether somebody wants another one by now. */
const LOOK_EVERY_MS = 25;
const ROWS_AT_ONCE = 8;

let values: Int16Array | undefined;
let valuesPerSlice = 0;
let voxels: Voxels | undefined;
const waiting = new Map<ReformatPlane, CutRequest>();
let isRunning = false;

scope.onmessage = ({ data }) => {
  if (data.type === 'begin') begin(data.slices, data.valuesPerSlice);
  else if (data.type === 'slice') values?.set(data.values, data.slot * valuesPerSlice);
  else if (data.type === 'complete') {
    const { geometry, outside } = data;
    const offsets = Int32Array.from(geometry.order, (slot) => slot * valuesPerSlice);
    voxels = values && { geometry, values, offsets, outside };
  } else {
    waiting.set(data.plane, data);
    if (!isRunning) void run();
  }
};

function begin(slices: number, each: number): void {
  valuesPerSlice = each;
  try {
    values = new Int16Array(slices * each);
  } catch {
    scope.postMessage({ type: 'no-memory' });
  }
}

/** Coarse pictures of all planes come before the fine one of any. */
async function run(): Promise<void> {
  isRunning = true;
  while (waiting.size > 0) {
    const requests = [...waiting.values()];
    const next = requests.find(({ coarse }) => coarse !== null) ?? requests[0]!;
    waiting.delete(next.plane);
    if (!voxels) continue;
    if (next.coarse === null) await cutFine(voxels, next);
    else {
      cutCoarse(voxels, next, next.coarse);
      await otherMessages();
      if (!waiting.has(next.plane)) waiting.set(next.plane, { ...next, coarse: null });
    }
  }
  isRunning = false;
}

function cutCoarse(block: Voxels, { id, plane, cut }: CutRequest, factor: number): void {
  const startedAt = performance.now();
  const picture = enlarged(cutVolume(block, coarser(cut, factor)), cut, factor);
  reply(id, plane, true, picture, startedAt);
}

async function cutFine(block: Voxels, { id, plane, cut }: CutRequest): Promise<void> {
  const startedAt = performance.now();
  let lookedAt = startedAt;
  const picture = new Int16Array(cut.columns * cut.rows);
  for (let row = 0; row < cut.rows; row += ROWS_AT_ONCE) {
    cutRows(block, cut, row, Math.min(cut.rows, row + ROWS_AT_ONCE), picture);
    if (performance.now() - lookedAt < LOOK_EVERY_MS) continue;
    await otherMessages();
    lookedAt = performance.now();
    if (waiting.has(plane)) return;
    // Another plane's first picture is wanted sooner than this one's fine one.
    const sooner = [...waiting.values()].find(({ coarse }) => coarse !== null);
    if (sooner?.coarse) {
      waiting.set(sooner.plane, { ...sooner, coarse: null });
      cutCoarse(block, sooner, sooner.coarse);
    }
  }
  reply(id, plane, false, picture, startedAt);
}

function reply(
  id: number,
  plane: ReformatPlane,
  isCoarse: boolean,
  picture: Int16Array<ArrayBuffer>,
  startedAt: number,
): void {
  const tookMs = performance.now() - startedAt;
  scope.postMessage({ type: 'cut', id, plane, isCoarse, values: picture, tookMs }, [picture.buffer]);
}

const channel = new MessageChannel();
/** Lets the messages that came meanwhile be taken in. */
function otherMessages(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}
