import { expect, test } from '@jest/globals';
import { examinationKindOf, soonerThanUrgent } from '../../../shared/rules/imaging-clock.ts';

const study = (modalities: string[], bodyParts: string[] = [], description: string | null = null) =>
  examinationKindOf({ modalities, bodyParts, description });

test('a CT of the head is told from other CTs by its body part or by the words of its description', () => {
  expect(study(['CT'], ['HEAD'])).toBe('head-ct');
  expect(study(['CT'], ['BRAIN'])).toBe('head-ct');
  expect(study(['CT'], [], '颅脑CT平扫')).toBe('head-ct');
  expect(study(['CT'], [], '头颅CT')).toBe('head-ct');
  expect(study(['CT'], [], 'Head W/O contrast')).toBe('head-ct');
  expect(study(['CT'], ['CHEST'], '胸部CT平扫')).toBe('ct');
  expect(study(['CT'], ['SHOULDER'], '肩关节，肱骨头')).toBe('ct');
  expect(study(['CT'], [], null)).toBe('ct');
  expect(study(['CT'], [], 'Overhead projection')).toBe('ct');
});

test('of several modalities the one that is wanted sooner counts', () => {
  expect(study(['DX', 'CT'])).toBe('ct');
  expect(study(['SR', 'CR'])).toBe('xray');
  expect(study(['MR', 'KO'])).toBe('mr');
  expect(study(['US'])).toBe('other');
  expect(study([])).toBe('other');
});

test('routine times that are shorter than the urgent ones are found', () => {
  const times = { urgent: 30, routine: 120 };
  const all = { 'head-ct': times, ct: times, mr: times, xray: times, other: times };
  expect(soonerThanUrgent(all)).toEqual([]);
  expect(soonerThanUrgent({ ...all, mr: { urgent: 60, routine: 59 }, xray: { urgent: 30, routine: 30 } })).toEqual([
    'mr',
  ]);
});
