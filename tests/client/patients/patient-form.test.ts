import { expect, test } from '@jest/globals';
import { emptyDraft, readDraft } from '../../../client/features/patients/patient-form.ts';
import { patientRequests } from '../../../shared/contracts/patients.ts';

const today = '2026-11-22';
const read = (part: Partial<typeof emptyDraft>) => readDraft({ ...emptyDraft, ...part }, today);

test('a name is enough, and what the form sends is what the contract takes', () => {
  const { fields } = read({ name: ' 买买提·艾力 ' });
  expect(fields).toEqual({ name: '买买提·艾力', sex: 'unknown' });
  expect(patientRequests['patient:register'].payload.parse(fields)).toEqual(fields);
});

test('the identity number decides sex and birth date', () => {
  const { fields, identity } = read({
    name: '王芳',
    identityNumber: '11010519491231002x',
    sex: 'male',
    birthDate: '2000-01-01',
  });
  expect(identity).toMatchObject({ valid: true, facts: { birthDate: '1949-12-31', sex: 'female' } });
  expect(fields).toEqual({ name: '王芳', identityNumber: '11010519491231002X' });
});

test.each([
  [{ identityNumber: '110105194912310021' }],
  [{ identityNumber: '1101' }],
  [{ phone: '123' }],
  [{ birthDate: '2027-01-01' }],
  [{ name: '  ' }],
])('nothing is sent while %p', (part) => {
  expect(read({ name: '王芳', ...part }).fields).toBeNull();
});

test('a phone number may be typed with blanks and hyphens', () => {
  expect(read({ name: '王芳', phone: '138-0000 0000' }).fields).toMatchObject({ phone: '13800000000' });
});
