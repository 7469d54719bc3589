import type { z } from 'zod';
import type { viewingLead } from '../../../shared/contracts/consults.ts';
import type { ViewState } from '../../../shared/contracts/viewing.ts';
import { rooms, type WindowLink } from '../../platform/context.ts';

export type ViewingLead = z.infer<typeof viewingLead>;

interface SharedView {
  /** The windows that look at the case, with the account of each. */
  windows: Map<WindowLink, string>;
  lead: ViewingLead;
  state: ViewState | null;
  /** Runs while the leader's last window is cut off. */
  waiting: NodeJS.Timeout | undefined;
}

/** A cut of the line shorter than this takes no lead away; the call keeps its seat as long. */
const RETURN_WITHIN_MS = 8_000;

/** Who leads the shared picture of each case, and what they showed last. Live traffic: gone with the hub. */
export class ViewingRooms {
  readonly #views = new Map<string, SharedView>();
  readonly #followed = new WeakSet<WindowLink>();

  open(consultId: string, window: WindowLink, accountId: string): { lead: ViewingLead; state: ViewState | null } {
    const view = this.#views.get(consultId) ?? { windows: new Map(), lead: null, state: null, waiting: undefined };
    this.#views.set(consultId, view);
    view.windows.set(window, accountId);
    if (view.lead?.accountId === accountId) {
      clearTimeout(view.waiting);
      view.waiting = undefined;
    }
    window.watch(rooms.consult(consultId));
    if (!this.#followed.has(window)) {
      this.#followed.add(window);
      window.onClose(() => {
        for (const [openConsultId, view] of this.#views) this.#cutOff(openConsultId, view, window);
      });
    }
    return { lead: view.lead, state: view.state };
  }

  /** A leader without a window leads no more; the others are told. */
  leave(consultId: string, window: WindowLink): void {
    const view = this.#views.get(consultId);
    const accountId = view?.windows.get(window);
    if (view === undefined || accountId === undefined) return;
    view.windows.delete(window);
    if (view.lead?.accountId === accountId) this.#releaseLead(consultId, view, window);
    this.#drop(consultId, view);
    window.unwatch(rooms.consult(consultId));
  }

  #cutOff(consultId: string, view: SharedView, window: WindowLink): void {
    const accountId = view.windows.get(window);
    if (!view.windows.delete(window)) return;
    if (view.lead?.accountId === accountId) {
      clearTimeout(view.waiting);
      view.waiting = setTimeout(() => {
        view.waiting = undefined;
        this.#releaseLead(consultId, view, window);
        this.#drop(consultId, view);
      }, RETURN_WITHIN_MS);
      view.waiting.unref();
    }
    this.#drop(consultId, view);
  }

  #releaseLead(consultId: string, view: SharedView, window: WindowLink): void {
    if (view.lead === null || this.#leaderLooks(view)) return;
    view.lead = null;
    window.announce(rooms.consult(consultId), 'viewing:lead-changed', { consultId, lead: null });
  }

  #drop(consultId: string, view: SharedView): void {
    if (view.windows.size === 0 && view.waiting === undefined) this.#views.delete(consultId);
  }

  #leaderLooks({ lead, windows }: SharedView): boolean {
    return lead !== null && [...windows.values()].includes(lead.accountId);
  }

  /** The view of a window that has opened it. */
  of(consultId: string, window: WindowLink): SharedView | undefined {
    const view = this.#views.get(consultId);
    return view?.windows.has(window) ? view : undefined;
  }
}
