import { consultRequests } from '../../shared/contracts/consults.ts';
import type { ActionContext } from '../platform/context.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { closeConsult } from './close-consult.ts';
import { consultRoomSubject } from './consult-room-subject.ts';
import { caseSubject, findConsult } from './find-consult.ts';
import { inviteColleague } from './invite-colleague.ts';
import { listConsults } from './list-consults.ts';
import { listMessages, sendMessage } from './send-message.ts';
import { leaveViewing, openViewing, pointAt, showView, takeViewingLead } from './viewing/share-viewing.ts';

const subject = ({ consultId }: { consultId: string }, context: ActionContext) => caseSubject(consultId, context);
const viewing = { permission: 'consult:take-part', subject: consultRoomSubject } as const;

export const consultEvents = defineEvents(consultRequests, {
  'consult:list': {
    permission: 'consult:list',
    run: async (query, context) => ({ consults: await listConsults(query, context) }),
  },
  'consult:read': {
    permission: 'consult:read',
    subject,
    run: async ({ consultId }, context) => ({ consult: await findConsult(consultId, context) }),
  },
  'consult:invite': {
    permission: 'consult:invite',
    subject,
    run: async (command, context) => ({ consult: await inviteColleague(command, context) }),
  },
  'consult:close': {
    permission: 'consult:close',
    subject,
    run: async (command, context) => ({ consult: await closeConsult(command, context) }),
  },
  'consult:send-message': {
    permission: 'consult:take-part',
    subject,
    run: async (command, context) => ({ message: await sendMessage(command, context) }),
  },
  'consult:list-messages': {
    permission: 'consult:read',
    subject,
    run: async (query, context) => ({ messages: await listMessages(query, context) }),
  },
  'viewing:open': { permission: 'consult:take-part', subject, run: openViewing },
  'viewing:leave': {
    ...viewing,
    async run(payload, context) {
      leaveViewing(payload, context);
      return {};
    },
  },
  'viewing:take-lead': {
    ...viewing,
    run: async (payload, context) => ({ lead: takeViewingLead(payload, context) }),
  },
  'viewing:show': {
    ...viewing,
    async run(payload, context) {
      showView(payload, context);
      return {};
    },
  },
  'viewing:point': {
    ...viewing,
    async run(payload, context) {
      pointAt(payload, context);
      return {};
    },
  },
});
