import { useRef, useState, useSyncExternalStore } from 'react';
import { Observable } from '../../../connection/observable.ts';
import { useLeaveWarning } from '../../../ui/use-leave-warning.ts';
import { openMedia } from './open-media.ts';
import type { SortedMedia } from './sort-media.ts';

/** What a person is told about their choice. */
type Told = Pick<SortedMedia, 'notDicom' | 'missing'> & { noneTaken: boolean };
const nothing: Told = { notDicom: [], missing: [], noneTaken: false };
/** By patient: what is told stands until it is closed, also where the first image makes room for the viewer meanwhile. */
const toldOf = new Map<string, Observable<Told>>();

function toldAbout(patientId: string): Observable<Told> {
  const known = toldOf.get(patientId) ?? new Observable(nothing);
  toldOf.set(patientId, known);
  return known;
}

/** Looks through what a person has chosen; what is DICOM is handed on, the rest is told by name. */
export function useOpenMedia(patientId: string, onDicom: (files: File[]) => void) {
  /** 0 to 1; null when nothing is being looked through. */
  const [opening, setOpening] = useState<number | null>(null);
  const about = toldAbout(patientId);
  const told = useSyncExternalStore(about.subscribe, about.get);
  const underWay = useRef<AbortController | null>(null);

  // Nothing is kept before it is known to be an image.
  useLeaveWarning(opening !== null);

  const sort = async (files: readonly File[]) => {
    const abort = new AbortController();
    underWay.current?.abort();
    underWay.current = abort;
    setOpening(0);
    about.set(nothing);
    // Where no worker can be started, or it died, single files go to the hub as they are: it judges them.
    const sorted = await openMedia(files, setOpening, abort.signal).catch((): SortedMedia => {
      const archives = files.filter(({ name }) => /\.zip$/i.test(name));
      return {
        dicom: files.filter((file) => !archives.includes(file)),
        notDicom: archives.map(({ name }) => ({ name, reason: 'unreadable' })),
        missing: [],
      };
    });
    if (abort.signal.aborted) return null;
    setOpening(null);
    about.set({ notDicom: sorted.notDicom, missing: sorted.missing, noneTaken: sorted.dicom.length === 0 });
    return sorted.dicom;
  };

  return {
    opening,
    ...told,
    open: (files: readonly File[]) =>
      void sort(files).then((dicom) => {
        if (dicom !== null && dicom.length > 0) onDicom(dicom);
      }),
    cancel: () => {
      underWay.current?.abort();
      setOpening(null);
    },
    close: () => about.set({ ...about.get(), notDicom: [], noneTaken: false }),
    closeMissing: () => about.set({ ...about.get(), missing: [] }),
  };
}
