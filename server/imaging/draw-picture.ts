import { openBoundedMemory, type BoundedMemory } from '../platform/bounded-memory.ts';
import type { ActionContext, Hub } from '../platform/context.ts';
import { renderPictureJob, type RenderRequest } from './frame-job.ts';
import { asPixelRefusal } from './read-frames.ts';

/** Pictures that were asked for are mostly asked for again: by the next window, or by whoever reads along. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** Of one that is still being drawn. */
const GUESSED_BYTES = 256 * 1024;

const kept = new WeakMap<Hub, BoundedMemory<Promise<Uint8Array>>>();

/**
 * One frame of a stored file as a picture, drawn in a worker thread once for all who want the same at a time and after;
 * whoever asks must be permitted. Throws dicom-damaged, not-acceptable, too-large, parse-timeout.
 */
export function drawPicture(
  request: Omit<RenderRequest, 'path'> & { sha256: string },
  { hub }: Pick<ActionContext, 'hub'>,
): Promise<Uint8Array> {
  const { sha256, frameNumber, format, quality, window, viewport } = request;
  const memory = kept.get(hub) ?? openBoundedMemory<Promise<Uint8Array>>(KEPT_BYTES);
  kept.set(hub, memory);
  const key = JSON.stringify([sha256, frameNumber, format, quality, window, viewport]);
  const known = memory.get(key);
  if (known !== undefined) return known;
  const asked: RenderRequest = {
    path: hub.blobs.pathOf(sha256),
    frameNumber,
    format,
    quality,
    window,
    viewport,
  };
  const picture = hub.threads.run(renderPictureJob, asked).catch((thrown: unknown) => {
    throw asPixelRefusal(thrown);
  });
  memory.keep(key, picture, GUESSED_BYTES);
  picture.then(
    ({ length }) => {
      if (memory.get(key) === picture) memory.keep(key, picture, length);
    },
    () => {
      if (memory.get(key) === picture) memory.forget(key);
    },
  );
  return picture;
}
