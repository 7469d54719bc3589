import { useRef, useState } from 'react';
import { useLeaveWarning } from '../../../ui/use-leave-warning.ts';
import { openMedia } from './open-media.ts';
import type { SortedMedia } from './sort-media.ts';

/** Looks through what a person has chosen; what is DICOM is handed on, the rest is told by name. */
export function useOpenMedia(onDicom: (files: File[]) => void) {
  /** 0 to 1; null when nothing is being looked through. */
  const [opening, setOpening] = useState<number | null>(null);
  const [passedOver, setPassedOver] = useState<{ notDicom: SortedMedia['notDicom']; noneTaken: boolean }>({
    notDicom: [],
    noneTaken: false,
  });
  const underWay = useRef<AbortController | null>(null);

  // Nothing is kept before it is known to be an image.
  useLeaveWarning(opening !== null);

  const sort = async (files: readonly File[]) => {
    const abort = new AbortController();
    underWay.current?.abort();
    underWay.current = abort;
    setOpening(0);
    setPassedOver({ notDicom: [], noneTaken: false });
    // Where no worker can be started, or it died, single files go to the hub as they are: it judges them.
    const sorted = await openMedia(files, setOpening, abort.signal).catch((): SortedMedia => {
      const archives = files.filter(({ name }) => /\.zip$/i.test(name));
      return {
        dicom: files.filter((file) => !archives.includes(file)),
        notDicom: archives.map(({ name }) => ({ name, reason: 'unreadable' })),
      };
    });
    if (abort.signal.aborted) return null;
    setOpening(null);
    setPassedOver({ notDicom: sorted.notDicom, noneTaken: sorted.dicom.length === 0 });
    return sorted.dicom;
  };

  return {
    opening,
    ...passedOver,
    open: (files: readonly File[]) =>
      void sort(files).then((dicom) => {
        if (dicom !== null && dicom.length > 0) onDicom(dicom);
      }),
    cancel: () => {
      underWay.current?.abort();
      setOpening(null);
    },
    close: () => setPassedOver({ notDicom: [], noneTaken: false }),
  };
}
