import { imagingRequests } from '../../shared/contracts/imaging.ts';
import { patientSubject } from '../patients/patient-subject.ts';
import type { Slice } from '../platform/slice.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { completeStudies } from './complete-studies.ts';
import { decideQuarantine } from './decide-quarantine.ts';
import { listStudies } from './find-studies.ts';
import { imagingRoutes } from './imaging-routes.ts';
import { instanceRecord } from './instance-record.ts';
import { listingRecord } from './listing-record.ts';
import { listQuarantine, quarantineSubject } from './list-quarantine.ts';
import { quarantineRecord } from './quarantine-record.ts';
import { seriesRecord } from './series-record.ts';
import { studyRecord } from './study-record.ts';

export const imagingSlice: Slice = {
  name: 'imaging',
  records: [studyRecord, listingRecord, seriesRecord, instanceRecord, quarantineRecord],
  start: completeStudies,
  events: defineEvents(imagingRequests, {
    'imaging:list': {
      permission: 'imaging:read',
      subject: ({ patientId }, context) => patientSubject(patientId, context),
      run: async ({ patientId }, context) => ({ studies: await listStudies(patientId, context) }),
    },
    'imaging:list-quarantine': {
      permission: 'quarantine:list',
      run: async (query, context) => ({ instances: await listQuarantine(query, context) }),
    },
    'imaging:decide-quarantine': {
      permission: 'quarantine:decide',
      subject: ({ quarantineId }, context) => quarantineSubject(quarantineId, context),
      run: async (command, context) => ({ instance: await decideQuarantine(command, context) }),
    },
  }),
  routes: imagingRoutes,
};
