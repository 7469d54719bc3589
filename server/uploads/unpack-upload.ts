import { unpackFileJob } from '../imaging/packing/unpack-job.ts';
import { MAX_INSTANCE_BYTES } from '../imaging/permit-images.ts';
import type { StagedBlob } from '../platform/blobs/blob-store.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';

/**
 * The file that was packed for a slow line, byte for byte, put together off the serving thread. Throws
 * checksum-mismatch where it is not the one that its sender packed; that one sends it again as it is.
 */
export function unpackUpload(packed: StagedBlob, { hub }: ActionContext): Promise<StagedBlob> {
  return hub.blobs.take(async (target) => {
    try {
      return await hub.threads.run(unpackFileJob, { path: packed.path, target, mostBytes: MAX_INSTANCE_BYTES });
    } catch (thrown) {
      if ((thrown as Error).name !== 'PackedDamaged') throw thrown;
      throw new HubError('checksum-mismatch', { where: (thrown as Error).message });
    }
  });
}
