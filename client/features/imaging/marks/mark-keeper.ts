import { markIdOf, type ImageMark, type ImageMarkView } from '../../../../shared/contracts/image-marks.ts';
import type { Refusal } from '../../../connection/refusal.ts';

/** How a mark gets to the hub. */
export interface MarkLine {
  write(mark: ImageMark, version: number): Promise<ImageMarkView>;
  retire(markId: string, version: number): Promise<ImageMarkView>;
  /** The hub refused for good; what it has is to be read again. */
  refused(refusal: Refusal): void;
}

interface Known {
  version: number;
  /** Content as text; null once retired. */
  content: string | null;
}

interface Wanted {
  /** Null: to be taken away. */
  mark: ImageMark | null;
  timer: ReturnType<typeof setTimeout> | undefined;
  underWay: boolean;
}

/** While a point is dragged about only where it comes to rest is kept. */
const REST_MS = 500;

const contentOf = (mark: ImageMark) => JSON.stringify(mark);

/**
 * Brings this window's marks to the hub, one change of a mark after the other, each on the version that the hub has.
 * Whoever loses against somebody else's change sees theirs.
 */
export class MarkKeeper {
  readonly #line: MarkLine;
  readonly #known = new Map<string, Known>();
  readonly #wanted = new Map<string, Wanted>();

  constructor(line: MarkLine) {
    this.#line = line;
  }

  /** What the hub has: its whole list. */
  learn(marks: readonly ImageMarkView[]): void {
    const listed = new Set(marks.map(({ markId }) => markId));
    for (const view of marks) this.#note(view);
    for (const [markId, known] of this.#known)
      if (known.content !== null && !listed.has(markId) && !this.#wanted.has(markId))
        this.#known.set(markId, { ...known, content: null });
  }

  /** A change of this window's own is on its way: what the hub has is older. */
  isUnsaved(markId: string): boolean {
    return this.#wanted.has(markId);
  }

  keep(mark: ImageMark): void {
    this.#want(markIdOf(mark), mark);
  }

  /** At once: the others see it until the hub knows. */
  takeAway(markId: string): void {
    this.#want(markId, null);
    const wanted = this.#wanted.get(markId);
    if (wanted && !wanted.underWay) void this.#send(markId, wanted);
  }

  /** Sends at once what waits; for a window that is left. */
  flush(): void {
    for (const [markId, wanted] of this.#wanted) if (!wanted.underWay) void this.#send(markId, wanted);
  }

  #note({ markId, mark, version, retired }: ImageMarkView): void {
    if ((this.#known.get(markId)?.version ?? 0) >= version) return;
    this.#known.set(markId, { version, content: retired ? null : contentOf(mark) });
  }

  #isAsWanted(markId: string, mark: ImageMark | null): boolean {
    return (this.#known.get(markId)?.content ?? null) === (mark === null ? null : contentOf(mark));
  }

  #want(markId: string, mark: ImageMark | null): void {
    const before = this.#wanted.get(markId);
    if (before === undefined && this.#isAsWanted(markId, mark)) return;
    const wanted: Wanted = before ?? { mark, timer: undefined, underWay: false };
    wanted.mark = mark;
    this.#wanted.set(markId, wanted);
    if (!wanted.underWay) this.#later(markId, wanted);
  }

  #later(markId: string, wanted: Wanted): void {
    clearTimeout(wanted.timer);
    wanted.timer = setTimeout(() => void this.#send(markId, wanted), REST_MS);
  }

  async #send(markId: string, wanted: Wanted): Promise<void> {
    clearTimeout(wanted.timer);
    const { mark } = wanted;
    const version = this.#known.get(markId)?.version ?? 0;
    if (this.#isAsWanted(markId, mark)) return this.#done(markId);
    wanted.underWay = true;
    try {
      this.#note(await (mark === null ? this.#line.retire(markId, version) : this.#line.write(mark, version)));
      wanted.underWay = false;
      // It was changed again meanwhile.
      if (this.#isAsWanted(markId, wanted.mark)) this.#done(markId);
      else this.#later(markId, wanted);
    } catch (refusal) {
      this.#done(markId);
      this.#line.refused(refusal as Refusal);
    }
  }

  #done(markId: string): void {
    this.#wanted.delete(markId);
  }
}
