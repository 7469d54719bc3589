import { imagingRequests } from '../../shared/contracts/imaging.ts';
import { patientSubject } from '../patients/patient-subject.ts';
import type { Slice } from '../platform/slice.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { listStudies } from './find-studies.ts';
import { imagingRoutes } from './imaging-routes.ts';
import { instanceRecord } from './instance-record.ts';
import { studyRecord } from './study-record.ts';

export const imagingSlice: Slice = {
  name: 'imaging',
  records: [studyRecord, instanceRecord],
  events: defineEvents(imagingRequests, {
    'imaging:list': {
      permission: 'imaging:read',
      subject: ({ patientId }, context) => patientSubject(patientId, context),
      run: async ({ patientId }, context) => ({ studies: await listStudies(patientId, context) }),
    },
  }),
  routes: imagingRoutes,
};
