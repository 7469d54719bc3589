import type { ReformatPlane } from '../../../../../shared/contracts/viewing.ts';
import type { Cut } from './cut-volume.ts';
import type { VolumeGeometry } from './volume-geometry.ts';

/** What the page asks the worker that holds the block. */
export type ReformatRequest =
  | { type: 'begin'; slices: number; valuesPerSlice: number }
  /** `slot`: place in the order of the series, which `geometry.order` counts in. */
  | { type: 'slice'; slot: number; values: Int16Array }
  | { type: 'complete'; geometry: VolumeGeometry; outside: number }
  /** Replaces an earlier cut of the same plane that is not done yet. `coarse`: first a picture so many times coarser. */
  | { type: 'cut'; plane: ReformatPlane; id: number; cut: Cut; coarse: number | null };

/** What it answers: for each `cut` that was not replaced a coarse picture, if asked for, and the fine one. */
export type ReformatReply =
  | {
      type: 'cut';
      id: number;
      plane: ReformatPlane;
      isCoarse: boolean;
      values: Int16Array<ArrayBuffer>;
      tookMs: number;
    }
  /** The block does not fit into this computer's memory. */
  | { type: 'no-memory' };
