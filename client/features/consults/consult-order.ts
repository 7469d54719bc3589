import type { ConsultRow } from '../../../shared/contracts/consults.ts';

export const consultFilters = ['all', 'open', 'closed'] as const;
export type ConsultFilter = (typeof consultFilters)[number];

export function isOpen({ state }: Pick<ConsultRow, 'state'>): boolean {
  return state === 'waiting' || state === 'active';
}

const rank: Record<ConsultRow['state'], number> = { waiting: 0, active: 1, closed: 2, withdrawn: 2 };

/** Who waits comes first, the longest waiting on top; then the running ones; then what is over, newest first. */
export function orderConsults(consults: readonly ConsultRow[], filter: ConsultFilter): ConsultRow[] {
  return consults
    .filter((consult) => filter === 'all' || isOpen(consult) === (filter === 'open'))
    .sort((a, b) => {
      if (rank[a.state] !== rank[b.state]) return rank[a.state] - rank[b.state];
      const older = a.openedAt.localeCompare(b.openedAt);
      return a.state === 'waiting' ? older : -older;
    });
}
