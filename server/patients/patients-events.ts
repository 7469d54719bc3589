import { patientRecordRequests } from '../../shared/contracts/patients.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { findPatient } from './find-patient.ts';
import { patientSubject } from './patient-subject.ts';
import { registerPatient, registerUnknownPatient } from './register-patient.ts';

export const patientEvents = defineEvents(patientRecordRequests, {
  'patient:register': { permission: 'patient:register', run: registerPatient },
  'patient:register-unknown': {
    permission: 'patient:register',
    run: async (command, context) => ({ patient: await registerUnknownPatient(command, context) }),
  },
  'patient:read': {
    permission: 'patient:read',
    subject: ({ patientId }, context) => patientSubject(patientId, context),
    run: async ({ patientId }, context) => ({ patient: await findPatient(patientId, context) }),
  },
});
