import { useEffect, useRef, useState } from 'react';
import type { ViewerSeries } from './series-frames.ts';

/** Small and few enough not to be felt beside the first picture. */
const AT_ONCE = 2;

interface Held {
  /** How many instances the series had when the picture was asked for. */
  instances: number;
  url: string | null;
}

/**
 * The hub's small picture of each series (PS3.18 clause 10.4, Retrieve Thumbnail), as an object URL; undefined until it
 * has come, and where the hub has none. One request a series; another when its instances have doubled since, because the
 * middle one is another by then.
 */
export function useThumbnails(
  root: string,
  headers: Record<string, string>,
  series: readonly ViewerSeries[],
): (series: ViewerSeries) => string | undefined {
  const [urls, setUrls] = useState<ReadonlyMap<string, string>>(new Map());
  const held = useRef(new Map<string, Held>());
  const waiting = useRef<ViewerSeries[]>([]);
  const running = useRef(0);
  const given = useRef({ root, headers });
  useEffect(() => {
    given.current = { root, headers };
  });
  useEffect(() => {
    const known = held.current;
    return () => {
      for (const { url } of known.values()) if (url) URL.revokeObjectURL(url);
      known.clear();
    };
  }, []);
  useEffect(() => {
    const pump = (): void => {
      while (running.current < AT_ONCE) {
        const next = waiting.current.shift();
        if (!next) return;
        running.current += 1;
        void fetchThumbnail(given.current.root, given.current.headers, next).then((blob) => {
          running.current -= 1;
          const before = held.current.get(next.seriesInstanceUid);
          if (blob && before) {
            const url = URL.createObjectURL(blob);
            if (before.url) URL.revokeObjectURL(before.url);
            before.url = url;
            setUrls((all) => new Map(all).set(next.seriesInstanceUid, url));
          }
          pump();
        });
      }
    };
    for (const one of series) {
      const before = held.current.get(one.seriesInstanceUid);
      if (before && one.instances.length < 2 * before.instances) continue;
      held.current.set(one.seriesInstanceUid, { instances: one.instances.length, url: before?.url ?? null });
      waiting.current = [
        ...waiting.current.filter(({ seriesInstanceUid }) => seriesInstanceUid !== one.seriesInstanceUid),
        one,
      ];
    }
    pump();
  }, [series]);
  return ({ seriesInstanceUid }) => urls.get(seriesInstanceUid);
}

/** Null where there is none: a picture that cannot be drawn, or a line that broke. */
async function fetchThumbnail(
  root: string,
  headers: Record<string, string>,
  series: ViewerSeries,
): Promise<Blob | null> {
  const { studyInstanceUid, seriesInstanceUid } = series;
  try {
    const address = `${root.replace(/\/$/, '')}/studies/${studyInstanceUid}/series/${seriesInstanceUid}/thumbnail`;
    const response = await fetch(address, {
      headers: { ...headers, Accept: 'image/jpeg' },
      credentials: 'same-origin',
    });
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}
