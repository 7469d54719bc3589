import { expect, test } from '@jest/globals';
import { fillTemplate } from '../../../shared/rules/fill-template.ts';

test('measured values are written into their blanks, rounded, and nowhere else', () => {
  const text = {
    findings:
      '窦性心律，心率__次/分，PR间期__ms。QRS时限__ms，II导联抬高__mV。QTc __ms。心房率__次/分，心室率__次/分。',
    advice: '__',
  };
  const made = fillTemplate(text, {
    heartRatePerMinute: 71.6,
    prIntervalMs: 158,
    qrsDurationMs: 92,
    qtcIntervalMs: 401.2,
  });
  expect(made.text).toEqual({
    findings:
      '窦性心律，心率72次/分，PR间期158ms。QRS时限92ms，II导联抬高__mV。QTc 401ms。心房率__次/分，心室率72次/分。',
    advice: '__',
  });
  expect([...made.filled].sort()).toEqual(['heartRatePerMinute', 'prIntervalMs', 'qrsDurationMs', 'qtcIntervalMs']);
});

test('a blank without a value stays', () => {
  const text = { findings: '心率__次/分，PR间期__ms' };
  expect(fillTemplate(text, { prIntervalMs: Number.NaN })).toEqual({ text, filled: [] });
});
