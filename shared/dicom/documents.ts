/** Modalities of series that hold no images (PS3.3 C.7.3.1.1.1): reports, selections, presentations, plans. */
const DOCUMENT_MODALITIES: ReadonlySet<string> = new Set([
  'AU',
  'DOC',
  'FID',
  'HD',
  'KO',
  'PR',
  'PLAN',
  'REG',
  'RTPLAN',
  'RTRECORD',
  'RTSTRUCT',
  'SR',
]);

export const holdsDocuments = (modality: string): boolean => DOCUMENT_MODALITIES.has(modality);
