import { z } from 'zod';

/**
 * Shared viewing sends state, never pictures: each side draws for itself. A few hundred bytes a change,
 * the latest wins. Positions are fractions or image pixels, so that two screens of different size agree.
 */
const finite = z.number().finite();

export const imagingViewState = z.object({
  kind: z.literal('imaging'),
  seriesInstanceUid: z.string().max(64),
  sopInstanceUid: z.string().max(64),
  /** 1-based, as in DICOM. */
  frameNumber: z.number().int().min(1),
  windowCenter: finite,
  windowWidth: finite.positive(),
  /** 1 = the whole image fits its viewport. */
  zoom: finite.positive().max(64),
  /** Point of the image, in image pixels, that stands at the viewport's centre. */
  centerColumn: finite,
  centerRow: finite,
  invert: z.boolean(),
  rotationDegrees: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  measurements: z
    .array(
      z.object({
        id: z.string().max(40),
        type: z.enum(['length', 'angle']),
        sopInstanceUid: z.string().max(64),
        /** Image pixels, column and row by turns: two points for a length, three for an angle. */
        points: z.array(finite).min(4).max(6),
      }),
    )
    .max(100),
});
export type ImagingViewState = z.infer<typeof imagingViewState>;

export const ecgViewState = z.object({
  kind: z.literal('ecg'),
  ecgId: z.string().max(64),
  layout: z.enum(['3x4+1R', '6x2', '12x1']),
  speedMmPerSecond: z.union([z.literal(12.5), z.literal(25), z.literal(50)]),
  gainMmPerMillivolt: z.union([z.literal(5), z.literal(10), z.literal(20)]),
  /** Start of what is shown, seconds after the recording's start. */
  startSeconds: finite.min(0),
  calipers: z
    .array(
      z.object({
        id: z.string().max(40),
        lead: z.string().max(16),
        /** Seconds after the recording's start. */
        fromSeconds: finite,
        toSeconds: finite,
        fromMicrovolts: finite,
        toMicrovolts: finite,
      }),
    )
    .max(50),
});
export type EcgViewState = z.infer<typeof ecgViewState>;

export const viewState = z.discriminatedUnion('kind', [imagingViewState, ecgViewState]);
export type ViewState = z.infer<typeof viewState>;

/** Where somebody points, or null when the pointer left the picture. */
export const viewPointer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('imaging'), sopInstanceUid: z.string().max(64), column: finite, row: finite }),
  z.object({
    kind: z.literal('ecg'),
    ecgId: z.string().max(64),
    lead: z.string().max(16),
    seconds: finite,
    microvolts: finite,
  }),
  z.object({ kind: z.literal('none') }),
]);
export type ViewPointer = z.infer<typeof viewPointer>;
