import { readPersonName } from '../../shared/dicom/dicom-text.ts';
import { chinaDate } from '../../shared/rules/china-time.ts';
import { readIdentityNumber } from '../../shared/rules/identity-number.ts';
import type { PersonFacts } from '../../shared/rules/patient-match.ts';
import type { ActionContext } from '../platform/context.ts';
import { patientRecord } from './patient-record.ts';
import { identityKeyOf } from './personal-facts.ts';
import { createPatient, placeholderName } from './register-patient.ts';

const MAX_NAME_LENGTH = 60;
const EARLIEST_BIRTH = '1880-01-01';

/**
 * The patient of the actor's organisation whom a device's file is about, where nobody has said which one it is. Only a
 * valid identity number opens a known patient; a device's running number names nobody, so each study or ECG without
 * one begins a patient of its own, and nobody is merged with anybody. Runs in the caller's transaction.
 */
export async function receivePatient(
  { person, source }: { person: PersonFacts; source: `study:${string}` | `ecg:${string}` },
  context: ActionContext,
): Promise<string> {
  const { organisationId } = context.actor;
  const today = chinaDate(context.clock.now());
  const reading = readIdentityNumber(person.identityNumber ?? '', today);
  const facts = reading.valid
    ? reading.facts
    : {
        identityNumber: null,
        sex: sexOf(person),
        birthDate:
          person.birthDate !== null && person.birthDate >= EARLIEST_BIRTH && person.birthDate <= today
            ? person.birthDate
            : null,
      };
  const identityKey = reading.valid
    ? identityKeyOf('', organisationId, facts.identityNumber)
    : `${organisationId}:${source}`;
  const known = await context.store.model(patientRecord).findOne({ identityKey }, { _id: 1 }).lean();
  if (known !== null) return known._id;
  const name = nameOf(person);
  const made = { ...facts, identityKey, phone: null, name: name ?? placeholderName(context), unknown: name === null };
  return (await createPatient(made, context)).id;
}

const sexOf = ({ sex }: PersonFacts): 'male' | 'female' | 'unknown' =>
  sex === 'male' || sex === 'female' ? sex : 'unknown';

/** As people read it, without what could break a line; null where the file names nobody. */
function nameOf({ name }: PersonFacts): string | null {
  const read = readPersonName(name ?? '')
    ?.replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME_LENGTH);
  return read === undefined || read === '' ? null : read;
}
