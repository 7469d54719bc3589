import type { HeldReason, LeftReason } from '../../../shared/contracts/teaching-copy.ts';
import { holdsDocuments } from '../../../shared/dicom/documents.ts';
import type { ActionContext } from '../../platform/context.ts';
import { instanceRecord, type InstanceFields } from '../instance-record.ts';

export type ChosenInstance = Pick<
  InstanceFields,
  '_id' | 'sha256' | 'byteLength' | 'seriesInstanceUid' | 'sopInstanceUid' | 'modality' | 'seriesDescription'
> & {
  /** Text may be burned into its pixels: it goes only when a person has looked. */
  held: HeldReason | null;
};

export interface Choice {
  /** In reading order. */
  images: ChosenInstance[];
  /** What never goes, by reason. */
  left: Record<LeftReason, number>;
}

const SECONDARY_CAPTURE = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.|$)/;
const ULTRASOUND = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(3|6)(\.|$)/;
/** Segmentations, maps, surfaces and radiotherapy: their parts name people and findings, and are no pictures. */
const NO_PICTURE = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(11|30|66|67|68|481)(\.|$)/;
const STORAGE = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\./;
/** Visible light shows faces, and video carries words that no scrubbing here finds. */
const VISIBLE_LIGHT = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.77\.1(\.|$)/;
const VIDEO = /^1\.2\.840\.10008\.1\.2\.4\.10\d(\.|$)/;

/** Which instances of a study may leave as a de-identified copy, which only after a look, and which not at all. */
export async function chooseImages(studyId: string, { store }: Pick<ActionContext, 'store'>): Promise<Choice> {
  const images: ChosenInstance[] = [];
  const left: Choice['left'] = { document: 0, video: 0 };
  const found = store
    .model(instanceRecord)
    .find({ studyId }, { frameTableJson: 0 })
    .sort({ seriesNumber: 1, seriesInstanceUid: 1, instanceNumber: 1, sopInstanceUid: 1 })
    .lean()
    .cursor();
  for await (const instance of found) {
    const reason = reasonToLeave(instance);
    if (reason !== null) {
      left[reason] += 1;
      continue;
    }
    const { _id, sha256, byteLength, seriesInstanceUid, sopInstanceUid, modality, seriesDescription } = instance;
    const held = reasonToHold(instance);
    images.push({ _id, sha256, byteLength, seriesInstanceUid, sopInstanceUid, modality, seriesDescription, held });
  }
  return { images, left };
}

function reasonToLeave({
  sopClassUid,
  transferSyntaxUid,
  modality,
  rows,
}: Omit<InstanceFields, 'frameTableJson'>): LeftReason | null {
  if (VIDEO.test(transferSyntaxUid)) return 'video';
  const isPicture = rows !== null && STORAGE.test(sopClassUid) && !NO_PICTURE.test(sopClassUid);
  return isPicture && !holdsDocuments(modality) ? null : 'document';
}

function reasonToHold({
  sopClassUid,
  modality,
  metadataJson,
}: Omit<InstanceFields, 'frameTableJson'>): HeldReason | null {
  const json = JSON.parse(metadataJson) as Record<string, { Value?: unknown[] }>;
  const values = (tag: string) => (json[tag]?.Value ?? []).map((value) => String(value).trim().toUpperCase());
  if (values('00280301').includes('YES')) return 'burned-in';
  if (values('00280302').includes('YES') || VISIBLE_LIGHT.test(sopClassUid)) return 'recognisable';
  if (ULTRASOUND.test(sopClassUid) || modality === 'US' || modality === 'IVUS') return 'ultrasound';
  const screenshot = values('00080008').some((word) => word.startsWith('SCREEN'));
  const conversion = values('00080064').length > 0 && !values('00080064').includes('DI');
  return SECONDARY_CAPTURE.test(sopClassUid) || screenshot || conversion ? 'secondary-capture' : null;
}
