import { expect, test } from '@jest/globals';
import { fuzzedFormats } from '../../../support/ecg-fuzz/corpus.ts';
import type { CoverageReport } from '../../../support/ecg-fuzz/coverage-guided.ts';
import { runFuzzer } from '../../../support/ecg-fuzz/run-fuzzer.ts';

const seconds = 20;

test.each(fuzzedFormats)(
  'files of %s that are bred for new branches of its reader find no defect',
  async (format) => {
    const report = await runFuzzer<CoverageReport>('coverage-guided.ts', format, String(seconds), '20261122');
    expect(report.failures).toEqual([]);
    // It is guided: what was kept reaches far beyond the files of our writers.
    expect(report.featuresAfter).toBeGreaterThan(report.featuresBefore * 1.5);
    expect(report.slowestMs).toBeLessThan(1000);
  },
  300_000,
);
