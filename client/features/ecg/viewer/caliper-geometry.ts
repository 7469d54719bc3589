import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import { microvoltsOfYMm, secondsOfXMm, xMmOfSeconds, yMmOfMicrovolts } from '../../../../shared/ecg/paper-geometry.ts';
import type { Paper, PaperSlot } from '../../../../shared/ecg/paper-geometry.ts';
import type { PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import type { PaperPoint } from './pointer-mapping.ts';

export type Caliper = EcgViewState['calipers'][number];

/** What of a caliper is held: one of its two corners, or the whole. */
export type CaliperPart = 'from' | 'to' | 'whole';

/** One place of a caliper on the sheet; the rhythm lead is on the paper twice, so a caliper can have two. */
export interface CaliperPlace {
  caliper: Caliper;
  slot: PaperSlot;
  fromXMm: number;
  toXMm: number;
  fromYMm: number;
  toYMm: number;
}

/** The places where a caliper lies at least partly in view. Ends beyond the slot are cut off at its edge. */
export function caliperPlaces(paper: Paper, caliper: Caliper): CaliperPlace[] {
  const early = Math.min(caliper.fromSeconds, caliper.toSeconds);
  const late = Math.max(caliper.fromSeconds, caliper.toSeconds);
  return paper.slots
    .filter((slot) => slot.lead === caliper.lead && late >= slot.fromSeconds && early <= slot.toSeconds)
    .map((slot) => {
      const within = (seconds: number) => Math.min(slot.toSeconds, Math.max(slot.fromSeconds, seconds));
      return {
        caliper,
        slot,
        fromXMm: xMmOfSeconds(paper, slot, within(caliper.fromSeconds)),
        toXMm: xMmOfSeconds(paper, slot, within(caliper.toSeconds)),
        fromYMm: yMmOfMicrovolts(paper, slot, caliper.fromMicrovolts),
        toYMm: yMmOfMicrovolts(paper, slot, caliper.toMicrovolts),
      };
    });
}

/**
 * What lies under a point: the nearest corner within `reachMm`, else a caliper whose box (grown by a third of the
 * reach, so that a flat one can be caught too) holds the point. Corners of the selected caliper come first.
 */
export function caliperUnder(
  places: readonly CaliperPlace[],
  point: PaperPoint,
  reachMm: number,
  selectedId: string | null,
): { place: CaliperPlace; part: CaliperPart } | null {
  let best: { place: CaliperPlace; part: CaliperPart; distance: number } | null = null;
  for (const place of places) {
    const favour = place.caliper.id === selectedId ? 0.5 : 1;
    const corners = [
      { part: 'from' as const, x: place.fromXMm, y: place.fromYMm },
      { part: 'to' as const, x: place.toXMm, y: place.toYMm },
    ];
    for (const { part, x, y } of corners) {
      const distance = Math.hypot(point.xMm - x, point.yMm - y);
      if (distance <= reachMm && (!best || distance * favour < best.distance)) {
        best = { place, part, distance: distance * favour };
      }
    }
  }
  if (best) return { place: best.place, part: best.part };
  const slack = reachMm / 3;
  const inside = (place: CaliperPlace) =>
    point.xMm >= Math.min(place.fromXMm, place.toXMm) - slack &&
    point.xMm <= Math.max(place.fromXMm, place.toXMm) + slack &&
    point.yMm >= Math.min(place.fromYMm, place.toYMm) - slack &&
    point.yMm <= Math.max(place.fromYMm, place.toYMm) + slack;
  const held = places.find((place) => place.caliper.id === selectedId && inside(place)) ?? places.find(inside);
  return held ? { place: held, part: 'whole' } : null;
}

/** A caliper of no extent at a point: the start of a drag on a lead. */
export function caliperAt(paper: Paper, slot: PaperSlot, point: PaperPoint, id: string): Caliper {
  const seconds = secondsOfXMm(paper, slot, point.xMm);
  const microvolts = microvoltsOfYMm(paper, slot, point.yMm);
  return {
    id,
    lead: slot.lead,
    fromSeconds: seconds,
    toSeconds: seconds,
    fromMicrovolts: microvolts,
    toMicrovolts: microvolts,
  };
}

/**
 * The caliper after its held part went from one point to another. Corners stay inside the slot's stretch of time,
 * because the paper shows nothing of this lead beyond it; the whole keeps its interval.
 */
export function dragCaliper(
  paper: Paper,
  slot: PaperSlot,
  caliper: Caliper,
  part: CaliperPart,
  start: PaperPoint,
  now: PaperPoint,
): Caliper {
  const seconds = (now.xMm - start.xMm) / paper.speedMmPerSecond;
  const microvolts = ((start.yMm - now.yMm) / paper.gainMmPerMillivolt) * 1000 * slot.polarity;
  if (part === 'whole') {
    const early = Math.min(caliper.fromSeconds, caliper.toSeconds);
    const late = Math.max(caliper.fromSeconds, caliper.toSeconds);
    const shift =
      late - early > slot.toSeconds - slot.fromSeconds
        ? seconds
        : Math.min(slot.toSeconds - late, Math.max(slot.fromSeconds - early, seconds));
    return moveCaliper(caliper, 'whole', shift, microvolts);
  }
  const held = part === 'from' ? caliper.fromSeconds : caliper.toSeconds;
  const target = Math.min(slot.toSeconds, Math.max(slot.fromSeconds, held + seconds));
  return moveCaliper(caliper, part, target - held, microvolts);
}

/** The caliper with one part moved by an interval and an amplitude: what the arrow keys do. */
export function moveCaliper(caliper: Caliper, part: CaliperPart, seconds: number, microvolts: number): Caliper {
  const from = part !== 'to';
  const to = part !== 'from';
  return {
    ...caliper,
    fromSeconds: caliper.fromSeconds + (from ? seconds : 0),
    fromMicrovolts: caliper.fromMicrovolts + (from ? microvolts : 0),
    toSeconds: caliper.toSeconds + (to ? seconds : 0),
    toMicrovolts: caliper.toMicrovolts + (to ? microvolts : 0),
  };
}

/**
 * What a caliper measures. The amplitude is signed, later end less earlier end, so that a depression reads negative;
 * `polarity` is that of the lead on this paper. A rate is given only for an interval that can be a heart's (200 ms to 6 s: 300 to 10 a minute), else null.
 */
export function readCaliper(
  caliper: Caliper,
  polarity: 1 | -1 = 1,
): {
  intervalMs: number;
  ratePerMinute: number | null;
  amplitudeMillivolts: number;
} {
  const intervalMs = Math.abs(caliper.toSeconds - caliper.fromSeconds) * 1000;
  const isForward = caliper.toSeconds >= caliper.fromSeconds;
  const rise = (polarity * (caliper.toMicrovolts - caliper.fromMicrovolts)) / 1000;
  return {
    intervalMs,
    ratePerMinute: intervalMs >= 200 && intervalMs <= 6000 ? 60_000 / intervalMs : null,
    amplitudeMillivolts: isForward ? rise : -rise,
  };
}

/** Shorter intervals would be marked more densely than anybody reads. */
const leastMarchSeconds = 0.1;

/**
 * The caliper's interval repeated over every strip of its lead, to both sides: x in millimetres of each repetition but
 * the caliper's own two ends. `count` is how many intervals away it stands.
 */
export function marchingMarks(paper: Paper, caliper: Caliper): { slot: PaperSlot; xMm: number; count: number }[] {
  const interval = Math.abs(caliper.toSeconds - caliper.fromSeconds);
  if (interval < leastMarchSeconds) return [];
  const start = Math.min(caliper.fromSeconds, caliper.toSeconds);
  return paper.slots
    .filter((slot) => slot.lead === caliper.lead)
    .flatMap((slot) => {
      const first = Math.ceil((slot.fromSeconds - start) / interval - 1e-9);
      const last = Math.floor((slot.toSeconds - start) / interval + 1e-9);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
        .filter((count) => count !== 0 && count !== 1)
        .map((count) => ({ slot, count, xMm: xMmOfSeconds(paper, slot, start + count * interval) }));
    });
}

/**
 * Highest less lowest of the samples as they were recorded between a caliper's ends, in millivolts: never of a filtered
 * trace. Null without samples there.
 */
export function peakToPeakMillivolts(lead: PlacedLead, caliper: Caliper): number | null {
  const early = Math.min(caliper.fromSeconds, caliper.toSeconds) - lead.startSeconds;
  const late = Math.max(caliper.fromSeconds, caliper.toSeconds) - lead.startSeconds;
  let low = Infinity;
  let high = -Infinity;
  const first = Math.max(0, Math.ceil(early * lead.sampleRateHz - 1e-6));
  const last = Math.min(lead.samples.length - 1, Math.floor(late * lead.sampleRateHz + 1e-6));
  for (let i = first; i <= last; i++) {
    const value = lead.samples[i];
    if (typeof value !== 'number') continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? (high - low) / 1000 : null;
}
