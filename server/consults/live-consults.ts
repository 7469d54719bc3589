import type { Hub, Subject, WindowLink } from '../platform/context.ts';
import { CallRooms } from './call/call-rooms.ts';
import { ViewingRooms } from './viewing/viewing-rooms.ts';

/**
 * What happens in the consults of a running hub at this moment: who sits in which call, who leads which picture.
 * Nothing durable depends on it; after a restart the windows build it anew.
 */
export interface LiveConsults {
  calls: CallRooms;
  viewing: ViewingRooms;
  permitted: PermittedConsults;
  /** Consults whose people in the room are being told; `again`: they have changed meanwhile. */
  telling: Map<string, 'now' | 'again'>;
}

const ofHub = new WeakMap<Hub, LiveConsults>();

export function liveConsults(hub: Hub): LiveConsults {
  const known = ofHub.get(hub);
  if (known !== undefined) return known;
  const made: LiveConsults = {
    calls: new CallRooms(),
    viewing: new ViewingRooms(),
    permitted: new PermittedConsults(),
    telling: new Map(),
  };
  ofHub.set(hub, made);
  return made;
}

/**
 * What permissions on a consult are decided on, kept for each window that has been shown it: pointers and pictures
 * come thirty times a second. Forgotten when the consult's people change and when the window goes.
 */
class PermittedConsults {
  readonly #byConsult = new Map<string, Map<string, Subject>>();
  readonly #followed = new WeakSet<WindowLink>();

  get(consultId: string, window: WindowLink): Subject | undefined {
    return this.#byConsult.get(consultId)?.get(window.id);
  }

  set(consultId: string, window: WindowLink, subject: Subject): void {
    const windows = this.#byConsult.get(consultId) ?? new Map<string, Subject>();
    this.#byConsult.set(consultId, windows.set(window.id, subject));
    if (this.#followed.has(window)) return;
    this.#followed.add(window);
    window.onClose(() => {
      for (const [id, subjects] of this.#byConsult) {
        subjects.delete(window.id);
        if (subjects.size === 0) this.#byConsult.delete(id);
      }
    });
  }

  forgetConsult(consultId: string): void {
    this.#byConsult.delete(consultId);
  }
}
