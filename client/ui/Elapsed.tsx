import { formatElapsed, useServerNow } from './time.ts';

/** Time gone by since `since` (ISO 8601), counting; `until` stops it. */
export function Elapsed({ since, until }: { since: string; until?: string | null }) {
  const now = useServerNow();
  const end = until ? Date.parse(until) : now;
  return <span className="figure">{formatElapsed(end - Date.parse(since))}</span>;
}
