/** jsdom has no message channels; the lists of the controls use one to wait for the next task, no more. */
export class MadeMessageChannel {
  readonly port1: { onmessage: (() => void) | null } = { onmessage: null };
  readonly port2 = { postMessage: () => void setTimeout(() => this.port1.onmessage?.(), 0) };
}
