import type { ShapeName, Tone } from '../../ui/shapes.tsx';

/** How a danger grade looks: shape and tone differ too, so that colour alone says nothing. Red stays the alarm's. */
export const dangerLook: Record<1 | 2 | 3 | 4, { shape: ShapeName; tone: Tone }> = {
  1: { shape: 'triangle', tone: 'trouble' },
  2: { shape: 'half', tone: 'caution' },
  3: { shape: 'ring', tone: 'info' },
  4: { shape: 'check', tone: 'quiet' },
};
