import { alarmDeskRequests } from '../../shared/contracts/alarms.ts';
import type { ActionContext } from '../platform/context.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { confirmDelivery, confirmSeen } from './confirm-receipt.ts';
import { alarmSubject, findAlarmOfConsult, listRingingAlarms } from './find-alarm.ts';
import { endDuty, readDuty, startDuty } from './take-duty.ts';

const subject = ({ alarmId }: { alarmId: string }, context: ActionContext) => alarmSubject({ _id: alarmId }, context);

export const alarmEvents = defineEvents(alarmDeskRequests, {
  'alarm:read': {
    permission: 'alarm:read',
    subject: ({ consultId }, context) => alarmSubject({ consultId }, context),
    run: async ({ consultId }, context) => ({ alarm: await findAlarmOfConsult(consultId, context) }),
  },
  'alarm:list-ringing': {
    permission: 'duty:take',
    run: async (_query, context) => ({ alarms: await listRingingAlarms(context.actor.organisationId, context) }),
  },
  'alarm:confirm-delivery': {
    permission: 'alarm:answer',
    subject,
    async run(command, context) {
      await confirmDelivery(command, context);
      return {};
    },
  },
  'alarm:confirm-seen': {
    permission: 'alarm:answer',
    subject,
    async run(command, context) {
      await confirmSeen(command, context);
      return {};
    },
  },
  'duty:start': { permission: 'duty:take', run: async (_command, context) => ({ desk: await startDuty(context) }) },
  'duty:end': { permission: 'duty:take', run: async (_command, context) => ({ desk: await endDuty(context) }) },
  'duty:read': { permission: 'duty:read', run: async (_query, context) => readDuty(context) },
  'duty:report-window': {
    permission: 'session:own',
    async run({ canSound }, context) {
      if (context.window !== null) context.hub.presence.setSound(context.window.id, canSound);
      return {};
    },
  },
});
