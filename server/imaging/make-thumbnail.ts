import type { ActionContext } from '../platform/context.ts';
import { drawPicture } from './draw-picture.ts';
import type { RenderRequest } from './frame-job.ts';
import { instanceRecord, type InstanceFields } from './instance-record.ts';

/** Of a thumbnail's longer side, in pixels. */
const SIDE = 160;
const QUALITY = 80;

/** The usual thumbnail of an instance is drawn once and kept as a blob; others are drawn as they are asked for. */
export async function makeThumbnail(
  {
    instance,
    frameNumber,
    viewport,
    window,
    format,
  }: { instance: Omit<InstanceFields, 'metadataJson'>; frameNumber: number } & Pick<
    RenderRequest,
    'viewport' | 'window' | 'format'
  >,
  context: ActionContext,
): Promise<Uint8Array> {
  const { blobs } = context.hub;
  const { sha256 } = instance;
  const box = viewport ?? { columns: SIDE, rows: SIDE, region: null };
  const draw = () => drawPicture({ sha256, frameNumber, viewport: box, window, format, quality: QUALITY }, context);
  const middle = Math.floor(instance.numberOfFrames / 2) + 1;
  if (viewport !== null || window !== null || format !== 'image/jpeg' || frameNumber !== middle) return draw();
  const kept = instance.thumbnailSha256 ?? null;
  if (kept !== null) return blobs.readAt(kept, 0, await blobs.byteLength(kept));
  const picture = await draw();
  const file = await blobs.receive([picture], { maxBytes: picture.length });
  await file.keep();
  // Only while the instance still has the bytes that were drawn.
  await context.store
    .model(instanceRecord)
    .updateOne({ _id: instance._id, sha256: instance.sha256 }, { $set: { thumbnailSha256: file.sha256 } });
  return picture;
}
