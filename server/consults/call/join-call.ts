import { randomUUID } from 'node:crypto';
import type { RequestPayload, RequestReply } from '../../../shared/contracts/registry.ts';
import { noteRoomEntered } from '../../alarms/answer-alarm.ts';
import type { Actor, ActionContext, Hub } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { makeContext } from '../../platform/make-context.ts';
import { recordTimelineNode } from '../../timeline/record-timeline-node.ts';
import { setParticipant, sideOf } from '../change-consult.ts';
import { loadConsult, requireOpen } from '../find-consult.ts';
import { liveConsults } from '../live-consults.ts';
import { tellConsultChanged } from '../view-consult.ts';
import { iceServersFor } from './ice-servers.ts';
import { refuseMedia } from './refuse-media.ts';

/**
 * Enters the consult's room, or comes back to it after a cut. The first entry is kept: who, when, and for the alarm
 * that the lead hospital is there. Throws consult-closed, room-full, call-unavailable.
 */
export async function joinCall(
  { consultId, resumePeerId }: RequestPayload<'call:join'>,
  context: ActionContext,
): Promise<RequestReply<'call:join'>> {
  const { hub, actor, window } = context;
  if (window === null) throw new HubError('malformed');
  const { calls } = liveConsults(hub);
  await noteEntry(consultId, context);
  const room = await refuseMedia(() => hub.media.openRoom(consultId));
  // Once more: whoever is on the way in while the consult ends must not sit in an ended room.
  requireOpen(await loadConsult(consultId, context));

  if (window.closed) throw new HubError('unavailable');

  // Nothing is awaited from here to the reply but the SFU's own answer in memory: no notice overtakes the reply.
  const earlier = calls.seatOf(consultId, window);
  const resumed =
    resumePeerId === undefined ? undefined : calls.resume(consultId, resumePeerId, actor.accountId, window);
  if (earlier !== undefined && earlier !== resumed) calls.leave(earlier);
  const seat = resumed ?? (await refuseMedia(() => sit()));
  const peers = room.peers().flatMap(({ peerId, producers }) => {
    const person = peerId === seat.person.peerId ? undefined : calls.person(peerId);
    return person === undefined ? [] : [{ ...person, producers }];
  });
  if (resumed === undefined) void tellPresence(hub, actor, consultId);
  return {
    peerId: seat.person.peerId,
    resumed: resumed !== undefined,
    routerRtpCapabilities: seat.peer.routerRtpCapabilities,
    peers,
    iceServers: iceServersFor(hub.config.turn, actor.accountId, context.clock.now()),
  };

  function sit() {
    const { accountId, name, organisationName: organisation } = actor;
    const person = { peerId: randomUUID(), accountId, name, organisation };
    return calls.sit(room, person, window!, () => void tellPresence(hub, actor, consultId));
  }
}

async function noteEntry(consultId: string, context: ActionContext): Promise<void> {
  const { actor } = context;
  const seen = await loadConsult(consultId, context);
  requireOpen(seen);
  if (seen.participants.some(({ accountId, joinedAt }) => accountId === actor.accountId && joinedAt !== null)) return;
  await context.commit(async () => {
    const consult = await loadConsult(consultId, context);
    requireOpen(consult);
    const known = consult.participants.find(({ accountId }) => accountId === actor.accountId);
    if (known?.joinedAt != null) return;
    const { accountId, name, organisationId, organisationName } = actor;
    const side = known?.side ?? sideOf(consult, organisationId);
    const joinedAt = context.clock.now();
    const invitedByName = known?.invitedByName ?? null;
    await setParticipant(
      consult,
      { accountId, name, organisationId, organisationName, side, invitedByName, joinedAt },
      context,
    );
    await recordTimelineNode({ consultId, kind: 'room-joined', at: joinedAt }, context);
    if (side === 'lead') await noteRoomEntered(consult.alarmId, context);
    await context.audit({
      action: 'call:enter',
      outcome: 'done',
      subject: { type: 'consult', id: consultId, patientId: consult.patientId },
    });
  });
}

/** Both sides see who is in the room right now; one after the other, so that the last news is the newest. */
async function tellPresence(hub: Hub, actor: Actor, consultId: string): Promise<void> {
  const { telling } = liveConsults(hub);
  const busy = telling.has(consultId);
  telling.set(consultId, 'again');
  if (busy) return;
  const context = makeContext(hub, actor, null);
  while (telling.get(consultId) === 'again') {
    telling.set(consultId, 'now');
    try {
      await context.commit(async () => tellConsultChanged(await loadConsult(consultId, context), context));
    } catch (error) {
      hub.log.warn({ err: error }, 'who is in the room could not be told');
    }
  }
  telling.delete(consultId);
}
