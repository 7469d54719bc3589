import { useCallback, useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import type { LeadSet } from '../../../../shared/ecg/lead-selection.ts';
import type { Paper } from '../../../../shared/ecg/paper-geometry.ts';
import { moveCaliper } from './caliper-geometry.ts';
import type { Caliper } from './caliper-geometry.ts';
import { mostCalipers, newCaliperId, roundCaliper } from './use-paper-gestures.ts';

interface CaliperEditing {
  root: RefObject<HTMLElement | null>;
  paper: Paper;
  leads: LeadSet;
  canLead: boolean;
  /** As they are shown. */
  calipers: readonly Caliper[];
  viewNow: () => EcgViewState;
  change: (next: EcgViewState) => void;
}

/** What is done with calipers beyond dragging: placed, nudged and deleted by keys and buttons, and which is selected. */
export function useCaliperEdits({ root, paper, leads, canLead, calipers, viewNow, change }: CaliperEditing) {
  const [selectedId, select] = useState<string | null>(null);
  const focusOn = useRef<string | null>(null);
  const edit = useCallback(
    (edited: (calipers: Caliper[]) => Caliper[]) => change({ ...viewNow(), calipers: edited(viewNow().calipers) }),
    [change, viewNow],
  );
  const remove = useCallback(
    (id: string | null) => {
      if (id === null || !canLead) return;
      edit((calipers) => calipers.filter((caliper) => caliper.id !== id));
      select((selected) => (selected === id ? null : selected));
    },
    [canLead, edit],
  );
  const nudge = (id: string, part: 'from' | 'to' | 'whole', seconds: number, microvolts: number) =>
    edit((calipers) =>
      calipers.map((caliper) =>
        caliper.id === id ? roundCaliper(moveCaliper(caliper, part, seconds, microvolts)) : caliper,
      ),
    );
  /** By keyboard: one second and one millivolt in the middle of the rhythm lead, to be moved by its corners. */
  const place = () => {
    const slot = paper.slots.filter((one) => leads.byName.has(one.lead)).at(-1);
    if (!slot || viewNow().calipers.length >= mostCalipers) return;
    const middle = (slot.fromSeconds + Math.min(slot.toSeconds, leads.durationSeconds)) / 2;
    const id = newCaliperId();
    const placed: Caliper = {
      id,
      lead: slot.lead,
      fromSeconds: middle - 0.5,
      toSeconds: middle + 0.5,
      fromMicrovolts: slot.baselineMicrovolts,
      toMicrovolts: slot.baselineMicrovolts + 1000,
    };
    edit((calipers) => [...calipers, placed]);
    select(id);
    focusOn.current = id;
  };
  useEffect(() => {
    if (focusOn.current === null) return;
    // The last place is the slot it was made in: in 3x4 the rhythm strip.
    const handles = root.current?.querySelectorAll<SVGElement>(
      `[data-caliper-id="${focusOn.current}"] [data-part="from"]`,
    );
    const handle = handles?.item(handles.length - 1);
    if (!handle) return;
    handle.focus();
    focusOn.current = null;
  }, [calipers, root]);
  return { selectedId, select, edit, remove, nudge, place };
}
