import { useEffect, useMemo, useState } from 'react';
import type { ImageMarkView } from '../../../../shared/contracts/image-marks.ts';
import type { Refusal } from '../../../connection/refusal.ts';
import { queryKeyOf } from '../../../connection/notice-cache.ts';
import { useRequest, useWiring } from '../../../connection/wiring.tsx';
import type { KeptMarks } from '../viewer/use-marks-in-view.ts';
import { MarkKeeper } from './mark-keeper.ts';

/** What the hub keeps of a patient's measurements and key images, and the way of this window's own ones to it. */
export function useKeptMarks(patientId: string): {
  marks: KeptMarks;
  /** All that stand, as the hub has them. */
  standing: readonly ImageMarkView[];
  refusal: Refusal | null;
} {
  const { connection, cache } = useWiring();
  const listed = useRequest('image-mark:list', { patientId }).data?.marks;
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const keeper = useMemo(
    () =>
      new MarkKeeper({
        write: async (mark, version) => {
          const { mark: kept } = await connection.request('image-mark:write', { patientId, mark, version });
          setRefusal(null);
          return kept;
        },
        retire: async (markId, version) =>
          (await connection.request('image-mark:retire', { patientId, markId, version })).mark,
        refused: (refused) => {
          // Somebody else's change stands and is shown; that needs no words.
          if (refused.code !== 'version-conflict') setRefusal(refused);
          void cache.invalidateQueries({ queryKey: queryKeyOf('image-mark:list', { patientId }) });
        },
      }),
    [connection, cache, patientId],
  );
  useEffect(() => () => keeper.flush(), [keeper]);
  const marks = useMemo((): KeptMarks => {
    if (listed !== undefined) keeper.learn(listed);
    const measurements = (listed ?? []).flatMap(({ mark }) => (mark.kind === 'measurement' ? [mark.measurement] : []));
    const keyImages = (listed ?? []).flatMap(({ mark }) => (mark.kind === 'key-image' ? [mark] : []));
    return {
      read: listed !== undefined,
      measurements,
      keyImages: new Set(keyImages.map(({ sopInstanceUid, frameNumber }) => `${sopInstanceUid}/${frameNumber}`)),
      isUnsaved: (id) => keeper.isUnsaved(id),
      keep: (measurement) => keeper.keep({ kind: 'measurement', measurement }),
      takeAway: (id) => keeper.takeAway(id),
      setKeyImage: ({ sopInstanceUid, frameNumber }, isKey) => {
        const mark = { kind: 'key-image', sopInstanceUid, frameNumber } as const;
        if (isKey) keeper.keep(mark);
        else keeper.takeAway(`key:${sopInstanceUid}:${frameNumber}`);
        keeper.flush();
      },
    };
  }, [listed, keeper]);
  return { marks, standing: listed ?? [], refusal };
}
