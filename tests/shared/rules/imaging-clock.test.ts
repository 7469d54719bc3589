import { expect, test } from '@jest/globals';
import { offeredFindings } from '../../../shared/rules/imaging-critical-findings.ts';
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
  for (const words of ['头 CT', '头平扫', '头颈CTA', '头胸部CT', 'HeadSeq', 'Head_Routine', 'NCCT Stroke'])
    expect([words, study(['CT'], [], words)]).toEqual([words, 'head-ct']);
  expect(study(['CT'], ['HEADNECK'])).toBe('head-ct');
  // What somebody had before is no examination.
  expect(study(['CT'], [], '胸部CT（脑梗死后遗症）')).toBe('ct');
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

test('for a CT findings of the head and of the body are offered, the likelier ones first, each once', () => {
  expect(offeredFindings('head-ct', 'zh-CN')[0]).toBe('急性颅内出血');
  expect(offeredFindings('ct', 'en')[0]).toBe('Aortic dissection');
  const both = offeredFindings('ct', 'zh-CN');
  expect(both).toContain('脑疝');
  expect(new Set(both).size).toBe(both.length);
  expect(offeredFindings('xray', 'zh-CN')).not.toContain('脑疝');
});
