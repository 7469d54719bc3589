/** Of one transfer. Below this a file of a megabyte takes longer than sixteen seconds, and a cut in it costs as much. */
const weakBytesPerSecond = 64 * 1024;
/** Shorter spans say more of the browser's buffers than of the line. */
const leastSpanMs = 1000;

/** How fast bytes have lately left this window; what the hub needs to store them does not count. */
export class LineRate {
  readonly #now: () => number;
  readonly #began = new Map<string, { at: number; bytes: number }>();
  #bytesPerSecond: number | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** `bytes` of the transfer that have been sent already, or altogether; the first word of a transfer begins it. */
  sent(id: string, bytes: number): void {
    const began = this.#began.get(id);
    if (began === undefined) {
      this.#began.set(id, { at: this.#now(), bytes });
      return;
    }
    const spanMs = this.#now() - began.at;
    if (spanMs >= leastSpanMs) this.#bytesPerSecond = (Math.max(0, bytes - began.bytes) / spanMs) * 1000;
  }

  end(id: string): void {
    this.#began.delete(id);
  }

  /** False while nothing is known. */
  get isWeak(): boolean {
    return this.#bytesPerSecond !== null && this.#bytesPerSecond < weakBytesPerSecond;
  }
}
