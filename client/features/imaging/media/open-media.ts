import type { SortMediaReply } from './sort-media-worker.ts';
import type { SortedMedia } from './sort-media.ts';

/** No archive keeps a PC busy for longer without reading on. */
const silentForMs = 60_000;

/**
 * Sorts what was chosen in a worker. Rejects when the signal is aborted, when the worker dies (its memory is used up),
 * or when it reads nothing further for a minute. `onProgress`: 0 to 1.
 */
export function openMedia(
  files: readonly File[],
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<SortedMedia> {
  const totalBytes = Math.max(
    1,
    files.reduce((sum, { size }) => sum + size, 0),
  );
  const worker = new Worker(new URL('./sort-media-worker.ts', import.meta.url), { type: 'module' });
  let silence: ReturnType<typeof setTimeout> | undefined;
  return new Promise<SortedMedia>((resolve, reject) => {
    const giveUp = () => reject(new Error('The archive could not be opened.'));
    const moved = () => {
      clearTimeout(silence);
      silence = setTimeout(giveUp, silentForMs);
    };
    worker.onmessage = ({ data }: MessageEvent<SortMediaReply>) => {
      moved();
      if (data.type === 'sorted') resolve(data.sorted);
      else onProgress(Math.min(1, data.readBytes / totalBytes));
    };
    worker.onerror = giveUp;
    worker.onmessageerror = giveUp;
    signal.addEventListener('abort', giveUp);
    moved();
    // A file forgets its folder on the way into the worker.
    worker.postMessage(files.map((file) => ({ file, path: file.webkitRelativePath || file.name })));
  }).finally(() => {
    clearTimeout(silence);
    worker.terminate();
  });
}
