import { z } from 'zod';
import { rhythmCodes } from './rhythm-facts.ts';

/**
 * The rule table of the computer pre-read as data: a hospital edits thresholds, switches rules off, approves and dates its
 * edition. Evaluation is in evaluate-rules.ts; the table we deliver in default-reading-rules.ts. Microvolts,
 * milliseconds, beats a minute, years.
 */

/** What may forbid or require a rule beside the rhythm. */
export const ecgFeatures = [
  'left-bundle-branch-block',
  'right-bundle-branch-block',
  'wide-qrs-other',
  'left-ventricular-hypertrophy',
  'arm-leads-reversed',
] as const;
export type EcgFeature = (typeof ecgFeatures)[number];

/** What can be asked of one lead of the median beat. */
export const leadQuantities = [
  'st-j',
  'st-j40',
  'st-j60',
  'st-j80',
  /** ST at J60 less ST at J: positive when the segment rises. */
  'st-rise',
  /** ST at J with the sign of the complex: positive when it points the same way. */
  'st-concordant',
  /** ST at J over the depth of S (negative): Smith's ratio. */
  'st-to-s',
  'p',
  'q',
  'q-duration',
  'r',
  's',
  't',
  't-maximum',
  't-minimum',
  /** 1 when the T wave's lowest point follows its highest. */
  't-ends-low',
  't-half-width',
  't-to-qrs',
  'qrs-peak-to-peak',
  'qrs-area',
] as const;
export type LeadQuantity = (typeof leadQuantities)[number];

export const valueQuantities = [
  'ventricular-rate',
  'atrial-rate',
  'rr-shortest',
  'rr-longest',
  'longest-pause',
  'pr',
  'qrs',
  'qt',
  'qtc-bazett',
  'qtc-fridericia',
  'qtc-framingham',
  'qtc-hodges',
  'qrs-axis',
  'premature-ventricular-count',
] as const;
export type ValueQuantity = (typeof valueQuantities)[number];

const range = {
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
  above: z.number().optional(),
  below: z.number().optional(),
};
const person = {
  sex: z.enum(['male', 'female']).optional(),
  ageFrom: z.number().min(0).max(130).optional(),
  ageBelow: z.number().min(0).max(130).optional(),
};
/** A lead's name; a leading minus turns its sign (-aVR). */
const leadName = z.string().regex(/^-?[A-Za-z0-9]{1,8}$/);

const common = {
  id: z.string().regex(/^[a-z][a-z0-9-]{1,63}$/),
  enabled: z.boolean(),
  edition: z.string().min(1).max(64),
  citation: z.string().min(1).max(400),
  /** 1 critical, 2 urgent, 3 abnormal but routine, 4 unremarkable. */
  danger: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  rhythmAny: z.array(z.enum(rhythmCodes)).optional(),
  rhythmNone: z.array(z.enum(rhythmCodes)).optional(),
  featuresAny: z.array(z.enum(ecgFeatures)).optional(),
  featuresNone: z.array(z.enum(ecgFeatures)).optional(),
  /** Only for patients of whom symptoms are known to be present. */
  symptomatic: z.boolean().optional(),
};

/** So many neighbouring leads of one chain beyond their limits. */
const contiguousLeadsRule = z.strictObject({
  ...common,
  kind: z.literal('contiguous-leads'),
  quantity: z.enum(leadQuantities),
  direction: z.enum(['at-least', 'at-most']),
  /**
   * The first entry that names a lead and fits the person sets its limit. Where sex or age are unknown the mildest limit
   * that might apply is taken, and the result says so.
   */
  limits: z.array(z.strictObject({ leads: z.array(leadName).min(1), limit: z.number(), ...person })).min(1),
  chains: z.array(z.array(leadName).min(1)).min(1),
  minimumLeads: z.number().int().min(1).max(6),
});

/** Everything named must hold. */
const conditionsRule = z.strictObject({
  ...common,
  ...person,
  kind: z.literal('conditions'),
  values: z.array(z.strictObject({ quantity: z.enum(valueQuantities), ...range })).optional(),
  leads: z
    .array(
      z.strictObject({
        leads: z.array(leadName).min(1),
        /** In how many of them all that follows holds. */
        count: z.number().int().min(1).max(15),
        require: z.array(z.strictObject({ quantity: z.enum(leadQuantities), ...range })).min(1),
      }),
    )
    .optional(),
});

export const readingRuleSchema = z.discriminatedUnion('kind', [contiguousLeadsRule, conditionsRule]);
export type ReadingRule = z.infer<typeof readingRuleSchema>;
export type ContiguousLeadsRule = z.infer<typeof contiguousLeadsRule>;
export type ConditionsRule = z.infer<typeof conditionsRule>;

/** Limits of the features that forbid or require rules. */
export const featureLimitsSchema = z.strictObject({
  bundleBranchBlockQrsMs: z.number().min(80).max(200),
  sokolowLyonMicrovolts: z.number().min(1000),
  cornellMaleMicrovolts: z.number().min(1000),
  cornellFemaleMicrovolts: z.number().min(1000),
  citation: z.string().min(1).max(400),
});
export type FeatureLimits = z.infer<typeof featureLimitsSchema>;

export const ruleTableSchema = z
  .strictObject({
    id: z.string().min(1).max(64),
    edition: z.string().min(1).max(64),
    /** By whom and when (YYYY-MM-DD) the hospital approved this edition; absent: as delivered. */
    approved: z.strictObject({ by: z.string().min(1), on: z.iso.date() }).optional(),
    features: featureLimitsSchema,
    rules: z.array(readingRuleSchema).max(500),
  })
  .refine((table) => new Set(table.rules.map(({ id }) => id)).size === table.rules.length, {
    error: 'Rule ids must differ',
  });
export type RuleTable = z.infer<typeof ruleTableSchema>;
