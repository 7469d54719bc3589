import { describe, expect, test } from '@jest/globals';
import { parseNumber } from '../../../client/ui/parse-number.ts';

describe('a typed number', () => {
  test.each([
    ['200', 200],
    [' 200 ', 200],
    ['１５０', 150],
    ['−75', -75],
    ['0.25', 0.25],
    ['', null],
    ['abc', null],
    ['1e3', null],
    ['0x10', null],
    ['20000', null],
    ['--5', null],
    ['Infinity', null],
  ])('%j is %j', (text, value) => {
    expect(parseNumber(text, [-2000, 2000], false)).toBe(value);
  });

  test('an age or a count is whole', () => {
    expect(parseNumber('2.5', [1, 6], true)).toBeNull();
    expect(parseNumber('2', [1, 6], true)).toBe(2);
  });
});
