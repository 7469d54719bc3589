/** Examinations that hospitals give different times, the most pressing first where a study has several. */
export const examinationKinds = ['head-ct', 'ct', 'mr', 'xray', 'other'] as const;
export type ExaminationKind = (typeof examinationKinds)[number];

/** Minutes from the request to the signed report, for an emergency and for the rest. */
export interface ImagingMinutes {
  urgent: number;
  routine: number;
}
export type ImagingTimes = Record<ExaminationKind, ImagingMinutes>;

/** Plain radiographs among the modalities of PS3.3, C.7.3.1.1.1. */
const RADIOGRAPHS = ['CR', 'DX', 'RG', 'PX', 'IO', 'MG'];

/** As a Body Part Examined (CID 4, CID 2) or as people write it in a study's description; no head of a bone. */
const HEAD = /(?<!骨)头|颅|脑|(?<![a-z])(head|brain|skull|crani|cerebr|stroke)/iu;
/** What stands in brackets is history or a remark. */
const BRACKETS = /[(（[【].*?[)）\]】]/gu;

/** By its modalities, and for a CT by what it shows. */
export function examinationKindOf(study: {
  modalities: readonly string[];
  bodyParts: readonly string[];
  description: string | null;
}): ExaminationKind {
  const has = (modality: string) => study.modalities.includes(modality);
  if (has('CT'))
    return [...study.bodyParts, study.description ?? ''].some((text) => HEAD.test(text.replace(BRACKETS, '')))
      ? 'head-ct'
      : 'ct';
  if (has('MR')) return 'mr';
  return RADIOGRAPHS.some(has) ? 'xray' : 'other';
}

/** A CT may show more than its name says: what is offered for it comes from both kinds, its own first. */
export const alsoOf = (kind: ExaminationKind): ExaminationKind[] =>
  kind === 'ct' ? ['ct', 'head-ct'] : kind === 'head-ct' ? ['head-ct', 'ct'] : [kind];

/** Examinations that would be read sooner when nobody is in a hurry; empty where the times are in order. */
export const soonerThanUrgent = (times: Readonly<ImagingTimes>): ExaminationKind[] =>
  examinationKinds.filter((kind) => times[kind].routine < times[kind].urgent);
