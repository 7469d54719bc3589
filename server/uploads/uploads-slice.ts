import type { Slice } from '../platform/slice.ts';
import { expireUploads, removeStrayUploads } from './expire-uploads.ts';
import { uploadRecord } from './upload-record.ts';
import { uploadsRoutes } from './uploads-routes.ts';

/** Files on their way in, piece by piece; each becomes an ECG or an image. */
export const uploadsSlice: Slice = {
  name: 'uploads',
  records: [uploadRecord],
  routes: uploadsRoutes,
  async start(hub) {
    await removeStrayUploads(hub);
    hub.dueTimes.add(expireUploads(hub));
  },
};
