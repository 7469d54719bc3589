import { useMemo } from 'react';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import { baselineMicrovolts, selectLeads } from '../../../../shared/ecg/lead-selection.ts';
import type { LeadSet, PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import { layOutPaper } from '../../../../shared/ecg/paper-geometry.ts';
import type { Paper } from '../../../../shared/ecg/paper-geometry.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { useDrawnLeads } from './use-drawn-leads.ts';
import { singleLeadOf } from './view-commands.ts';

export interface LaidOutPaper {
  /** As recorded: what measures takes these. */
  leads: LeadSet;
  /** For the eye alone: filtered where filters are on. */
  drawnLeads: ReadonlyMap<string, PlacedLead>;
  paper: Paper;
  /** The lead of the layout `single`. */
  singleLead: string;
}

type Arrangement = Pick<
  EcgViewState,
  | 'layout'
  | 'speedMmPerSecond'
  | 'gainMmPerMillivolt'
  | 'leadOrder'
  | 'singleLead'
  | 'waveform'
  | 'highPassHz'
  | 'lowPassHz'
  | 'notchHz'
  | 'startSeconds'
>;

/**
 * A recording laid out on paper as a view wants it.
 * @param durationSeconds of the whole recording, where the groups hold a part of it
 */
export function usePaper(groups: EcgDocument['groups'], view: Arrangement, durationSeconds?: number): LaidOutPaper {
  const { layout, speedMmPerSecond, gainMmPerMillivolt, startSeconds, leadOrder, waveform } = view;
  const leads = useMemo(() => selectLeads({ groups, durationSeconds }, waveform), [groups, waveform, durationSeconds]);
  const baselines = useMemo(
    () => new Map([...leads.byName].map(([name, lead]) => [name, baselineMicrovolts(lead)])),
    [leads],
  );
  const singleLead = singleLeadOf(view, leads);
  const paper = useMemo(
    () =>
      layOutPaper({
        layout,
        speedMmPerSecond,
        gainMmPerMillivolt,
        startSeconds,
        leadOrder,
        singleLead,
        rhythmLead: leads.rhythmLead,
        rhythmLeads: leads.rhythmLeads,
        extraLeads: leads.extra,
        hasStandardLeads: leads.hasStandard,
        onlyLeads: durationSeconds === undefined ? undefined : new Set(leads.byName.keys()),
        isSimultaneous: leads.groupLabel === 'median',
        baselines,
      }),
    [
      layout,
      speedMmPerSecond,
      gainMmPerMillivolt,
      startSeconds,
      leadOrder,
      singleLead,
      leads,
      durationSeconds,
      baselines,
    ],
  );
  const drawnLeads = useDrawnLeads(leads, view, startSeconds, baselines);
  return { leads, drawnLeads, paper, singleLead };
}
