import { expect, test } from '@jest/globals';
import { crashRounds } from './crash-rounds.ts';

test('a process killed with SIGKILL in the middle of writing loses nothing acknowledged and leaves no half transaction (write concern j: true)', async () => {
  const { kept, pairs } = await crashRounds(2, (round) => 60 + round * 37);
  expect(kept.size).toBeGreaterThan(10);
  expect(pairs.size).toBeGreaterThan(5);
}, 120_000);
