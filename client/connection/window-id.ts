import { newUuid } from './random-id.ts';

const storageKey = 'lianzhen.window-id';

/**
 * The name of this browser window towards the hub; a reload keeps it. It is put into sessionStorage only while the
 * page is away: a duplicated tab copies sessionStorage, and two windows must not share one name.
 */
export function takeWindowId(page: Pick<Window, 'sessionStorage' | 'addEventListener'>): string {
  const kept = page.sessionStorage.getItem(storageKey);
  const windowId = kept ?? newUuid();
  page.sessionStorage.removeItem(storageKey);
  page.addEventListener('pagehide', () => page.sessionStorage.setItem(storageKey, windowId));
  page.addEventListener('pageshow', () => page.sessionStorage.removeItem(storageKey));
  return windowId;
}
