import { z } from 'zod';
import { query } from './contract.ts';

/** Why text may stand in an image's pixels. */
export const heldReasons = ['burned-in', 'recognisable', 'ultrasound', 'secondary-capture'] as const;
export type HeldReason = (typeof heldReasons)[number];
/** Why an instance never goes into a copy. */
export const leftReasons = ['document', 'video'] as const;
export type LeftReason = (typeof leftReasons)[number];

const count = z.number().int().min(0);

export const teachingCopyRequests = {
  /** What a de-identified copy of a study would hold. GET /api/studies/:study/teaching-copy?looked=SERIES makes it. */
  'teaching-copy:preview': query(
    z.object({ studyInstanceUid: z.string().max(64) }),
    z.object({
      /** What goes as it is. */
      images: count,
      bytes: count,
      /** Goes only when a person has looked at the series. */
      held: z.array(
        z.object({
          seriesInstanceUid: z.string(),
          modality: z.string(),
          description: z.string().nullable(),
          reason: z.enum(heldReasons),
          images: count,
          bytes: count,
        }),
      ),
      left: z.object({ document: count, video: count }),
    }),
  ),
} as const;

/** Series UIDs of which the person says that they have looked at every image. */
export const teachingCopyQuery = z.object({
  looked: z
    .union([z.string(), z.array(z.string()).max(500)])
    .optional()
    .transform((given) => (given === undefined ? [] : [given].flat())),
});
