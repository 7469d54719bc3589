/** What a file, or a patient record, says of a person; null where it says nothing. Dates are YYYY-MM-DD. */
export interface PersonFacts {
  identityNumber: string | null;
  name: string | null;
  sex: string | null;
  birthDate: string | null;
}

export type PersonField = keyof PersonFacts;

/** 17 digits and a check character: only such a number names a person beyond one hospital. */
const RESIDENT_NUMBER = /^\d{17}[\dX]$/;

/** DICOM PN (PS3.5, 6.2) holds up to three spellings separated by `=`; the case, blanks and carets do not tell people apart. */
function spellings(name: string): string[] {
  return name
    .split('=')
    .map((group) => group.replace(/[\s^,·•.]+/g, '').toLowerCase())
    .filter((group) => group !== '');
}

function sameName(a: string, b: string): boolean {
  const other = spellings(b);
  return spellings(a).some((spelling) => other.includes(spelling));
}

const knownSex = (sex: string | null) => (sex === 'male' || sex === 'female' ? sex : null);

/**
 * The fields in which a file names another person than the record. A field is compared only where both sides state
 * it, and a number only where the file's is a resident identity number: a cardiograph's own running number says
 * nothing. An unknown patient's placeholder name is not compared: pass null for it.
 */
export function differingFields(file: PersonFacts, patient: PersonFacts): PersonField[] {
  const fields: PersonField[] = [];
  const fileNumber = file.identityNumber?.trim().toUpperCase() ?? '';
  if (RESIDENT_NUMBER.test(fileNumber) && patient.identityNumber !== null && fileNumber !== patient.identityNumber)
    fields.push('identityNumber');
  if (
    file.name !== null &&
    patient.name !== null &&
    spellings(file.name).length > 0 &&
    !sameName(file.name, patient.name)
  )
    fields.push('name');
  const [fileSex, patientSex] = [knownSex(file.sex), knownSex(patient.sex)];
  if (fileSex !== null && patientSex !== null && fileSex !== patientSex) fields.push('sex');
  if (file.birthDate !== null && patient.birthDate !== null && file.birthDate !== patient.birthDate)
    fields.push('birthDate');
  return fields;
}
