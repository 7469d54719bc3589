import { useSyncExternalStore } from 'react';
import type { UploadQueue } from '../../connection/upload-queue.ts';
import type { Upload } from '../../connection/upload.ts';
import { useWiring } from '../../connection/wiring.tsx';

/** Every upload of this window, with the queue that it belongs to. */
export function useAllUploads(): { upload: Upload; queue: UploadQueue }[] {
  const { ecgUploads, imagingUploads } = useWiring();
  const ecgs = useSyncExternalStore(ecgUploads.uploads.subscribe, ecgUploads.uploads.get);
  const images = useSyncExternalStore(imagingUploads.uploads.subscribe, imagingUploads.uploads.get);
  return [
    ...ecgs.map((upload) => ({ upload, queue: ecgUploads })),
    ...images.map((upload) => ({ upload, queue: imagingUploads })),
  ];
}
