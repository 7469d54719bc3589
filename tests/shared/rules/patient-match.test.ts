import { describe, expect, test } from '@jest/globals';
import { differingFields, type PersonFacts } from '../../../shared/rules/patient-match.ts';

const patient: PersonFacts = {
  identityNumber: '11010519491231002X',
  name: '王建国',
  sex: 'male',
  birthDate: '1949-12-31',
};
const nobody: PersonFacts = { identityNumber: null, name: null, sex: null, birthDate: null };

describe('a file beside the case’s patient', () => {
  test('differs in nothing when it says nothing', () => {
    expect(differingFields(nobody, patient)).toEqual([]);
  });
  test('names each field that differs', () => {
    const file = { identityNumber: '110105194912310038', name: '李秀英', sex: 'female', birthDate: '1950-01-01' };
    expect(differingFields(file, patient)).toEqual(['identityNumber', 'name', 'sex', 'birthDate']);
  });
  test('agrees through any spelling of a DICOM person name', () => {
    expect(differingFields({ ...nobody, name: 'Wang^JianGuo=王^建国' }, patient)).toEqual([]);
    expect(differingFields({ ...nobody, name: 'Wang^JianGuo' }, patient)).toEqual(['name']);
  });
  test('ignores a device’s own running number', () => {
    expect(differingFields({ ...nobody, identityNumber: '000123' }, patient)).toEqual([]);
  });
  test('compares the check character without regard to case', () => {
    expect(differingFields({ ...nobody, identityNumber: '11010519491231002x' }, patient)).toEqual([]);
  });
  test('does not take an unknown sex for a difference', () => {
    expect(differingFields({ ...nobody, sex: 'other' }, patient)).toEqual([]);
  });
});
