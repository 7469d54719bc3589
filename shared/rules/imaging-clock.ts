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

/** As a Body Part Examined (CID 4, CID 2) or as people write it in a study's description. */
const HEAD = /头颅|颅|头部|头CT|脑|\b(head|brain|skull|cranium|cerebral)\b/iu;

/** By its modalities, and for a CT by what it shows. */
export function examinationKindOf(study: {
  modalities: readonly string[];
  bodyParts: readonly string[];
  description: string | null;
}): ExaminationKind {
  const has = (modality: string) => study.modalities.includes(modality);
  if (has('CT'))
    return [...study.bodyParts, study.description ?? ''].some((text) => HEAD.test(text)) ? 'head-ct' : 'ct';
  if (has('MR')) return 'mr';
  return RADIOGRAPHS.some(has) ? 'xray' : 'other';
}

/** Examinations that would be read sooner when nobody is in a hurry; empty where the times are in order. */
export const soonerThanUrgent = (times: Readonly<ImagingTimes>): ExaminationKind[] =>
  examinationKinds.filter((kind) => times[kind].routine < times[kind].urgent);
