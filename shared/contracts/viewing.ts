import { z } from 'zod';
import { fiducialNames } from '../ecg/fiducial-marks.ts';

/**
 * Shared viewing sends state, never pictures: each side draws for itself. A few hundred bytes a change,
 * the latest wins. Positions are fractions or image pixels, so that two screens of different size agree.
 */
const finite = z.number().finite();
const quarterTurns = z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]);

/**
 * Points of each kind of measurement. An ellipse and a rectangle have two opposite corners; an arrow its tip first; Cobb
 * two lines, the cardiothoracic ratio three: the heart right and left of the midline, the inner width of the thorax.
 */
export const measurementPoints = {
  length: 2,
  angle: 3,
  cobb: 4,
  ellipse: 2,
  rectangle: 2,
  probe: 1,
  arrow: 2,
  text: 1,
  cardiothoracic: 6,
} as const;
export type MeasurementType = keyof typeof measurementPoints;

/** How a picture is shown beyond window, place and turn. Views that were sent or kept without these get these defaults. */
export const imagingDisplayDefaults = {
  mirrored: false,
  magnifier: null,
  cineFramesPerSecond: null,
  layout: '1x1',
  activePane: 0,
  linked: true,
  referenceLines: true,
  reformat: null,
} as const;
const imagingShown = imagingDisplayDefaults;

/** Panes of each layout, rows by columns. */
export const imagingLayouts = { '1x1': 1, '1x2': 2, '2x2': 4 } as const;
export type ImagingLayout = keyof typeof imagingLayouts;

/** Where in a series a pane stands, and how it shows it: as the image itself asks for while `view` is null. */
const imagingPane = z.object({
  seriesInstanceUid: z.string().max(64),
  sopInstanceUid: z.string().max(64),
  frameNumber: z.number().int().min(1),
  view: z
    .object({
      windowCenter: finite,
      windowWidth: finite.positive(),
      zoom: finite.positive().max(64),
      centerColumn: finite,
      centerRow: finite,
      invert: z.boolean(),
      rotationDegrees: quarterTurns,
      mirrored: z.boolean(),
    })
    .nullable(),
});
export type ImagingPane = z.infer<typeof imagingPane>;

/** One measurement or remark that was drawn on a frame. */
export const imagingMeasurement = z
  .object({
    id: z.string().max(40),
    type: z.enum(Object.keys(measurementPoints) as [MeasurementType, ...MeasurementType[]]),
    sopInstanceUid: z.string().max(64),
    /** Absent in what was measured on every frame of the instance. */
    frameNumber: z.number().int().min(1).optional(),
    /** Image pixels, column and row by turns. */
    points: z.array(finite).min(2).max(12),
    /** Of an arrow or a text. */
    text: z.string().max(120).optional(),
  })
  .refine(({ type, points }) => points.length === 2 * measurementPoints[type]);
export type ImagingMeasurement = z.infer<typeof imagingMeasurement>;

/** Planes that a stack of slices is cut in anew, along the patient's own axes. */
export const reformatPlanes = ['axial', 'coronal', 'sagittal'] as const;
export type ReformatPlane = (typeof reformatPlanes)[number];
/** What is shown of a slab's thickness: the mean of its values, the greatest, or the least. */
export const slabProjections = ['mean', 'maximum', 'minimum'] as const;
export type SlabProjection = (typeof slabProjections)[number];

const imagingReformat = z.object({
  /** The plane that the keys act upon. */
  plane: z.enum(reformatPlanes),
  /** Where the three planes cross: patient coordinates, millimetres (PS3.3 C.7.6.2.1.1). */
  position: z.tuple([finite, finite, finite]),
  /** 0: one layer. */
  slabMm: finite.min(0).max(1000),
  projection: z.enum(slabProjections),
  /** How the planes are placed that somebody has moved; the others fit their panes. Pixels of the plane's pictures. */
  views: z.partialRecord(
    z.enum(reformatPlanes),
    z.object({
      zoom: finite.positive().max(64),
      centerColumn: finite,
      centerRow: finite,
      rotationDegrees: quarterTurns,
      mirrored: z.boolean(),
    }),
  ),
  /** On the planes' pictures, whose names stand in the place of an instance's UID. */
  measurements: z.array(imagingMeasurement).max(100),
});
export type ImagingReformat = z.infer<typeof imagingReformat>;

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
  rotationDegrees: quarterTurns,
  /** The image is mirrored left to right before it is turned; with the turns that makes every flip. */
  mirrored: z.boolean().default(imagingShown.mirrored),
  /** Image point under the magnifying glass, while somebody holds it. */
  magnifier: z.object({ column: finite, row: finite }).nullable().default(imagingShown.magnifier),
  /** The frames run by themselves, on each side by its own clock; null stands still. */
  cineFramesPerSecond: z.number().int().min(1).max(60).nullable().default(imagingShown.cineFramesPerSecond),
  layout: z.enum(Object.keys(imagingLayouts) as [ImagingLayout, ...ImagingLayout[]]).default(imagingShown.layout),
  /** Place of the pane that this view's own picture stands in, 0-based, row by row. */
  activePane: z.number().int().min(0).max(3).default(imagingShown.activePane),
  /** The pictures of the other panes, in order. */
  otherPanes: z
    .array(imagingPane)
    .max(3)
    .default(() => []),
  /** Series of one frame of reference are leafed through together. */
  linked: z.boolean().default(imagingShown.linked),
  /** Where the active pane's slice cuts the others. */
  referenceLines: z.boolean().default(imagingShown.referenceLines),
  /** The active pane's series cut anew in three planes, in place of all panes; null shows it as it was taken. */
  reformat: imagingReformat.nullable().default(imagingShown.reformat),
  measurements: z.array(imagingMeasurement).max(100),
});
export type ImagingViewState = z.infer<typeof imagingViewState>;

export const ecgLayouts = ['3x4+1R', '3x4+3R', '6x2', '12x1', 'single'] as const;

/** How a trace is shown beyond layout, speed and gain. Views that were sent or kept without these get these defaults. */
export const ecgDisplayDefaults = {
  leadOrder: 'standard',
  singleLead: '',
  highPassHz: null,
  lowPassHz: null,
  notchHz: null,
  waveform: 'rhythm',
  marchingCaliperId: null,
  hasAverageBeats: false,
} as const;
const shown = ecgDisplayDefaults;

export const ecgViewState = z.object({
  kind: z.literal('ecg'),
  ecgId: z.string().max(64),
  layout: z.enum(ecgLayouts),
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
  leadOrder: z.enum(['standard', 'cabrera']).default(shown.leadOrder),
  /** The lead of the layout `single`; empty for the rhythm lead. */
  singleLead: z.string().max(16).default(shown.singleLead),
  /** Filters of the drawn trace alone; null is off. */
  highPassHz: z
    .union([z.literal(0.05), z.literal(0.5)])
    .nullable()
    .default(shown.highPassHz),
  lowPassHz: z
    .union([z.literal(25), z.literal(35), z.literal(40), z.literal(100), z.literal(150)])
    .nullable()
    .default(shown.lowPassHz),
  notchHz: z.literal(50).nullable().default(shown.notchHz),
  /** The file's averaged beats instead of its rhythm recording, where it holds both. */
  waveform: z.enum(['rhythm', 'median']).default(shown.waveform),
  /** The caliper whose interval is repeated over the strip. */
  marchingCaliperId: z.string().max(40).nullable().default(shown.marchingCaliperId),
  /** Whether the panel of our own averaged beat is open, and the marks that a reader moved: ms after its start. */
  hasAverageBeats: z.boolean().default(shown.hasAverageBeats),
  beatMarks: z.partialRecord(z.enum(fiducialNames), finite).default(() => ({})),
});
export type EcgViewState = z.infer<typeof ecgViewState>;

/** An ECG that came as a picture of its paper. Millimetres are those of the straightened page, as it is turned. */
export const ecgImageViewState = z.object({
  kind: z.literal('ecg-image'),
  ecgId: z.string().max(64),
  /** 1-based. */
  page: z.number().int().min(1).max(100),
  /** What the paper was written with, as the reader says. */
  speedMmPerSecond: z.union([z.literal(12.5), z.literal(25), z.literal(50)]),
  gainMmPerMillivolt: z.union([z.literal(5), z.literal(10), z.literal(20)]),
  /** Times the size that each side has chosen for its own screen. */
  zoom: finite.positive().max(16),
  /** By half a turn. */
  isTurned: z.boolean(),
  /** What stands in the middle; null before anybody moved the paper. */
  center: z.object({ xMm: finite, yMm: finite }).nullable(),
  /** Two opposite corners each. */
  calipers: z.array(z.object({ fromX: finite, fromY: finite, toX: finite, toY: finite })).max(50),
});
export type EcgImageViewState = z.infer<typeof ecgImageViewState>;

export const viewState = z.discriminatedUnion('kind', [imagingViewState, ecgViewState, ecgImageViewState]);
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
  z.object({
    kind: z.literal('ecg-image'),
    ecgId: z.string().max(64),
    page: z.number().int().min(1).max(100),
    xMm: finite,
    yMm: finite,
  }),
  z.object({ kind: z.literal('none') }),
]);
export type ViewPointer = z.infer<typeof viewPointer>;
