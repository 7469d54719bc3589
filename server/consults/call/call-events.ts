import { callRequests } from '../../../shared/contracts/call.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { defineEvents } from '../../platform/socket/events.ts';
import { caseSubject } from '../find-consult.ts';
import { consultRoomSubject } from '../consult-room-subject.ts';
import { liveConsults } from '../live-consults.ts';
import type { Seat } from './call-rooms.ts';
import { joinCall } from './join-call.ts';
import { refuseMedia } from './refuse-media.ts';

const takePart = { permission: 'consult:take-part', subject: consultRoomSubject } as const;

/** Throws conflict for a window that has not joined. */
function seatOf({ consultId }: { consultId: string }, context: ActionContext): Seat {
  const seat = context.window === null ? undefined : liveConsults(context.hub).calls.seatOf(consultId, context.window);
  if (seat === undefined) throw new HubError('conflict');
  return seat;
}

/** A step on the window's own peer that answers nothing. */
const step =
  <Payload extends { consultId: string }>(run: (seat: Seat, payload: Payload) => unknown) =>
  async (payload: Payload, context: ActionContext) => {
    const seat = seatOf(payload, context);
    await refuseMedia(async () => run(seat, payload));
    return {};
  };

export const callEvents = defineEvents(callRequests, {
  'call:join': {
    permission: 'consult:take-part',
    subject: ({ consultId }, context) => caseSubject(consultId, context),
    run: joinCall,
  },
  'call:create-transport': {
    ...takePart,
    async run(payload, context) {
      const { peer } = seatOf(payload, context);
      return refuseMedia(() =>
        payload.direction === 'send'
          ? peer.createTransport('send')
          : peer.createTransport('receive', payload.rtpCapabilities),
      );
    },
  },
  'call:connect-transport': {
    ...takePart,
    run: step(({ peer }, { transportId, dtlsParameters }) => peer.connectTransport(transportId, dtlsParameters)),
  },
  'call:restart-ice': {
    ...takePart,
    async run(payload, context) {
      const { peer } = seatOf(payload, context);
      return refuseMedia(() => peer.restartIce(payload.transportId));
    },
  },
  'call:produce': {
    ...takePart,
    async run(payload, context) {
      const { peer } = seatOf(payload, context);
      const { producerId } = await refuseMedia(() => peer.produce(payload));
      return { producerId };
    },
  },
  'call:close-producer': { ...takePart, run: step(({ peer }, { producerId }) => peer.closeProducer(producerId)) },
  'call:pause-producer': { ...takePart, run: step(({ peer }, { producerId }) => peer.pauseProducer(producerId)) },
  'call:resume-producer': { ...takePart, run: step(({ peer }, { producerId }) => peer.resumeProducer(producerId)) },
  'call:consume': {
    ...takePart,
    async run(payload, context) {
      const { peer } = seatOf(payload, context);
      return refuseMedia(() => peer.consume(payload.producerId));
    },
  },
  'call:resume-consumer': { ...takePart, run: step(({ peer }, { consumerId }) => peer.resumeConsumer(consumerId)) },
  'call:pause-consumer': { ...takePart, run: step(({ peer }, { consumerId }) => peer.pauseConsumer(consumerId)) },
  'call:set-preferred-layers': {
    ...takePart,
    run: step(({ peer }, { consumerId, layers }) => peer.setPreferredLayers(consumerId, layers)),
  },
  'call:leave': {
    ...takePart,
    async run({ consultId, peerId }, context) {
      const { calls } = liveConsults(context.hub);
      const seat = context.window === null ? undefined : calls.seatOf(consultId, context.window);
      if (seat !== undefined && (peerId ?? seat.person.peerId) === seat.person.peerId) calls.leave(seat);
      return {};
    },
  },
});
