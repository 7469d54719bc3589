import type { ReadingView } from '../../../shared/contracts/readings.ts';
import type { RequestPayload } from '../../../shared/contracts/registry.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { changeConsult } from '../change-consult.ts';
import { requireOpen, requireReadBack } from '../find-consult.ts';
import { loadReading } from './find-reading.ts';
import { releaseReadingKey } from './open-reading-key.ts';
import { tellReadingChanged } from './view-reading.ts';

/** The clinic takes its request back while nobody has signed. Throws consult-closed, critical-value-open, conflict. */
export async function withdrawReading(
  { readingId, reason }: RequestPayload<'reading:withdraw'>,
  context: ActionContext,
): Promise<ReadingView> {
  const before = await loadReading(readingId, context);
  requireOpen(before);
  const { reading } = before;
  if (reading.stage !== 'unread') throw new HubError('conflict', { stage: reading.stage });
  requireReadBack(before);
  const after = await changeConsult(
    before,
    {
      reading: { ...reading, stage: 'withdrawn', claim: null, withdrawnReason: reason },
      state: 'withdrawn',
      open: false,
      closedAt: context.clock.now(),
      closedByName: context.actor.name,
    },
    context,
  );
  await releaseReadingKey(after, context);
  return tellReadingChanged(after, context);
}
