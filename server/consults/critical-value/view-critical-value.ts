import type { CriticalValueView } from '../../../shared/contracts/critical-values.ts';
import { isSameReadBack } from '../../../shared/rules/critical-value.ts';
import { findOrganisations } from '../../organisations/find-organisations.ts';
import { findPatients } from '../../patients/find-patient.ts';
import { patientAgeYears } from '../../patients/view-patient.ts';
import { rooms, type ActionContext } from '../../platform/context.ts';
import type { CriticalValueFields } from './critical-value-record.ts';

/** Each with its patient's present name and both sides' present telephone numbers. */
export async function viewCriticalValues(
  found: readonly CriticalValueFields[],
  context: Pick<ActionContext, 'store'>,
): Promise<CriticalValueView[]> {
  const patients = await findPatients(
    found.map(({ patientId }) => patientId),
    context,
  );
  const sides = found.flatMap(({ fromOrganisationId, toOrganisationId }) => [fromOrganisationId, toOrganisationId]);
  const telephones = new Map(
    (await findOrganisations([...new Set(sides)], context)).map(({ id, telephone }) => [id, telephone]),
  );
  return found.map((value) => {
    const patient = patients.get(value.patientId);
    const { _id, readBack, withdrawn, ...rest } = value;
    return {
      ...rest,
      id: _id,
      patientName: patient?.name ?? '',
      patientSex: patient?.sex ?? 'unknown',
      patientAgeYears: patient === undefined ? null : patientAgeYears(patient, value.foundAt),
      fromTelephone: telephones.get(value.fromOrganisationId) ?? null,
      toTelephone: telephones.get(value.toOrganisationId) ?? null,
      foundAt: value.foundAt.toISOString(),
      receivedAt: value.receivedAt?.toISOString() ?? null,
      readBack: readBack && {
        text: readBack.text,
        way: readBack.way,
        same: isSameReadBack(value.finding, readBack.text),
        byName: readBack.byName,
        recordedByName: readBack.recordedByName,
        at: readBack.at.toISOString(),
      },
      nextRepeatAt: value.nextRepeatAt?.toISOString() ?? null,
      withdrawn: withdrawn && { byName: withdrawn.byName, at: withdrawn.at.toISOString(), reason: withdrawn.reason },
    };
  });
}

/** Tells the clinic, the lead hospital and whoever has the case open; answers what they were told. */
export async function tellCriticalValueChanged(
  value: CriticalValueFields,
  context: Pick<ActionContext, 'store' | 'notify'>,
): Promise<CriticalValueView> {
  const [view] = await viewCriticalValues([value], context);
  const { consultId, fromOrganisationId, toOrganisationId } = value;
  await context.notify(
    [rooms.organisation(fromOrganisationId), rooms.organisation(toOrganisationId), rooms.consult(consultId)],
    'critical-value:changed',
    view!,
  );
  return view!;
}
