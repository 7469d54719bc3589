import { z } from 'zod';
import { territories } from '../ecg/evaluate-rules.ts';
import { qualityCodes } from '../ecg/recording-quality.ts';
import { rhythmCodes } from '../ecg/rhythm-facts.ts';
import { ecgFormats, ecgGroupLabels } from '../ecg/waveform.ts';
import { id, isoTime, query } from './contract.ts';
import { patientMismatch } from './patients.ts';

const lead = z.object({
  name: z.string(),
  sampleRateHz: z.number(),
  unit: z.literal('uV'),
  samples: z.array(z.number().nullable()),
});

/** A recording up to this length is answered whole; of a longer one spans are asked for. */
export const longestWholeSeconds = 300;
/** The longest span that is answered at once. */
export const longestSpanSeconds = 120;

/**
 * GET /api/ecgs/:id/waveform; of a long recording ?fromSeconds=&seconds=, whose samples it answers. `startMs` says when
 * the group's first sample lies after the recording's start.
 */
export const waveformView = z.object({
  groups: z.array(z.object({ label: z.enum(ecgGroupLabels), startMs: z.number().optional(), leads: z.array(lead) })),
});

/** GET /api/ecgs/:id/overview: a whole long recording in little, in spans of `bucketSeconds` from its start. */
export const overviewView = z.object({
  durationSeconds: z.number(),
  bucketSeconds: z.number(),
  /** Least and greatest of each span, whole microvolts; null where it holds no sample. */
  leads: z.array(
    z.object({ name: z.string(), lows: z.array(z.number().nullable()), highs: z.array(z.number().nullable()) }),
  ),
  /** The mean ventricular rate of each minute from our own detection, unconfirmed; null where none can be told. */
  rates: z.array(z.number().nullable()),
  /** The leads on which the rates were found. */
  rateLeads: z.array(z.string()),
});
export type OverviewView = z.infer<typeof overviewView>;

/**
 * The computer's own reading, always unconfirmed: it orders the queue and asks for better recordings, and is no
 * diagnosis. Codes, no sentences: the interface has the words. Amplitudes in microvolts, times in milliseconds.
 */
export const preReadView = z.object({
  /** 1 critical, 2 urgent, 3 abnormal, 4 unremarkable; null where nothing can be said. */
  danger: z.number().int().min(1).max(4).nullable(),
  ruleTable: z.object({ id: z.string(), edition: z.string() }),
  results: z.array(
    z.object({
      ruleId: z.string(),
      edition: z.string(),
      citation: z.string(),
      danger: z.number().int().min(1).max(4),
      leads: z.array(z.string()),
      territories: z.array(z.enum(territories)),
      values: z.array(
        z.object({
          quantity: z.string(),
          lead: z.string().optional(),
          measured: z.number(),
          comparison: z.enum(['at-least', 'at-most', 'above', 'below']),
          limit: z.number(),
        }),
      ),
      /** What was not known of the person, so that the mildest limit was taken. */
      assumed: z.array(z.enum(['sex', 'age'])),
    }),
  ),
  rhythm: z.array(z.object({ code: z.enum(rhythmCodes), confidence: z.enum(['high', 'low']) })),
  quality: z.array(
    z.object({
      code: z.enum(qualityCodes),
      severity: z.enum(['repeat', 'hint']),
      leads: z.array(z.string()),
      value: z.number().nullable(),
    }),
  ),
  /** Of the dominant beat. */
  intervals: z.record(z.string(), z.number().nullable()),
  /** Names of intervals that are doubtful. */
  doubtful: z.array(z.string()),
  axes: z.object({ p: z.number().nullable(), qrs: z.number().nullable(), t: z.number().nullable() }),
  /** Only the first part of a long recording was read. */
  shortened: z.boolean(),
});
export type PreReadView = z.infer<typeof preReadView>;

/** One page of paper, straightened on its own grid. */
export const paperPage = z.object({
  widthPx: z.number().int(),
  heightPx: z.number().int(),
  /** In both directions. */
  pxPerMm: z.number(),
  /** How far 95 of 100 measured places of the grid lie from true, at most. */
  residualMm: z.number(),
  /** Share of the paper on which the grid was found. */
  gridShare: z.number(),
});

export const ecgView = z.object({
  id,
  patientId: id,
  consultId: id.nullable(),
  format: z.enum(ecgFormats),
  fileName: z.string(),
  byteLength: z.number().int(),
  sha256: z.string(),
  acquiredAt: z.string().nullable(),
  receivedAt: isoTime,
  sentBy: z.string(),
  device: z.string().nullable(),
  leadNames: z.array(z.string()),
  durationSeconds: z.number(),
  /** From the project's own R-peak detection; unconfirmed. */
  detectedHeartRatePerMinute: z.number().nullable(),
  measurements: z.record(z.string(), z.number()),
  statements: z.array(z.string()),
  warnings: z.array(z.string()),
  /** Null for recordings that came before there was a reading. */
  preRead: preReadView.nullable(),
  mismatch: patientMismatch.nullable(),
  /** Of paper: its straightened pages in true millimetres, GET /api/ecgs/:id/image?page=1. Null for recordings. */
  image: z.object({ pages: z.array(paperPage).min(1) }).nullable(),
});
export type EcgView = z.infer<typeof ecgView>;

/**
 * POST /api/ecgs multipart: field `file`, and patientId or consultId, acquiredAt?, confirmMismatch ("true"). A file
 * that names another patient is answered 409 patient-mismatch with `mismatch` in the problem document until the
 * sender sends it again with confirmMismatch. Without a patient, as devices send, the file's identity number says
 * whose it is, or it begins a patient of its own; a picture of paper names nobody and is refused then.
 */
export const ecgUploadFields = z.object({
  patientId: id.optional(),
  consultId: id.optional(),
  acquiredAt: isoTime.optional(),
  confirmMismatch: z.enum(['true', 'false']).optional(),
});

export const ecgRequests = {
  'ecg:read': query(z.object({ ecgId: id }), z.object({ ecg: ecgView })),
  'ecg:list': query(z.object({ patientId: id }), z.object({ ecgs: z.array(ecgView) })),
} as const;

export const ecgNotices = { 'ecg:added': z.object({ ecgId: id, patientId: id, consultId: id.nullable() }) } as const;
