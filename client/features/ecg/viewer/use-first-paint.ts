import { useCallback, useRef, useState } from 'react';
import type { RefObject } from 'react';

/**
 * Measures from the component's first render to the frame that shows the first trace, and writes it as
 * `data-first-paint-ms` on the root element, past React, so that measuring costs no second render.
 *
 * @returns what to call when the first trace is on its canvas; `afterwards` follows once its frame is made
 */
export function useFirstPaint(root: RefObject<HTMLElement | null>, afterwards: () => void): () => void {
  const [startedAt] = useState(() => performance.now());
  const isTold = useRef(false);
  return useCallback(() => {
    if (isTold.current) return;
    isTold.current = true;
    const tell = () => {
      root.current?.setAttribute('data-first-paint-ms', (performance.now() - startedAt).toFixed(1));
      afterwards();
    };
    // A hidden page makes no frames. In a visible one canvas work is only recorded until the frame is made: a timer set
    // from within it runs after the raster.
    if (document.visibilityState === 'hidden') setTimeout(tell, 0);
    else requestAnimationFrame(() => setTimeout(tell, 0));
  }, [root, startedAt, afterwards]);
}
