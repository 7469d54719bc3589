import { alarmCaseRequests } from '../../shared/contracts/alarms.ts';
import { patientCaseRequests } from '../../shared/contracts/patients.ts';
import { alarmSubject } from '../alarms/find-alarm.ts';
import { patientSubject } from '../patients/patient-subject.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { acceptCase, withdrawCase } from './answer-alarm.ts';
import { identifyPatientOfCase } from './identify-patient.ts';
import { listPatientsWithCases } from './list-patients.ts';
import { raiseAlarm } from './raise-alarm.ts';

/** What touches several records of a case at once, and so belongs to the slice that knows them all. */
export const caseEvents = defineEvents(
  { ...alarmCaseRequests, ...patientCaseRequests },
  {
    'alarm:raise': { permission: 'alarm:raise', run: raiseAlarm },
    'alarm:accept': {
      permission: 'alarm:answer',
      subject: ({ alarmId }, context) => alarmSubject({ _id: alarmId }, context),
      run: async (command, context) => ({ alarm: await acceptCase(command, context) }),
    },
    'alarm:withdraw': {
      permission: 'alarm:withdraw',
      subject: ({ alarmId }, context) => alarmSubject({ _id: alarmId }, context),
      run: async (command, context) => ({ alarm: await withdrawCase(command, context) }),
    },
    'patient:identify': {
      permission: 'patient:identify',
      subject: ({ patientId }, context) => patientSubject(patientId, context),
      run: async (command, context) => ({ patient: await identifyPatientOfCase(command, context) }),
    },
    'patient:list': {
      permission: 'patient:list',
      run: async (query, context) => ({ patients: await listPatientsWithCases(query, context) }),
    },
  },
);
