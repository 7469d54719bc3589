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
}

/** Who leads the shared picture of each case, and what they showed last. Live traffic: gone with the hub. */
export class ViewingRooms {
  readonly #views = new Map<string, SharedView>();
  readonly #followed = new WeakSet<WindowLink>();

  open(consultId: string, window: WindowLink, accountId: string): { lead: ViewingLead; state: ViewState | null } {
    const view = this.#views.get(consultId) ?? { windows: new Map(), lead: null, state: null };
    this.#views.set(consultId, view);
    view.windows.set(window, accountId);
    window.watch(rooms.consult(consultId));
    if (!this.#followed.has(window)) {
      this.#followed.add(window);
      window.onClose(() => {
        for (const [openConsultId, { windows }] of this.#views) {
          if (windows.has(window)) this.leave(openConsultId, window);
        }
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
    if (view.lead?.accountId === accountId && ![...view.windows.values()].includes(accountId)) {
      view.lead = null;
      window.announce(rooms.consult(consultId), 'viewing:lead-changed', { consultId, lead: null });
    }
    window.unwatch(rooms.consult(consultId));
    if (view.windows.size === 0) this.#views.delete(consultId);
  }

  /** The view of a window that has opened it. */
  of(consultId: string, window: WindowLink): SharedView | undefined {
    const view = this.#views.get(consultId);
    return view?.windows.has(window) ? view : undefined;
  }
}
