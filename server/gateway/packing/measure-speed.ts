/** How many bytes a second some work has done lately, by its last pieces of some size. */
export interface Speed {
  note(bytes: number, tookMs: number): void;
  /** Null while nothing has told it. */
  bytesPerSecond(): number | null;
}

/** Of less, what stands around the work takes longer than the bytes. */
const TELLING_BYTES = 64 * 1024;
const PIECES = 8;
/** The line, or what else the PC has to do, may have become another one since. */
const TELLS_FOR_MS = 10 * 60_000;

export function measureSpeed(now: () => number = () => performance.now()): Speed {
  let pieces: { bytes: number; tookMs: number; at: number }[] = [];
  return {
    note(bytes, tookMs) {
      if (bytes < TELLING_BYTES) return;
      pieces.push({ bytes, tookMs: Math.max(1, tookMs), at: now() });
      pieces = pieces.slice(-PIECES);
    },
    bytesPerSecond() {
      const from = now() - TELLS_FOR_MS;
      const told = pieces.filter(({ at }) => at >= from);
      if (told.length === 0) return null;
      const sum = (key: 'bytes' | 'tookMs') => told.reduce((total, piece) => total + piece[key], 0);
      return sum('bytes') / (sum('tookMs') / 1000);
    },
  };
}
