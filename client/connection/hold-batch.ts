/**
 * Waits until no other window of this browser sends this batch, then holds it until `release` is aborted; a window that
 * is closed or killed lets go by itself. Browsers have locks on secure pages only: elsewhere it is granted at once, and
 * two windows that send the same file are told apart by the hub, which stores it once.
 */
export function holdBatch(batchId: string, release: AbortSignal): Promise<void> {
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (!locks) return Promise.resolve();
  return new Promise((granted, refused) => {
    const held = () =>
      new Promise<void>((free) => {
        release.addEventListener('abort', () => free());
        granted();
      });
    locks.request(`lianzhen-uploads-${batchId}`, { signal: release }, held).catch(refused);
  });
}
