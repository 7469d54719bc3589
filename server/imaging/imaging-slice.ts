import { frameOfMark, imageMarkRequests, markIdOf } from '../../shared/contracts/image-marks.ts';
import { imagingRequests } from '../../shared/contracts/imaging.ts';
import { teachingCopyRequests } from '../../shared/contracts/teaching-copy.ts';
import { patientSubject } from '../patients/patient-subject.ts';
import type { Slice } from '../platform/slice.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { completeStudies } from './complete-studies.ts';
import { decideQuarantine } from './decide-quarantine.ts';
import { listStudies, studySubject } from './find-studies.ts';
import { imagingRoutes } from './imaging-routes.ts';
import { instanceRecord } from './instance-record.ts';
import { listingRecord } from './listing-record.ts';
import { listQuarantine, quarantineSubject } from './list-quarantine.ts';
import { retireMark, writeMark } from './marks/change-mark.ts';
import { listMarks, subjectOfImage, subjectOfMark } from './marks/find-marks.ts';
import { imageMarkRecord, imageMarkVersionRecord } from './marks/image-mark-record.ts';
import { quarantineRecord } from './quarantine-record.ts';
import { seriesRecord } from './series-record.ts';
import { studyRecord } from './study-record.ts';
import { previewTeachingCopy } from './teaching/export-teaching-copy.ts';

export const imagingSlice: Slice = {
  name: 'imaging',
  records: [
    studyRecord,
    listingRecord,
    seriesRecord,
    instanceRecord,
    quarantineRecord,
    imageMarkRecord,
    imageMarkVersionRecord,
  ],
  start: completeStudies,
  events: defineEvents(
    { ...imagingRequests, ...imageMarkRequests, ...teachingCopyRequests },
    {
      'imaging:list': {
        permission: 'imaging:read',
        subject: ({ patientId }, context) => patientSubject(patientId, context),
        run: listStudies,
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
      'image-mark:list': {
        permission: 'imaging:read',
        subject: ({ patientId }, context) => patientSubject(patientId, context),
        run: async ({ patientId }, context) => ({ marks: await listMarks(patientId, context) }),
      },
      'image-mark:write': {
        permission: 'image-mark:write',
        subject: ({ patientId, mark }, context) =>
          subjectOfImage(
            { patientId, markId: markIdOf(mark), sopInstanceUid: frameOfMark(mark).sopInstanceUid },
            context,
          ),
        run: async (command, context) => ({ mark: await writeMark(command, context) }),
      },
      'image-mark:retire': {
        permission: 'image-mark:write',
        subject: (command, context) => subjectOfMark(command, context),
        run: async (command, context) => ({ mark: await retireMark(command, context) }),
      },
      'teaching-copy:preview': {
        permission: 'teaching-copy:export',
        subject: ({ studyInstanceUid }, context) => studySubject(studyInstanceUid, context),
        run: previewTeachingCopy,
      },
    },
  ),
  routes: imagingRoutes,
};
