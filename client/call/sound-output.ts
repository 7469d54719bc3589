/**
 * Plays the voices, independent of what is on the screen. Until the person has clicked or pressed a key in the page a
 * browser may refuse to sound; then `blocked` is reported, and the next click or key tries again.
 */
export class SoundOutput {
  readonly #elements = new Map<string, HTMLAudioElement>();
  readonly #onBlocked: (blocked: boolean) => void;
  #blocked = false;

  constructor(onBlocked: (blocked: boolean) => void) {
    this.#onBlocked = onBlocked;
  }

  play(id: string, track: MediaStreamTrack): void {
    this.stop(id);
    const element = document.createElement('audio');
    element.srcObject = new MediaStream([track]);
    this.#elements.set(id, element);
    this.#start(element);
  }

  stop(id: string): void {
    const element = this.#elements.get(id);
    if (!element) return;
    this.#elements.delete(id);
    element.pause();
    element.srcObject = null;
    if (this.#elements.size === 0) this.#setBlocked(false);
  }

  /** To be called while a click or key is handled. */
  readonly retry = (): void => {
    this.#setBlocked(false);
    for (const element of this.#elements.values()) this.#start(element);
  };

  close(): void {
    for (const id of [...this.#elements.keys()]) this.stop(id);
    this.#setBlocked(false);
  }

  #start(element: HTMLAudioElement): void {
    element.play().catch((error: unknown) => {
      const refused = error instanceof Error && error.name === 'NotAllowedError';
      if (refused && [...this.#elements.values()].includes(element)) this.#setBlocked(true);
    });
  }

  #setBlocked(blocked: boolean): void {
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    for (const event of ['pointerdown', 'keydown'] as const) {
      if (blocked) document.addEventListener(event, this.retry, { capture: true });
      else document.removeEventListener(event, this.retry, { capture: true });
    }
    this.#onBlocked(blocked);
  }
}
