import type { RequestPayload } from '../../../shared/contracts/registry.ts';
import type { ViewState } from '../../../shared/contracts/viewing.ts';
import { rooms, type ActionContext, type WindowLink } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { liveConsults } from '../live-consults.ts';
import type { ViewingLead } from './viewing-rooms.ts';

type About = { consultId: string };

function windowOf({ window }: ActionContext): WindowLink {
  if (window === null) throw new HubError('malformed');
  return window;
}

/** Throws conflict for a window that has not opened the case. */
function viewOf(consultId: string, context: ActionContext) {
  const window = windowOf(context);
  const view = liveConsults(context.hub).viewing.of(consultId, window);
  if (view === undefined) throw new HubError('conflict');
  return { view, window };
}

/** The window follows the case from now on: its notices, who leads, and what was shown last. Kept in the audit trail. */
export async function openViewing(
  { consultId }: About,
  context: ActionContext,
): Promise<{ lead: ViewingLead; state: ViewState | null }> {
  const window = windowOf(context);
  await context.audit({ action: 'viewing:open', outcome: 'done', subject: { type: 'consult', id: consultId } });
  if (window.closed) throw new HubError('unavailable');
  return liveConsults(context.hub).viewing.open(consultId, window, context.actor.accountId);
}

export function leaveViewing({ consultId }: About, context: ActionContext): void {
  liveConsults(context.hub).viewing.leave(consultId, windowOf(context));
}

/** Whoever asks leads from now on. */
export function takeViewingLead({ consultId }: About, context: ActionContext): ViewingLead {
  const { view, window } = viewOf(consultId, context);
  const { accountId, name } = context.actor;
  if (view.lead?.accountId !== accountId) {
    view.lead = { accountId, name, since: context.clock.now().toISOString() };
    window.announce(rooms.consult(consultId), 'viewing:lead-changed', { consultId, lead: view.lead });
  }
  return view.lead;
}

/** What the leader shows; kept for whoever comes later. Throws conflict for anybody else. */
export function showView({ consultId, state }: RequestPayload<'viewing:show'>, context: ActionContext): void {
  const { view, window } = viewOf(consultId, context);
  const { accountId } = context.actor;
  if (view.lead?.accountId !== accountId) throw new HubError('conflict', { name: view.lead?.name ?? '' });
  view.state = state;
  window.announce(rooms.consult(consultId), 'viewing:shown', { consultId, byAccountId: accountId, state });
}

/** Where somebody points: now or never. */
export function pointAt({ consultId, pointer }: RequestPayload<'viewing:point'>, context: ActionContext): void {
  const { window } = viewOf(consultId, context);
  const { accountId, name } = context.actor;
  const windowId = window.id.split(':')[0]!;
  window.tell(rooms.consult(consultId), 'viewing:pointed', { consultId, accountId, name, windowId, pointer });
}
