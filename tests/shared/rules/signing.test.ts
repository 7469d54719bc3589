import { describe, expect, test } from '@jest/globals';
import {
  licenceFor,
  refusesEdit,
  refusesFirstSignature,
  refusesReturn,
  refusesSecondSignature,
  type SignedThing,
  type Signer,
} from '../../../shared/rules/signing.ts';

const NOW = Date.parse('2026-03-01T08:00:00+08:00');
const licence = { practiceSiteIds: ['county'], validFromMs: NOW - 1000, validUntilMs: NOW + 1000 };
const author: Signer = { accountId: 'a', organisationId: 'county', roles: ['ecg-reporter'], licences: [licence] };
const reviewer: Signer = { ...author, accountId: 'b', roles: ['ecg-reviewer'] };
const draft: SignedThing = { kind: 'ecg', state: 'draft', authorAccountId: 'a', impression: '窦性心律' };
const awaiting: SignedThing = { ...draft, state: 'awaiting-review' };
const final: SignedThing = { ...draft, state: 'final' };

describe('a licence', () => {
  test('counts from its first moment and no longer at its last', () => {
    expect(licenceFor(author, licence.validFromMs)).toBe(licence);
    expect(licenceFor(author, licence.validFromMs - 1)).toBeUndefined();
    expect(licenceFor(author, licence.validUntilMs - 1)).toBe(licence);
    expect(licenceFor(author, licence.validUntilMs)).toBeUndefined();
  });
  test('counts only at the sites that it names', () => {
    expect(licenceFor({ ...author, organisationId: 'city' }, NOW)).toBeUndefined();
  });
  test('is found among others that do not count', () => {
    const past = { ...licence, validUntilMs: NOW };
    expect(licenceFor({ ...author, licences: [past, licence] }, NOW)).toBe(licence);
    expect(licenceFor({ ...author, licences: [past] }, NOW)).toBeUndefined();
  });
});

describe('the text', () => {
  test('is changed by its author while it is a draft or was returned', () => {
    expect(refusesEdit(draft, author)).toBeNull();
    expect(refusesEdit({ ...draft, state: 'returned' }, author)).toBeNull();
    expect(refusesEdit(awaiting, author)).toBe('conflict');
    expect(refusesEdit(final, author)).toBe('report-final');
  });
  test('is changed by nobody else, and by no reporter of the other kind', () => {
    expect(refusesEdit(draft, { ...author, accountId: 'c' })).toBe('forbidden');
    expect(refusesEdit({ ...draft, kind: 'imaging' }, author)).toBe('forbidden');
    expect(refusesEdit(draft, reviewer)).toBe('forbidden');
  });
});

describe('the first signature', () => {
  test('needs an impression and a licence', () => {
    expect(refusesFirstSignature(draft, author, NOW)).toBeNull();
    expect(refusesFirstSignature({ ...draft, impression: ' \n' }, author, NOW)).toBe('report-empty');
    expect(refusesFirstSignature(draft, { ...author, licences: [] }, NOW)).toBe('licence-invalid');
    expect(refusesFirstSignature(draft, author, licence.validUntilMs)).toBe('licence-invalid');
  });
  test('is given once', () => {
    expect(refusesFirstSignature(awaiting, author, NOW)).toBe('conflict');
    expect(refusesFirstSignature(final, author, NOW)).toBe('report-final');
  });
});

describe.each([
  ['the second signature', (report: SignedThing, signer: Signer) => refusesSecondSignature(report, signer, NOW)],
  ['the return', refusesReturn],
] as const)('%s', (_name, refuses) => {
  test('is another person’s with the reviewer’s role', () => {
    expect(refuses(awaiting, reviewer)).toBeNull();
    expect(refuses(awaiting, { ...author, roles: ['ecg-reporter', 'ecg-reviewer'] })).toBe('same-signer');
    expect(refuses(awaiting, { ...author, accountId: 'c' })).toBe('forbidden');
    expect(refuses({ ...awaiting, kind: 'imaging' }, reviewer)).toBe('forbidden');
  });
  test('follows the first signature and ends with the second', () => {
    expect(refuses(draft, reviewer)).toBe('conflict');
    expect(refuses({ ...draft, state: 'returned' }, reviewer)).toBe('conflict');
    expect(refuses(final, reviewer)).toBe('report-final');
  });
});

test('the second signature needs a licence, the return does not', () => {
  const without = { ...reviewer, licences: [] };
  expect(refusesSecondSignature(awaiting, without, NOW)).toBe('licence-invalid');
  expect(refusesReturn(awaiting, without)).toBeNull();
});
