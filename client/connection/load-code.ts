import { lazy, type LazyExoticComponent, type ReactNode } from 'react';
import { retryDelayMs } from './retry-delay.ts';

/** The hub serves, but not this code: it was updated since this window was opened. */
export class CodeReplaced extends Error {}

/**
 * Fetches a part of the program, over cuts of the line. Throws {@link CodeReplaced} when the hub answers and the part
 * is not there any more.
 */
export async function loadCode<T>(load: () => Promise<T>): Promise<T> {
  for (let failed = 1; ; failed += 1) {
    try {
      return await load();
    } catch (error) {
      // One failure may be the last packet of a line that is back already.
      if (failed > 1 && (await hubAnswers())) throw new CodeReplaced(String(error));
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs(failed)));
    }
  }
}

/** A screen whose code is fetched when it is first shown. */
export function lazyScreen<P>(
  load: () => Promise<{ default: (props: P) => ReactNode }>,
): LazyExoticComponent<(props: P) => ReactNode> {
  return lazy(() => loadCode(load));
}

export async function hubAnswers(): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}
