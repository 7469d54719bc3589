import { openBoundedMemory, type BoundedMemory } from '../platform/bounded-memory.ts';
import type { ActionContext, Hub } from '../platform/context.ts';
import type { InstanceFields } from './instance-record.ts';
import { packPixelsJob } from './pack-pixels-job.ts';

/** Whoever reads along asks for the same slices a moment later. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** A larger file is sent as it is: nobody waits for one of this size on a slow line. */
const MOST_BYTES = 64 * 1024 * 1024;

const kept = new WeakMap<Hub, BoundedMemory<Promise<Uint8Array | null>>>();

/**
 * The instance with its pixels in JPEG-LS without loss, made in a worker thread once for all who ask; null where its
 * pixels are coded already, cannot be coded so, or would save next to nothing. Whoever asks must be permitted.
 */
export function packPixels(
  { sha256, byteLength }: Pick<InstanceFields, 'sha256' | 'byteLength'>,
  { hub }: Pick<ActionContext, 'hub'>,
): Promise<Uint8Array | null> {
  if (byteLength > MOST_BYTES) return Promise.resolve(null);
  const memory = kept.get(hub) ?? openBoundedMemory<Promise<Uint8Array | null>>(KEPT_BYTES);
  kept.set(hub, memory);
  const known = memory.get(sha256);
  if (known !== undefined) return known;
  const packed = hub.threads.run(packPixelsJob, { path: hub.blobs.pathOf(sha256) }).catch((cause: unknown) => {
    // As it is stored it can still be sent, whatever hindered this.
    hub.log.warn({ cause }, 'an instance could not be packed');
    return null;
  });
  memory.keep(sha256, packed, byteLength);
  void packed.then((bytes) => {
    if (memory.get(sha256) === packed) memory.keep(sha256, packed, bytes?.length ?? 100);
  });
  return packed;
}
