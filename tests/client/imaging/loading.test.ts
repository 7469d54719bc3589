/** @jest-environment node */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { FrameStore, type DecodingWorker } from '../../../client/features/imaging/viewer/frame-store.ts';
import type { DisplayFrame } from '../../../shared/dicom/pixels/display-frame.ts';
import { unwrapMultipart } from '../../../client/features/imaging/viewer/loader/multipart.ts';
import type {
  LineMeasure,
  WorkerReply,
  WorkerRequest,
} from '../../../client/features/imaging/viewer/loader/worker-protocol.ts';
import { framesOf, outwardFrom, type FrameAddress } from '../../../client/features/imaging/viewer/series-frames.ts';

/** The page's side of the worker's protocol; the test plays the worker. */
class PlayedWorker implements DecodingWorker {
  onmessage: ((event: MessageEvent<WorkerReply>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly requests: WorkerRequest[] = [];
  terminated = false;

  postMessage(request: WorkerRequest): void {
    this.requests.push(request);
  }
  terminate(): void {
    this.terminated = true;
  }
  get loads() {
    return this.requests.flatMap((request) => (request.type === 'load' ? [request] : []));
  }
  reply(reply: WorkerReply): void {
    this.onmessage?.({ data: reply } as MessageEvent<WorkerReply>);
  }
  finish(sopInstanceUid: string, fetchMs = 10, pixels = 100, line: LineMeasure | null = null): void {
    const { id } = this.loads.findLast((load) => load.sopInstanceUid === sopInstanceUid)!;
    this.reply({ type: 'loaded', id, frame: frameOf(sopInstanceUid, pixels), fetchMs, decodeMs: 1, line });
  }
}

function frameOf(sopInstanceUid: string, pixels: number): DisplayFrame {
  return {
    sopInstanceUid,
    frameNumber: 1,
    rows: 1,
    columns: pixels,
    frames: 1,
    pixels: { kind: 'colour', rgba: new Uint8ClampedArray(pixels * 4) },
    description: {} as DisplayFrame['description'],
  };
}

const series = {
  studyInstanceUid: '1.1',
  seriesInstanceUid: '1.2',
  modality: 'CT',
  instances: Array.from({ length: 9 }, (_, index) => ({ sopInstanceUid: `1.3.${index}`, instanceNumber: index })),
};
const frames = framesOf(series);
const at = (index: number): FrameAddress => frames[index]!;
let workers: PlayedWorker[];
const openStore = (capacityBytes = 1_000_000) => {
  const store = new FrameStore({
    root: '/dicom-web/',
    headers: { 'X-Test': '1' },
    workers: 1,
    capacityBytes,
    startWorker: () => {
      const worker = new PlayedWorker();
      workers.push(worker);
      return worker;
    },
  });
  store.open();
  return store;
};
const asked = () => workers.at(-1)!.loads.map(({ sopInstanceUid }) => sopInstanceUid.split('.').at(-1));

beforeEach(() => {
  workers = [];
  jest.useFakeTimers();
  Object.assign(globalThis, { location: { href: 'https://hub.example/case/1' } });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the order of loading', () => {
  test('the middle comes first and alone, then its neighbours outward', () => {
    const store = openStore();
    store.demand(at(4));
    store.prefetch(outwardFrom(frames, 4));
    expect(asked()).toEqual(['4']);
    workers[0]!.finish('1.3.4');
    workers[0]!.finish('1.3.5');
    workers[0]!.finish('1.3.3');
    expect(asked().slice(0, 5)).toEqual(['4', '5', '3', '6', '2']);
    expect(store.stateOf(at(4)).state).toBe('ready');
  });

  test('an instance is asked for under its DICOMweb address, PS3.18 clause 10.4', () => {
    openStore().demand(at(0));
    expect(workers[0]!.loads[0]).toMatchObject({
      url: 'https://hub.example/dicom-web/studies/1.1/series/1.2/instances/1.3.0',
      headers: { 'X-Test': '1' },
      frameNumber: 1,
    });
  });

  test('of wishes in quick succession the latest is loaded next', () => {
    const store = openStore();
    for (const index of [0, 1, 2, 3, 4]) store.demand(at(index));
    expect(asked()).toEqual(['0', '1']);
    workers[0]!.finish('1.3.0');
    expect(asked()).toEqual(['0', '1', '4']);
  });

  test('on a slow line what is waited for does not share it with what is not', () => {
    const store = openStore();
    store.demand(at(4));
    store.prefetch(outwardFrom(frames, 4));
    workers[0]!.finish('1.3.4', 2000);
    store.demand(at(8));
    const cancelled = workers[0]!.requests.filter(({ type }) => type === 'cancel');
    expect(cancelled).toHaveLength(2);
    expect(asked().at(-1)).toBe('8');
  });

  test('a line that carries fewer than 50 Mbit/s is asked for packed instances, a faster one for the stored bytes', () => {
    const store = openStore();
    store.demand(at(0));
    const asked = (index: number) =>
      workers[0]!.loads.findLast((load) => load.sopInstanceUid === `1.3.${index}`)!.packed;
    // Nothing is known of the line yet.
    expect(asked(0)).toBe(true);
    workers[0]!.finish('1.3.0', 50, 100, { bytes: 500_000, ms: 20 });
    store.demand(at(1));
    expect(asked(1)).toBe(false);
    workers[0]!.finish('1.3.1', 2000, 100, { bytes: 500_000, ms: 1900 });
    store.demand(at(2));
    // One hiccup is not the line.
    expect(asked(2)).toBe(false);
    for (const index of [2, 3, 4]) {
      store.demand(at(index));
      workers[0]!.finish(`1.3.${index}`, 2000, 100, { bytes: 500_000, ms: 1900 });
    }
    store.demand(at(5));
    expect(asked(5)).toBe(true);
    // Another frame of an instance that is there says nothing of the line.
    workers[0]!.finish('1.3.5', 1, 100, null);
    store.demand(at(6));
    expect(asked(6)).toBe(true);
  });

  test('what is shown stays when memory is full, and prefetching stops', () => {
    const store = openStore(1200);
    store.demand(at(4));
    store.prefetch(outwardFrom(frames, 4));
    for (const index of [4, 5, 3, 6]) workers[0]!.finish(`1.3.${index}`);
    expect(frames.filter((frame) => store.stateOf(frame).state === 'ready')).toHaveLength(3);
    expect(asked()).toEqual(['4', '5', '3', '6', '2']);
  });
});

describe('reading order and memory', () => {
  test('leafing one way, three ahead come for each one behind', () => {
    expect(outwardFrom([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4, 1)).toEqual([4, 5, 6, 7, 3, 8, 9, 2, 1, 0]);
    expect(outwardFrom([0, 1, 2, 3, 4, 5], 4, -1)).toEqual([4, 3, 2, 1, 5, 0]);
    expect(outwardFrom([0], 0, 1)).toEqual([0]);
    expect(outwardFrom([], 0)).toEqual([]);
  });

  test('what lies farthest from the reader is given up first, never what is beside the image', () => {
    const store = openStore(1600);
    store.demand(at(2));
    store.prefetch(outwardFrom(frames, 2));
    for (const index of [2, 3, 1, 4]) workers[0]!.finish(`1.3.${index}`);
    store.demand(at(7));
    store.prefetch(outwardFrom(frames, 7, 1));
    workers[0]!.finish('1.3.7');
    expect(store.stateOf(at(1)).state).toBe('absent');
    // Both were on their way: one lies near, the other would only be given up again.
    workers[0]!.finish('1.3.5');
    workers[0]!.finish('1.3.0');
    const ready = frames.flatMap((frame, index) => (store.stateOf(frame).state === 'ready' ? [index] : []));
    expect(ready).toEqual([3, 4, 5, 7]);
  });

  test('several panes are waited for together, the one that is read first', () => {
    const store = openStore();
    store.demand(at(4), at(8), at(0));
    expect(asked()).toEqual(['4', '8']);
    workers[0]!.finish('1.3.4');
    expect(asked()).toEqual(['4', '8', '0']);
  });
});

describe('when loading fails', () => {
  const fail = (code: 'network' | 'truncated') =>
    workers.at(-1)!.reply({ type: 'failed', id: workers.at(-1)!.loads.at(-1)!.id, code, detail: '' });

  test('a broken line is tried again three times before the reader is told', () => {
    const store = openStore();
    store.demand(at(0));
    for (let attempt = 0; attempt < 3; attempt++) {
      fail('network');
      expect(store.stateOf(at(0)).state).not.toBe('failed');
      jest.advanceTimersByTime(5000);
    }
    fail('network');
    expect(store.stateOf(at(0))).toMatchObject({ state: 'failed', error: { code: 'network' } });
    store.retry(at(0));
    expect(store.stateOf(at(0)).state).toBe('loading');
  });

  test('a damaged file is told at once', () => {
    const store = openStore();
    store.demand(at(0));
    fail('truncated');
    expect(store.stateOf(at(0))).toMatchObject({ state: 'failed', error: { code: 'truncated' } });
  });

  test('a file that hangs the decoder costs the worker, and the others start again', () => {
    const store = openStore();
    store.demand(at(0));
    store.demand(at(1));
    workers[0]!.reply({ type: 'decoding', id: workers[0]!.loads[0]!.id });
    jest.advanceTimersByTime(20_000);
    expect(workers[0]!.terminated).toBe(true);
    expect(store.stateOf(at(0))).toMatchObject({ state: 'failed', error: { code: 'timeout' } });
    expect(asked()).toEqual(['1']);
  });

  test('leaving ends everything, and coming back starts anew', () => {
    const store = openStore();
    store.demand(at(0));
    store.close();
    expect(workers[0]!.terminated).toBe(true);
    store.demand(at(0));
    expect(workers).toHaveLength(1);
    store.open();
    expect(workers).toHaveLength(2);
  });
});

describe('the stack', () => {
  test('instances stand in the order of Instance Number, frames one after the other', () => {
    const stack = framesOf({
      ...series,
      instances: [
        { sopInstanceUid: 'c' },
        { sopInstanceUid: 'b', instanceNumber: 2, numberOfFrames: 2 },
        { sopInstanceUid: 'a', instanceNumber: 1 },
      ],
    });
    expect(stack.map(({ sopInstanceUid, frameNumber }) => `${sopInstanceUid}${frameNumber}`)).toEqual([
      'a1',
      'b1',
      'b2',
      'c1',
    ]);
  });

  test('a made-up number of frames does not fill the memory', () => {
    const instances = [{ sopInstanceUid: 'a', numberOfFrames: 2_000_000_000 }];
    expect(framesOf({ ...series, instances }).length).toBeLessThanOrEqual(20_000);
  });
});

describe('multipart/related, RFC 2387', () => {
  const type = 'multipart/related; type="application/dicom"; boundary="a b"';
  const body = (text: string) => new TextEncoder().encode(text);

  test('the part comes out with its own line breaks', () => {
    const part = unwrapMultipart(
      type,
      body('--a b\r\nContent-Type: application/dicom\r\n\r\nDI\r\n--CM\r\n--a b--\r\n'),
    );
    expect(new TextDecoder().decode(part)).toBe('DI\r\n--CM');
  });

  test('a body that ends too early is an error', () => {
    expect(() => unwrapMultipart(type, body('--a b\r\n\r\nDICM'))).toThrow(
      expect.objectContaining({ code: 'truncated' }),
    );
  });

  test('a body without wrapping is taken as it is', () => {
    expect(unwrapMultipart('application/dicom', body('DICM'))).toEqual(body('DICM'));
  });
});
