import type { ComponentProps } from 'react';
import { lazyScreen } from '../../../connection/load-code.ts';
import type { AverageBeats as AverageBeatsComponent } from './AverageBeats.tsx';
import type { PrintedEcg as PrintedEcgComponent } from './PrintedEcg.tsx';

/** Parts of the viewer that the first trace doesn't wait for. */
export const AverageBeats = lazyScreen<ComponentProps<typeof AverageBeatsComponent>>(() =>
  import('./AverageBeats.tsx').then((module) => ({ default: module.AverageBeats })),
);
export const PrintedEcg = lazyScreen<ComponentProps<typeof PrintedEcgComponent>>(() =>
  import('./PrintedEcg.tsx').then((module) => ({ default: module.PrintedEcg })),
);
