import { sortMedia, type ChosenFile, type SortedMedia } from './sort-media.ts';

/** Opens archives away from the page: a hostile one can stall or kill only this worker. */
export type SortMediaReply = { type: 'progress'; readBytes: number } | { type: 'sorted'; sorted: SortedMedia };

interface WorkerScope {
  onmessage: ((event: MessageEvent<ChosenFile[]>) => void) | null;
  postMessage(message: SortMediaReply): void;
}

const scope = globalThis as unknown as WorkerScope;
const PROGRESS_EVERY_MS = 150;

scope.onmessage = ({ data }) => {
  let toldAt = 0;
  void sortMedia(data, (readBytes) => {
    if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = performance.now();
    scope.postMessage({ type: 'progress', readBytes });
  }).then((sorted) => scope.postMessage({ type: 'sorted', sorted }));
};
