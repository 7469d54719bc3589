import { z } from 'zod';
import { command, id, isoTime, query, version } from './contract.ts';
import { imagingMeasurement } from './viewing.ts';

/** What a person leaves on an image: something measured or written, or that the image is a key image. */
export const imageMark = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('measurement'), measurement: imagingMeasurement }),
  z.object({ kind: z.literal('key-image'), sopInstanceUid: z.string().max(64), frameNumber: z.number().int().min(1) }),
]);
export type ImageMark = z.infer<typeof imageMark>;

const markId = z.string().min(1).max(100);

/** A mark's name among those of its patient: a frame is a key image once. */
export const markIdOf = (mark: ImageMark): string =>
  mark.kind === 'measurement' ? mark.measurement.id : `key:${mark.sopInstanceUid}:${mark.frameNumber}`;

/** The frame that a mark stands on; what was measured on every frame of its instance counts for the first. */
export const frameOfMark = (mark: ImageMark): { sopInstanceUid: string; frameNumber: number } => {
  const { sopInstanceUid, frameNumber = 1 } = mark.kind === 'measurement' ? mark.measurement : mark;
  return { sopInstanceUid, frameNumber };
};

/** A mark as it stands now. A retired one has been taken away; it and all that it was before are kept. */
export const imageMarkView = z.object({
  markId,
  patientId: id,
  studyInstanceUid: z.string(),
  mark: imageMark,
  retired: z.boolean(),
  /** Who changed it last. */
  byAccountId: id,
  byName: z.string(),
  changedAt: isoTime,
  version,
});
export type ImageMarkView = z.infer<typeof imageMarkView>;

export const imageMarkRequests = {
  /** Those that stand, oldest first. */
  'image-mark:list': query(z.object({ patientId: id }), z.object({ marks: z.array(imageMarkView) })),
  /** A new mark (version 0), a changed one, or one that is brought back. */
  'image-mark:write': command(z.object({ patientId: id, mark: imageMark, version }), z.object({ mark: imageMarkView })),
  'image-mark:retire': command(z.object({ patientId: id, markId, version }), z.object({ mark: imageMarkView })),
} as const;

export const imageMarkNotices = { 'image-mark:changed': imageMarkView } as const;

/** What is made of the marks of a study: measurements as DICOM SR (TID 1500), key images as KOS (TID 2010). */
export const markDocumentKinds = ['measurements', 'key-images'] as const;
export type MarkDocumentKind = (typeof markDocumentKinds)[number];

/** Answer of POST /api/studies/:study/mark-documents/:kind. */
export const markDocumentReply = z.object({
  studyInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  sopInstanceUid: z.string(),
  /** The same marks were exported before: this is that document. */
  existing: z.boolean(),
  marks: z.number().int(),
});
export type MarkDocumentReply = z.infer<typeof markDocumentReply>;
