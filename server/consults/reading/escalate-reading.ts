import type { RequestPayload, RequestReply } from '../../../shared/contracts/registry.ts';
import { findServingDesk } from '../../organisations/find-organisations.ts';
import { findPatient } from '../../patients/find-patient.ts';
import { rooms, type ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { changeConsult } from '../change-consult.ts';
import { consultRecord, kindOfReading, type ReadingConsult } from '../consult-record.ts';
import { requireOpen } from '../find-consult.ts';
import { openUrgentCase } from '../open-urgent-case.ts';
import { criticalDueAt, loadReading, requireReader } from './find-reading.ts';
import { readReadingRules } from './set-reading-rules.ts';
import { tellReadingChanged } from './view-reading.ts';

/**
 * The reader's one click: an urgent consult for the patient of a reading, from the clinic that asked, with the reader
 * in it. The alarm rings the desk and the clinic's windows show the case. Where the clinic has a case of the patient
 * open, that one is answered and nobody is rung. The reading itself stays in the queue until its report is final, as
 * critical and with the time that is given to such. Throws forbidden to whoever does not read its kind, consult-closed,
 * no-agreement.
 */
export async function escalateReading(
  { readingId }: RequestPayload<'reading:escalate'>,
  context: ActionContext,
): Promise<RequestReply<'reading:escalate'>> {
  const before = await loadReading(readingId, context);
  requireReader(before, context);
  requireOpen(before);
  const { patientId, fromOrganisationId } = before;
  const open = await context.store
    .model(consultRecord)
    .findOne({ kind: 'urgent', patientId, fromOrganisationId, open: true }, { _id: 1 })
    .lean();
  const escalatedToConsultId = open?._id ?? (await openCase(before, context));
  await context.audit({
    action: open === null ? 'alarm:open' : 'alarm:open-existing',
    outcome: 'done',
    subject: { type: 'consult', id: escalatedToConsultId, patientId },
  });
  const { minutesByGrade } = await readReadingRules(before.toOrganisationId, context);
  const dueAt = criticalDueAt(before, minutesByGrade.critical, context.clock.now());
  const after = await changeConsult(
    before,
    { reading: { ...before.reading, grade: 1, dueAt, escalatedConsultId: escalatedToConsultId } },
    context,
  );
  const reading = await tellReadingChanged(after, context);
  return { reading, escalatedToConsultId, existing: open !== null };
}

async function openCase(reading: ReadingConsult, context: ActionContext): Promise<string> {
  const { accountId, name, organisationId, organisationName } = context.actor;
  const { fromOrganisationId, fromOrganisationName } = reading;
  const desk = await findServingDesk(fromOrganisationId, 'chest-pain', context);
  if (desk === null) throw new HubError('no-agreement');
  const patient = await findPatient(reading.patientId, context);
  const alarm = await openUrgentCase(
    {
      reason: kindOfReading(reading) === 'ecg' ? '心电诊断发现紧急情况，转急会诊' : '影像诊断发现紧急情况，转急会诊',
      patient,
      from: { organisationId: fromOrganisationId, name: fromOrganisationName },
      desk,
      participants: [
        { accountId, name, organisationId, organisationName, side: 'lead', invitedByName: null, joinedAt: null },
        ...reading.participants,
      ],
      deviceTime: null,
    },
    context,
  );
  const invitation = { consultId: alarm.consultId, byName: name, organisationName, patientName: patient.name };
  await context.notify([rooms.organisation(fromOrganisationId)], 'consult:invited', invitation);
  return alarm.consultId;
}
