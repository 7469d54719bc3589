import type { Request, Response } from 'express';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { renderPictureJob } from './frame-job.ts';
import { quarantineRecord } from './quarantine-record.ts';
import { asPixelRefusal } from './read-frames.ts';

const SIDE = 720;
const QUALITY = 88;

/** `?of=first` the stored instance as it was when the other came, `?of=other` the one in quarantine: to compare them. */
export async function quarantinePicture(request: Request, response: Response, context: ActionContext): Promise<void> {
  const { of } = request.query;
  if (of !== 'first' && of !== 'other') throw new HubError('malformed', { field: 'of' });
  const record = await context.store.model(quarantineRecord).findById(String(request.params.id)).lean();
  if (record === null) throw new HubError('not-found');
  const { blobs, threads } = context.hub;
  try {
    const picture = await threads.run(renderPictureJob, {
      path: blobs.pathOf(of === 'first' ? record.storedSha256 : record.sha256),
      frameNumber: 1,
      viewport: { columns: SIDE, rows: SIDE, region: null },
      window: null,
      format: 'image/jpeg',
      quality: QUALITY,
    });
    response.type('image/jpeg').set('Cache-Control', 'private, no-store').end(picture);
  } catch (thrown) {
    throw asPixelRefusal(thrown);
  }
}
