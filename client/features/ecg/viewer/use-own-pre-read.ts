import { useEffect, useState } from 'react';
import { preReadEcg } from '../../../../shared/ecg/pre-read.ts';
import type { PreRead } from '../../../../shared/ecg/pre-read.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { fromTheirStart } from '../../../../shared/ecg/waveform-spans.ts';

type Groups = EcgDocument['groups'];

/** Recordings don't change: each is read once while it is in memory. */
const known = new WeakMap<Groups, PreRead>();

/** Our own reading of the raw samples, for its averaged beat; null until it is there. Computed after the next frame. */
export function useOwnPreRead(groups: Groups | null): PreRead | null {
  const [, setDone] = useState<Groups | null>(null);
  useEffect(() => {
    if (groups === null || known.has(groups)) return;
    const timer = setTimeout(() => {
      // A part of a long recording is read as a recording of its own.
      known.set(groups, preReadEcg({ groups: fromTheirStart(groups) }));
      setDone(groups);
    }, 40);
    return () => clearTimeout(timer);
  }, [groups]);
  return groups === null ? null : (known.get(groups) ?? null);
}
