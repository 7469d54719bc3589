import type { PatientView } from '../../shared/contracts/patients.ts';
import type { RequestPayload } from '../../shared/contracts/registry.ts';
import { chinaClock } from '../../shared/rules/china-time.ts';
import { rooms, type ActionContext } from '../platform/context.ts';
import { newId } from '../platform/store/store.ts';
import { patientRecord, type PatientFields } from './patient-record.ts';
import { identityKeyOf, readPersonalFacts } from './personal-facts.ts';
import { viewOfPatient } from './view-patient.ts';

/**
 * Registers a patient of the actor's organisation, or opens the one whose identity number is known there already.
 * Throws identity-number-invalid.
 */
export async function registerPatient(
  command: RequestPayload<'patient:register'>,
  context: ActionContext,
): Promise<{ patient: PatientView; existing: boolean }> {
  const facts = readPersonalFacts(command, context.clock.now());
  if (facts.identityNumber !== null) {
    const identityKey = identityKeyOf('', context.actor.organisationId, facts.identityNumber);
    const known = await context.store.model(patientRecord).findOne({ identityKey }).lean();
    if (known !== null) {
      const subject = { type: 'patient', id: known._id, patientId: known._id };
      await context.audit({ action: 'patient:open-known', outcome: 'done', subject });
      return { patient: viewOfPatient(known), existing: true };
    }
  }
  const made = { ...facts, name: command.name, phone: command.phone ?? null, unknown: false };
  return { patient: await createPatient(made, context), existing: false };
}

/** A patient whose name nobody knows yet: named after place and time, so that two of one night can be told apart. */
export async function registerUnknownPatient(
  command: RequestPayload<'patient:register-unknown'>,
  context: ActionContext,
): Promise<PatientView> {
  const name = placeholderName(context);
  const facts = { identityNumber: null, birthDate: null, phone: null, sex: command.sex ?? ('unknown' as const) };
  return createPatient({ ...facts, name, unknown: true }, context);
}

export const placeholderName = ({ actor, clock }: ActionContext) =>
  `未知患者 ${actor.organisationName} ${chinaClock(clock.now())}`;

/** A new patient of the actor's organisation. `identityKey` where something else than a number makes them one. */
export async function createPatient(
  fields: Pick<PatientFields, 'name' | 'sex' | 'birthDate' | 'identityNumber' | 'phone' | 'unknown'> & {
    identityKey?: string;
  },
  context: ActionContext,
): Promise<PatientView> {
  const { organisationId, organisationName, name: createdByName } = context.actor;
  const _id = newId();
  const patient: PatientFields = {
    identityKey: identityKeyOf(_id, organisationId, fields.identityNumber),
    ...fields,
    _id,
    organisationId,
    organisationName,
    audience: { organisationIds: [organisationId], consults: [] },
    consultIds: [],
    recordsAdded: 0,
    createdAt: context.clock.now(),
    createdByName,
    version: 0,
  };
  await context.store.model(patientRecord).create([patient]);
  const subject = { type: 'patient', id: _id, patientId: _id };
  await context.audit({ action: 'patient:create', outcome: 'done', subject });
  await context.notify([rooms.organisation(organisationId)], 'patient:changed', { patientId: _id });
  return viewOfPatient(patient);
}
