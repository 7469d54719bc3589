import type { ActionContext } from '../../platform/context.ts';
import type { ReadingConsult, ReadingPart } from '../consult-record.ts';

/** What closes a reading whose report is final; its key among the open cases is to be released with it. */
export const closeRead = (
  reading: ReadingPart,
  { actor, clock }: Pick<ActionContext, 'actor' | 'clock'>,
): Partial<ReadingConsult> => ({
  reading: { ...reading, stage: 'read' },
  state: 'closed',
  open: false,
  outcome: 'read',
  closedAt: clock.now(),
  closedByName: actor.name,
});
