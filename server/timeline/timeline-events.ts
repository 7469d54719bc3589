import { timelineRequests } from '../../shared/contracts/timeline.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { readTimeline, timelineSubject } from './read-timeline.ts';

export const timelineEvents = defineEvents(timelineRequests, {
  'timeline:read': {
    permission: 'timeline:read',
    subject: ({ consultId }, context) => timelineSubject(consultId, context),
    run: async ({ consultId }, context) => ({ nodes: await readTimeline(consultId, context) }),
  },
});
