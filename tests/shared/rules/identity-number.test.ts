import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ageInYears, identityCheckCharacter, readIdentityNumber } from '../../../shared/rules/identity-number.ts';

const today = '2026-11-22';

/** ISO 7064 MOD 11-2 by its weights, as GB 11643 prints them: another way than the rule's own. */
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const byWeights = (digits: string) =>
  '10X98765432'.charAt([...digits].reduce((sum, digit, at) => sum + Number(digit) * (weights[at] ?? 0), 0) % 11);

const body = fc
  .tuple(
    fc.integer({ min: 110_000, max: 659_999 }),
    fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2026-11-22T00:00:00Z'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([place, born, serial]) => {
    const date = born.toISOString().slice(0, 10);
    return { date, digits: `${place}${date.replaceAll('-', '')}${String(serial).padStart(3, '0')}` };
  });

describe('resident identity number (GB 11643, ISO 7064 MOD 11-2)', () => {
  test('the example of GB 11643 is valid and gives birth date and sex', () => {
    expect(readIdentityNumber('11010519491231002X', today)).toEqual({
      valid: true,
      facts: { identityNumber: '11010519491231002X', birthDate: '1949-12-31', sex: 'female' },
    });
    expect(readIdentityNumber(' 440524188001010014 ', today)).toEqual({
      valid: true,
      facts: { identityNumber: '440524188001010014', birthDate: '1880-01-01', sex: 'male' },
    });
  });

  test('a small x counts as X', () => {
    expect(readIdentityNumber('11010519491231002x', today)).toMatchObject({ valid: true });
  });

  test('the check character agrees with the weights of the standard', () => {
    fc.assert(fc.property(body, ({ digits }) => identityCheckCharacter(digits) === byWeights(digits)));
  });

  test('every number with its check character is read back with its birth date and sex', () => {
    fc.assert(
      fc.property(body, ({ digits, date }) => {
        const reading = readIdentityNumber(digits + byWeights(digits), today);
        expect(reading).toMatchObject({
          valid: true,
          facts: { birthDate: date, sex: Number(digits.charAt(16)) % 2 === 1 ? 'male' : 'female' },
        });
      }),
    );
  });

  test('one wrong digit and two neighbouring digits exchanged are noticed', () => {
    fc.assert(
      fc.property(body, fc.nat(16), fc.integer({ min: 1, max: 9 }), ({ digits }, at, by) => {
        const wrong = (Number(digits.charAt(at)) + by) % 10;
        const changed = digits.slice(0, at) + wrong + digits.slice(at + 1);
        expect(readIdentityNumber(changed + byWeights(digits), today).valid).toBe(false);
        if (at < 16 && digits.charAt(at) !== digits.charAt(at + 1)) {
          const swapped = digits.slice(0, at) + digits.charAt(at + 1) + digits.charAt(at) + digits.slice(at + 2);
          expect(readIdentityNumber(swapped + byWeights(digits), today).valid).toBe(false);
        }
      }),
    );
  });

  test.each([
    ['', 'length'],
    ['1101051949', 'length'],
    ['11010519491231002', 'length'],
    ['11010519491231002XX', 'characters'],
    ['1101051949123100AX', 'characters'],
    ['11010519491331002X', 'birth-date'],
    ['110105194902300021', 'birth-date'],
    ['110105209912310021', 'birth-date'],
    ['110105194912310021', 'check-character'],
  ])('%p is refused because of its %s', (typed, fault) => {
    expect(readIdentityNumber(typed, today)).toEqual({ valid: false, fault });
  });

  test('age counts completed years', () => {
    expect(ageInYears('1970-11-22', '2026-11-22')).toBe(56);
    expect(ageInYears('1970-11-23', '2026-11-22')).toBe(55);
    expect(ageInYears('2000-02-29', '2026-02-28')).toBe(25);
  });
});
