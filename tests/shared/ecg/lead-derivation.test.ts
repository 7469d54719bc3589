import { expect, test } from '@jest/globals';
import { deriveLimbLeads } from '../../../shared/ecg/lead-derivation.ts';

test('the limb leads follow Einthoven and Goldberger', () => {
  const derived = deriveLimbLeads([100, -50, 0], [300, 20, 0]);
  expect(derived).toEqual({ III: [200, 70, 0], aVR: [-200, 15, 0], aVL: [-50, -60, 0], aVF: [250, 45, 0] });
});

test('where a lead has no sample none is made, and nothing beyond the shorter lead', () => {
  const derived = deriveLimbLeads([1, null, 3, Number.NaN], [1, 2, null, 4, 5]);
  for (const samples of Object.values(derived)) {
    expect(samples).toHaveLength(4);
    expect(samples.slice(1)).toEqual([null, null, null]);
  }
});
