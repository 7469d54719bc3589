import { ecgRequests } from '../../shared/contracts/ecg.ts';
import { patientSubject } from '../patients/patient-subject.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { ecgSubject, findEcg, listEcgs } from './find-ecg.ts';

export const ecgEvents = defineEvents(ecgRequests, {
  'ecg:read': {
    permission: 'ecg:read',
    subject: ({ ecgId }, context) => ecgSubject(ecgId, context),
    run: async ({ ecgId }, context) => ({ ecg: await findEcg(ecgId, context) }),
  },
  'ecg:list': {
    permission: 'ecg:read',
    subject: ({ patientId }, context) => patientSubject(patientId, context),
    run: async ({ patientId }, context) => ({ ecgs: await listEcgs(patientId, context) }),
  },
});
