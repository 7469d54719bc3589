import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { z } from 'zod';
import {
  longestWholeSeconds,
  type EcgView,
  type OverviewView,
  type waveformView,
} from '../../../shared/contracts/ecg.ts';
import { pageSeconds } from '../../../shared/ecg/paper-geometry.ts';
import type { EcgGroup } from '../../../shared/ecg/waveform.ts';
import { joinPieces, spanIndexAt, spanOfIndex } from '../../../shared/ecg/waveform-spans.ts';
import type { Refusal } from '../../connection/refusal.ts';
import { useWiring } from '../../connection/wiring.tsx';
import type { LongRecording } from './viewer/long-recording.ts';

type Waveform = z.infer<typeof waveformView>;

/** Too long to be held whole: it comes in spans, with an overview. */
export const isLongRecording = (ecg: Pick<EcgView, 'durationSeconds' | 'image'>) =>
  ecg.image === null && ecg.durationSeconds > longestWholeSeconds;

export interface LoadedWaveform {
  /** All samples, or of a long recording those around the page; undefined until the first are there. */
  groups: EcgGroup[] | undefined;
  /** Only while there is nothing to show at all. */
  error: Refusal | null;
  retry: () => void;
  long: LongRecording | null;
}

/** The samples of a recording as far as a page that begins at `startSeconds` needs them. Paper has none. */
export function useWaveform(ecg: EcgView | undefined, startSeconds: number): LoadedWaveform {
  const isLong = ecg !== undefined && isLongRecording(ecg);
  const whole = useWhole(ecg !== undefined && ecg.image === null && !isLong ? ecg : undefined);
  const part = usePart(isLong ? ecg : undefined, startSeconds);
  return isLong ? part : whole;
}

function useWhole(ecg: EcgView | undefined): LoadedWaveform {
  const { http } = useWiring();
  const waveform = useQuery<Waveform, Refusal>({
    queryKey: ['ecg-waveform', ecg?.id],
    queryFn: ({ signal }) => http.get(`/api/ecgs/${ecg?.id}/waveform`, signal),
    enabled: ecg !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    groups: waveform.data?.groups,
    error: waveform.data ? null : waveform.error,
    retry: () => void waveform.refetch(),
    long: null,
  };
}

/** Whoever drags through a day asks for the place where they stop, not for all between. */
const restsForMs = 120;

function useRested(index: number): number {
  const [rested, setRested] = useState(index);
  useEffect(() => {
    if (index === rested) return;
    const timer = setTimeout(() => setRested(index), restsForMs);
    return () => clearTimeout(timer);
  }, [index, rested]);
  return rested;
}

/** Spans are large: a minute after the reader has left them they are given back. */
const heldForMs = 60_000;
const retries = 3;

interface Part {
  ecgId: string;
  fromSeconds: number;
  toSeconds: number;
  groups: EcgGroup[];
}

function usePart(ecg: EcgView | undefined, startSeconds: number): LoadedWaveform {
  const { http, cache } = useWiring();
  const ecgId = ecg?.id ?? '';
  const leadNames = ecg?.leadNames;
  const durationSeconds = ecg?.durationSeconds ?? 0;
  const index = spanIndexAt(startSeconds);
  const isRested = useRested(index) === index;
  const optionsOf = useMemo(
    () => (index: number) => {
      const { fromSeconds, seconds } = spanOfIndex(index);
      return {
        queryKey: ['ecg-span', ecgId, index],
        queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Part> => {
          const path = `/api/ecgs/${ecgId}/waveform?fromSeconds=${fromSeconds}&seconds=${seconds}`;
          const { groups } = await http.get<Waveform>(path, signal);
          const group = joinPieces(groups, leadNames ?? []);
          return { ecgId, fromSeconds, toSeconds: fromSeconds + seconds, groups: [group] };
        },
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: heldForMs,
        retry: retries,
      };
    },
    [ecgId, http, leadNames],
  );
  const part = useQuery<Part, Refusal>({
    ...optionsOf(index),
    enabled: ecg !== undefined && isRested,
  });
  const isHere = part.data !== undefined;
  // The last span stays while the next one comes, or does not come; but never another recording's.
  const [last, setLast] = useState<Part | null>(null);
  if (part.data !== undefined && part.data !== last) setLast(part.data);
  const held = part.data ?? (last?.ecgId === ecgId ? last : undefined);
  useEffect(() => {
    if (!isHere) return;
    for (const next of [index + 1, index - 1]) {
      if (next >= 0 && spanOfIndex(next).fromSeconds < durationSeconds) void cache.prefetchQuery(optionsOf(next));
    }
  }, [isHere, index, durationSeconds, cache, optionsOf]);
  const overview = useQuery<OverviewView, Refusal>({
    queryKey: ['ecg-overview', ecgId],
    queryFn: ({ signal }) => http.get(`/api/ecgs/${ecgId}/overview`, signal),
    enabled: ecg !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: retries,
  });
  const pageEnd = Math.min(durationSeconds, startSeconds + pageSeconds);
  const isCovered = held !== undefined && held.fromSeconds <= startSeconds && pageEnd <= held.toSeconds;
  const state = isCovered ? 'here' : part.error ? 'failed' : 'loading';
  const { refetch } = part;
  const retry = useMemo(() => () => void refetch(), [refetch]);
  const long = useMemo(
    (): LongRecording => ({
      durationSeconds,
      acquiredAt: ecg?.acquiredAt ?? null,
      overview: overview.data ?? null,
      state,
      onRetry: retry,
    }),
    [durationSeconds, ecg?.acquiredAt, overview.data, state, retry],
  );
  return { groups: held?.groups, error: held ? null : part.error, retry, long };
}
