import { useEffect, useEffectEvent, useState } from 'react';
import type { ReadingView } from '../../../shared/contracts/readings.ts';
import { waitsForReporter } from '../../../shared/rules/reading-queue.ts';
import { serverNow } from '../../connection/server-clock.ts';
import { Refusal } from '../../connection/refusal.ts';
import { useConnection, useSession } from '../../connection/wiring.tsx';
import { isReporter } from './queue-view.ts';

export type ClaimState =
  | { kind: 'none' }
  | { kind: 'claiming' }
  | { kind: 'mine' }
  /** Somebody else was first, or has taken it after this window's lease had ended. */
  | { kind: 'taken'; name: string }
  | { kind: 'failed'; error: unknown };

/**
 * Takes the reading for as long as this screen shows it: claimed when it opens, renewed at half of what is left,
 * given back when it goes. `beforeRelease` ends first, so that nobody takes over text that is still on its way.
 */
export function useClaim(
  reading: ReadingView,
  beforeRelease: () => Promise<void>,
): { claim: ClaimState; retry: () => void } {
  const connection = useConnection();
  const session = useSession();
  const readingId = reading.id;
  const wanted = isReporter(session, reading.kind) && waitsForReporter(reading);
  const [state, setState] = useState<ClaimState>(wanted ? { kind: 'claiming' } : { kind: 'none' });
  const [attempt, setAttempt] = useState(0);
  const finish = useEffectEvent(() => beforeRelease());

  useEffect(() => {
    if (!wanted) return undefined;
    let over = false;
    let renewing: ReturnType<typeof setTimeout> | undefined;
    const hold = async (name: 'reading:claim' | 'reading:renew') => {
      try {
        const { claim } = (await connection.request(name, { readingId })).reading;
        if (over) return;
        setState({ kind: 'mine' });
        const leftMs = Date.parse(claim!.expiresAt) - serverNow();
        renewing = setTimeout(() => void hold('reading:renew'), Math.max(5000, leftMs / 2));
      } catch (error) {
        if (over) return;
        if (error instanceof Refusal && error.code === 'reading-claimed')
          setState({ kind: 'taken', name: String(error.details['name'] ?? '') });
        // The lease ended while this PC slept, and nobody has come since.
        else if (name === 'reading:renew' && error instanceof Refusal && error.code === 'conflict')
          void hold('reading:claim');
        else setState({ kind: 'failed', error });
      }
    };
    void hold('reading:claim');
    return () => {
      over = true;
      clearTimeout(renewing);
      void finish().finally(() => connection.request('reading:release', { readingId }).catch(() => undefined));
    };
  }, [connection, readingId, wanted, attempt]);
  return { claim: wanted ? state : { kind: 'none' }, retry: () => setAttempt(attempt + 1) };
}
