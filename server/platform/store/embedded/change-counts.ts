/** Collections share places where there are more of them: then one is taken for changed when another was. */
const PLACES = 1024;

/** FNV-1a. */
function placeOf(ns: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < ns.length; at += 1) hash = Math.imul(hash ^ ns.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % PLACES;
}

/**
 * How often what is committed of each collection has changed, in memory that the store's thread and the hub's share.
 * The count goes up once a change can be read and before anybody is told that it is done: whoever reads the count,
 * then the collection, and finds the count the same later, has read what is still there.
 */
export class ChangeCounts {
  readonly memory: SharedArrayBuffer;
  private readonly counts: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.counts = new Int32Array(memory);
  }

  /** @param ns database and collection, as the catalog names it */
  changed(ns: string): void {
    Atomics.add(this.counts, placeOf(ns), 1);
  }

  allChanged(): void {
    for (let place = 0; place < PLACES; place += 1) Atomics.add(this.counts, place, 1);
  }

  of(ns: string): number {
    return Atomics.load(this.counts, placeOf(ns));
  }
}
