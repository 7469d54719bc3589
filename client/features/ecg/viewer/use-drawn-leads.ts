import { useMemo } from 'react';
import { filterBlock, filteredLead, hasFilters } from '../../../../shared/ecg/display-filters.ts';
import type { DisplayFilters } from '../../../../shared/ecg/display-filters.ts';
import type { LeadSet, PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import { pageSeconds } from '../../../../shared/ecg/paper-geometry.ts';

/**
 * The leads as they are drawn: filtered where filters are on, otherwise the recorded ones themselves. Nothing is ever
 * measured on them. A long recording is filtered around what is shown only, anew every ten seconds of it.
 */
export function useDrawnLeads(
  leads: Pick<LeadSet, 'byName' | 'durationSeconds'>,
  { highPassHz, lowPassHz, notchHz }: DisplayFilters,
  startSeconds: number,
  baselines: ReadonlyMap<string, number>,
): ReadonlyMap<string, PlacedLead> {
  const { byName, durationSeconds } = leads;
  const { from, to } = filterBlock(startSeconds, durationSeconds, pageSeconds, {
    highPassHz,
    lowPassHz,
    notchHz,
  });
  return useMemo(() => {
    const filters = { highPassHz, lowPassHz, notchHz };
    if (!hasFilters(filters)) return byName;
    return new Map(
      [...byName].map(([name, lead]) => [name, filteredLead(lead, filters, { from, to }, baselines.get(name) ?? 0)]),
    );
  }, [byName, highPassHz, lowPassHz, notchHz, from, to, baselines]);
}
