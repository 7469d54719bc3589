import { expect, test } from '@jest/globals';
import { crashRounds } from './crash-rounds.ts';

test('over many kills nothing acknowledged is lost and no transaction is half there (write concern j: true)', async () => {
  const { kept, pairs } = await crashRounds(25, (round) => 5 + ((round * 97) % 700));
  expect(kept.size).toBeGreaterThan(500);
  expect(pairs.size).toBeGreaterThan(200);
}, 1_800_000);
