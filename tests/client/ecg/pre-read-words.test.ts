import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { defaultRuleTable } from '../../../shared/ecg/default-reading-rules.ts';
import { territories } from '../../../shared/ecg/evaluate-rules.ts';
import { leadQuantities, valueQuantities } from '../../../shared/ecg/reading-rules.ts';
import { qualityCodes } from '../../../shared/ecg/recording-quality.ts';
import { rhythmCodes } from '../../../shared/ecg/rhythm-facts.ts';

test.each(['zh-CN', 'en'])('everything that a pre-read can say has its words in %s', (language) => {
  const { ecg } = JSON.parse(readFileSync(`client/features/ecg/locales.${language}.json`, 'utf8'));
  const missing = (words: Record<string, string>, codes: readonly string[]) => codes.filter((code) => !words[code]);
  expect(
    missing(
      ecg.rule,
      defaultRuleTable.rules.map(({ id }) => id),
    ),
  ).toEqual([]);
  expect(missing(ecg.rhythm, rhythmCodes)).toEqual([]);
  expect(missing(ecg.quality.code, qualityCodes)).toEqual([]);
  expect(missing(ecg.territory, territories)).toEqual([]);
  expect(missing(ecg.quantity, [...leadQuantities, ...valueQuantities])).toEqual([]);
});
