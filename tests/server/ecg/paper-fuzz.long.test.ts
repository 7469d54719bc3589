import { describe, expect, test } from '@jest/globals';
import { openThreadPool } from '../../../server/platform/threads/thread-pool.ts';
import { fuzzPaperJob, pictureKinds } from '../../support/paper-fuzz-job.ts';

/** Drawing a page takes much longer than refusing a broken picture. */
const counts = { jpeg: 600, png: 600, pdf: 40 } as const;
const batch = 20;

describe.each(pictureKinds)('mutated pictures of paper: %s', (kind) => {
  test('[PI5] each ends in a straight picture or a refusal, in time', async () => {
    const count = counts[kind];
    const pool = openThreadPool({ threads: 1, maxHeapMb: 768 });
    const ends: Record<string, number> = {};
    try {
      for (let from = 0; from < count; from += batch) {
        const part = await pool.run(fuzzPaperJob, { kind, from, count: batch });
        expect(part.failures).toEqual([]);
        expect(part.slowestMs).toBeLessThan(40_000);
        for (const [end, times] of Object.entries(part.ends)) ends[end] = (ends[end] ?? 0) + times;
      }
    } finally {
      await pool.close();
    }
    expect(Object.values(ends).reduce((sum, times) => sum + times, 0)).toBe(count);
    // Changes that are always refused, or never, would test nothing.
    expect(ends['read'] ?? 0).toBeGreaterThan(count / 50);
    expect(ends['read'] ?? 0).toBeLessThan(count * 0.98);
  }, 900_000);
});
