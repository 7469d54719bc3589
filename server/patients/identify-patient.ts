import type { PatientView } from '../../shared/contracts/patients.ts';
import type { RequestPayload } from '../../shared/contracts/registry.ts';
import { rooms, type ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { changeVersion } from '../platform/store/change-version.ts';
import { patientRecord } from './patient-record.ts';
import { identityKeyOf, readPersonalFacts } from './personal-facts.ts';
import { viewOfPatient } from './view-patient.ts';

/**
 * Names an unknown patient, or corrects what is known. What the form leaves out stays as it is. A number that belongs
 * to another patient of the organisation is refused with conflict (`patientId`, `name`): two histories are never
 * merged silently. Throws not-found, version-conflict, identity-number-invalid.
 */
export async function identifyPatient(
  command: RequestPayload<'patient:identify'>,
  context: ActionContext,
): Promise<PatientView> {
  const patients = context.store.model(patientRecord);
  const before = await patients.findById(command.patientId).lean();
  if (before === null) throw new HubError('not-found');
  if (before.version !== command.version) throw new HubError('version-conflict');
  const facts = readPersonalFacts(
    {
      identityNumber: command.identityNumber || before.identityNumber || undefined,
      sex: command.sex ?? before.sex,
      birthDate: command.birthDate ?? before.birthDate ?? undefined,
    },
    context.clock.now(),
  );
  const identityKey = identityKeyOf(before._id, before.organisationId, facts.identityNumber);
  const other = await patients.findOne({ identityKey }).lean();
  if (other !== null && other._id !== before._id) {
    throw new HubError('conflict', { patientId: other._id, name: other.name });
  }
  const change = { ...facts, identityKey, name: command.name, phone: command.phone ?? before.phone, unknown: false };
  const after = await changeVersion(patientRecord, before, change, context);
  const changed = (['name', 'identityNumber', 'sex', 'birthDate', 'phone'] as const).filter(
    (field) => before[field] !== after[field],
  );
  await context.audit({
    action: 'patient:change',
    outcome: 'done',
    subject: { type: 'patient', id: after._id, patientId: after._id },
    details: { fields: changed.join(' '), wasUnknown: before.unknown },
  });
  const { organisationIds, consults } = after.audience;
  const watchers = [
    ...organisationIds.map(rooms.organisation),
    ...consults.flatMap((consult) => [
      rooms.consult(consult.consultId),
      ...consult.organisationIds.map(rooms.desk),
      ...consult.accountIds.map(rooms.account),
    ]),
  ];
  await context.notify([...new Set(watchers)], 'patient:changed', { patientId: after._id });
  return viewOfPatient(after);
}
