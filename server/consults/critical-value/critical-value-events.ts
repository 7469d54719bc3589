import { criticalValueRequests } from '../../../shared/contracts/critical-values.ts';
import type { ActionContext } from '../../platform/context.ts';
import { defineEvents } from '../../platform/socket/events.ts';
import { consultSubject } from '../find-consult.ts';
import {
  readBackCriticalValue,
  receiveCriticalValue,
  recordByTelephone,
  withdrawCriticalValue,
} from './answer-critical-value.ts';
import { criticalValueSubject, listCriticalValuesOfConsult, listOpenCriticalValues } from './find-critical-value.ts';
import { reportCriticalValue } from './report-critical-value.ts';

const subject = ({ criticalValueId }: { criticalValueId: string }, context: ActionContext) =>
  criticalValueSubject(criticalValueId, context);
const ofConsult = ({ consultId }: { consultId: string }, context: ActionContext) => consultSubject(consultId, context);

export const criticalValueEvents = defineEvents(criticalValueRequests, {
  'critical-value:report': { permission: 'critical-value:report', subject: ofConsult, run: reportCriticalValue },
  'critical-value:receive': {
    permission: 'critical-value:receive',
    subject,
    run: async (command, context) => ({ value: await receiveCriticalValue(command, context) }),
  },
  'critical-value:read-back': {
    permission: 'critical-value:receive',
    subject,
    run: async (command, context) => ({ value: await readBackCriticalValue(command, context) }),
  },
  'critical-value:record-by-telephone': {
    permission: 'critical-value:report',
    subject,
    run: async (command, context) => ({ value: await recordByTelephone(command, context) }),
  },
  'critical-value:withdraw': {
    permission: 'critical-value:report',
    subject,
    run: async (command, context) => ({ value: await withdrawCriticalValue(command, context) }),
  },
  'critical-value:list': {
    permission: 'critical-value:list',
    run: async (_query, context) => ({ values: await listOpenCriticalValues(context) }),
  },
  'critical-value:list-of-consult': {
    permission: 'critical-value:read',
    subject: ofConsult,
    run: async ({ consultId }, context) => ({ values: await listCriticalValuesOfConsult(consultId, context) }),
  },
});
