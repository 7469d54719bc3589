import type { FrameStore } from '../frame-store.ts';
import type { FrameAddress } from '../series-frames.ts';

/** What a reader sees of a series can wait until they come there; a block needs every slice. */
const AT_ONCE = 16;

/** Waits for slices that nobody fetches any more: what a weak line lost on the way, or what was given up for memory. */
export function askAgain(store: Pick<FrameStore, 'stateOf' | 'demand'>, slices: readonly FrameAddress[]): void {
  const absent: FrameAddress[] = [];
  for (const slice of slices) {
    const { state } = store.stateOf(slice);
    if (state === 'loading') return;
    if (state === 'absent') absent.push(slice);
  }
  if (absent.length > 0) store.demand(...absent.slice(0, AT_ONCE));
}

/** What the line lost for good earlier is worth another try when somebody asks for the planes. */
export function retryLost(store: Pick<FrameStore, 'stateOf' | 'retry'>, slices: readonly FrameAddress[]): void {
  for (const slice of slices) {
    const held = store.stateOf(slice);
    if (held.state === 'failed' && (held.error.code === 'network' || held.error.code === 'not-found')) {
      store.retry(slice);
    }
  }
}
