import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { findFramesJob, readFrameJob } from './frame-job.ts';
import type { FrameForm, StoredAs } from './frame-media.ts';
import { isCoded } from './frame-media.ts';
import type { FrameTable } from './frame-table.ts';
import { instanceRecord, type InstanceFields } from './instance-record.ts';

export type FramedInstance = Pick<
  InstanceFields,
  '_id' | 'sha256' | 'transferSyntaxUid' | 'numberOfFrames' | 'rows' | 'frameTableJson'
>;

/** Codes of ImagingError that say something about the file, as refusals. */
const refusals: Record<string, 'dicom-damaged' | 'not-acceptable' | 'too-large'> = {
  'no-pixels': 'not-acceptable',
  'unsupported-syntax': 'not-acceptable',
  'unsupported-pixels': 'not-acceptable',
  truncated: 'dicom-damaged',
  damaged: 'dicom-damaged',
  'not-dicom': 'dicom-damaged',
  'dicom-damaged': 'dicom-damaged',
  'too-large': 'too-large',
};

/** What a job in a worker thread threw about a file's pixels, as a refusal. */
export function asPixelRefusal(thrown: unknown): unknown {
  const { name, code, message } = thrown as { name?: string; code?: string; message?: string };
  if (name !== 'ImagingError' && name !== 'DicomDecodeError') return thrown;
  const refusal = refusals[code ?? ''];
  return refusal === undefined ? thrown : new HubError(refusal, { where: (message ?? '').slice(0, 200) });
}

/** Where the instance's frames stand; found out and kept where that was not noted when it came. */
export async function frameTableOf(instance: FramedInstance, context: ActionContext): Promise<FrameTable | null> {
  if (instance.frameTableJson !== null && instance.frameTableJson !== undefined)
    return JSON.parse(instance.frameTableJson) as FrameTable;
  if (instance.rows !== null) return null;
  const path = context.hub.blobs.pathOf(instance.sha256);
  const table = await context.hub.threads
    .run(findFramesJob, { path, frames: instance.numberOfFrames })
    .catch((thrown: unknown) => {
      throw asPixelRefusal(thrown);
    });
  if (table !== null)
    await context.store
      .model(instanceRecord)
      .updateOne({ _id: instance._id, sha256: instance.sha256 }, { $set: { frameTableJson: JSON.stringify(table) } });
  return table;
}

export function storedAs({ transferSyntaxUid }: FramedInstance, table: FrameTable | null): StoredAs {
  if (table !== null) return table.kind;
  return isCoded(transferSyntaxUid) ? 'coded' : 'other';
}

/**
 * One frame's bytes in the form that was chosen. What stands in the file as it is wanted is read from there; the rest
 * is decoded in a worker thread. Throws not-found, dicom-damaged, not-acceptable, too-large, parse-timeout.
 * @param frameNumber 1-based
 */
export async function readFrame(
  instance: FramedInstance,
  table: FrameTable | null,
  frameNumber: number,
  { form }: Pick<FrameForm, 'form'>,
  { hub }: ActionContext,
): Promise<Uint8Array> {
  if (frameNumber < 1 || frameNumber > instance.numberOfFrames) throw new HubError('not-found');
  if (form === 'stored' && table !== null) {
    const parts = partsOf(table, frameNumber - 1);
    const read = await Promise.all(parts.map(([offset, length]) => hub.blobs.readAt(instance.sha256, offset, length)));
    return read.length === 1 ? read[0]! : Buffer.concat(read);
  }
  try {
    return await hub.threads.run(readFrameJob, { path: hub.blobs.pathOf(instance.sha256), frameNumber, form });
  } catch (thrown) {
    throw asPixelRefusal(thrown);
  }
}

function partsOf(table: FrameTable, index: number): [offset: number, length: number][] {
  if (table.kind === 'native') return [[table.offset + index * table.frameBytes, table.frameBytes]];
  const flat = table.frames[index];
  // Number of Frames promises more than there are.
  if (flat === undefined || flat.length === 0) throw new HubError('not-found');
  return Array.from({ length: flat.length / 2 }, (_, part) => [flat[part * 2]!, flat[part * 2 + 1]!]);
}
