const periodMs = 250;
/** Of full scale; quiet speech in a consulting room lies above, its fan below. */
const threshold = 0.015;
/** A pause between two words doesn't end the speaking. */
const holdMs = 750;

interface Voice {
  /** Now, 0 to 1 of full scale. */
  measure(): Promise<number>;
  level: number;
  lastLoudAt: number;
  speaking: boolean;
}

/** Follows how loud each voice is, four times a second, and who speaks. */
export class Speaking {
  readonly #voices = new Map<string, Voice>();
  readonly #onChange: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param onChange called when somebody starts or stops speaking */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  follow(id: string, measure: () => Promise<number>): void {
    this.#voices.set(id, { measure, level: 0, lastLoudAt: 0, speaking: false });
    this.#timer ??= setInterval(() => void this.#tick(), periodMs);
  }

  forget(id: string): void {
    this.#voices.delete(id);
    if (this.#voices.size === 0) this.close();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#voices.clear();
  }

  /** 0 to 1 of full scale. */
  level(id: string): number {
    return this.#voices.get(id)?.level ?? 0;
  }

  isSpeaking(id: string): boolean {
    return this.#voices.get(id)?.speaking ?? false;
  }

  async #tick(): Promise<void> {
    let changed = false;
    await Promise.all(
      [...this.#voices.values()].map(async (voice) => {
        voice.level = await voice.measure().catch(() => 0);
        const now = performance.now();
        if (voice.level >= threshold) voice.lastLoudAt = now;
        const speaking = voice.lastLoudAt > 0 && now - voice.lastLoudAt < holdMs;
        if (speaking !== voice.speaking) changed = true;
        voice.speaking = speaking;
      }),
    );
    if (changed) this.#onChange();
  }
}

/** The audio level in a statistics report (WebRTC statistics: RTCAudioSourceStats, RTCInboundRtpStreamStats). */
export function audioLevelOf(report: RTCStatsReport): number {
  let level = 0;
  report.forEach((entry: { type: string; audioLevel?: unknown }) => {
    const carries = entry.type === 'media-source' || entry.type === 'inbound-rtp';
    if (carries && typeof entry.audioLevel === 'number') level = Math.max(level, entry.audioLevel);
  });
  return level;
}
