import { readingRequests } from '../../../shared/contracts/readings.ts';
import { ecgSubject } from '../../ecg/find-ecg.ts';
import { studySubject } from '../../imaging/find-studies.ts';
import { findPatient } from '../../patients/find-patient.ts';
import { patientSubject } from '../../patients/patient-subject.ts';
import type { ActionContext } from '../../platform/context.ts';
import { defineEvents } from '../../platform/socket/events.ts';
import { claimReading, releaseReading, renewClaim } from './claim-reading.ts';
import { escalateReading } from './escalate-reading.ts';
import { loadReading, readingSubject } from './find-reading.ts';
import { listReadings, listReadingsOfPatient } from './list-readings.ts';
import { requestReading } from './request-reading.ts';
import { readReadingRules, setReadingRules } from './set-reading-rules.ts';
import { viewReading } from './view-reading.ts';
import { withdrawReading } from './withdraw-reading.ts';

const subject = ({ readingId }: { readingId: string }, context: ActionContext) => readingSubject(readingId, context);

export const readingEvents = defineEvents(readingRequests, {
  'reading:request': {
    permission: 'reading:request',
    subject: ({ ecgId, studyInstanceUid, patientId }, context) =>
      studyInstanceUid === undefined
        ? ecgSubject(ecgId ?? '', context)
        : studySubject(studyInstanceUid, context, patientId),
    run: requestReading,
  },
  'reading:list': { permission: 'reading:list', run: listReadings },
  'reading:list-of-patient': {
    permission: 'patient:read',
    subject: ({ patientId }, context) => patientSubject(patientId, context),
    run: ({ patientId }, context) => listReadingsOfPatient(patientId, context),
  },
  'reading:read': {
    permission: 'reading:read',
    subject,
    async run({ readingId }, context) {
      const consult = await loadReading(readingId, context);
      return { reading: await viewReading(consult, context), patient: await findPatient(consult.patientId, context) };
    },
  },
  'reading:claim': {
    permission: 'reading:claim',
    subject,
    run: async (command, context) => ({ reading: await claimReading(command, context) }),
  },
  'reading:renew': {
    permission: 'reading:claim',
    subject,
    run: async (command, context) => ({ reading: await renewClaim(command, context) }),
  },
  'reading:release': {
    permission: 'reading:claim',
    subject,
    run: async (command, context) => ({ reading: await releaseReading(command, context) }),
  },
  'reading:escalate': { permission: 'reading:escalate', subject, run: escalateReading },
  'reading:withdraw': {
    permission: 'reading:withdraw',
    subject,
    run: async (command, context) => ({ reading: await withdrawReading(command, context) }),
  },
  'reading:read-rules': {
    permission: 'reading:read-rules',
    run: async (_query, context) => ({ rules: await readReadingRules(context.actor.organisationId, context) }),
  },
  'reading:set-rules': {
    permission: 'reading:set-rules',
    run: async (command, context) => ({ rules: await setReadingRules(command, context) }),
  },
});
