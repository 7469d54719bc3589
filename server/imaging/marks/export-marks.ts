import { frameOfMark, type MarkDocumentKind, type MarkDocumentReply } from '../../../shared/contracts/image-marks.ts';
import type { ActionContext, Subject } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { derivedUid } from '../derived-uid.ts';
import type { JsonAttribute } from '../dicom-json.ts';
import type { DicomElement } from '../dicom-writer.ts';
import { instanceRecord, type InstanceFields } from '../instance-record.ts';
import { announceStudies, storeInstance } from '../store-instance.ts';
import { marksOfStudy } from './find-marks.ts';
import type { ImageMarkFields } from './image-mark-record.ts';
import { KEY_OBJECT_SELECTION, keyObjectSelection } from './key-object-selection.ts';
import { writeMarkDocument, type MarkDocument } from './mark-document.ts';
import { measureFrameJob, type MeasuredMark } from './measure-marks-job.ts';
import { COMPREHENSIVE_SR, measurementReport, type ReportedMeasurement } from './measurement-report.ts';
import type { ImageReference } from './sr-content.ts';

/**
 * Writes what stands marked in a study as a DICOM document, with the actor as observer, and stores it in the study as
 * a series of its own. The same marks by the same person are the same document: nothing is stored twice. Throws
 * conflict where nothing is marked.
 */
export async function exportMarks(
  { kind, study, studyInstanceUid }: { kind: MarkDocumentKind; study: Subject; studyInstanceUid: string },
  context: ActionContext,
): Promise<MarkDocumentReply> {
  const { actor, clock, hub, store } = context;
  const wanted = kind === 'measurements' ? 'measurement' : 'key-image';
  const marks = (await marksOfStudy(study.id, context)).filter(({ mark }) => mark.kind === wanted);
  if (marks.length === 0) throw new HubError('conflict', { marks: 0 });
  const words = [study.id, kind, actor.accountId, ...marks.flatMap(({ _id, version }) => [_id, version])];
  const uids = {
    studyInstanceUid,
    seriesInstanceUid: derivedUid('mark-series', ...words),
    sopInstanceUid: derivedUid('mark-document', ...words),
  };
  const reply = (existing: boolean) => ({ ...uids, existing, marks: marks.length });
  const instances = store.model(instanceRecord);
  const known = await instances.findOne({ studyId: study.id, sopInstanceUid: uids.sopInstanceUid }, { _id: 1 }).lean();
  if (known !== null) return reply(true);
  const sopInstanceUids = [...new Set(marks.map(({ mark }) => frameOfMark(mark).sopInstanceUid))];
  const referred = await instances
    .find({ studyId: study.id, sopInstanceUid: { $in: sopInstanceUids } }, { metadataJson: 0, frameTableJson: 0 })
    .sort({ seriesNumber: 1, seriesInstanceUid: 1, instanceNumber: 1, sopInstanceUid: 1 })
    .lean();
  const first = referred[0] && (await instances.findById(referred[0]._id, { metadataJson: 1 }).lean());
  if (first === null || first === undefined) throw new HubError('not-found');
  const source = JSON.parse(first.metadataJson) as Record<string, JsonAttribute>;
  const byUid = new Map(referred.map((instance) => [instance.sopInstanceUid, instance]));
  const document =
    kind === 'measurements'
      ? await describeMeasurements(marks, byUid, uids.studyInstanceUid, context)
      : describeKeyImages(marks, byUid, context);
  const bytes = writeMarkDocument({ ...document, ...uids, source, referred, madeAt: clock.now() });
  const file = await hub.blobs.receive([bytes], { maxBytes: bytes.byteLength });
  // Whose it is was copied from images that stand under this patient already.
  const outcome = await storeInstance(
    { file, patientId: study.patientId ?? null, consultId: null, studyInstanceUid, confirmMismatch: true },
    context,
  );
  if (outcome.kind === 'refused') throw outcome.error;
  await context.audit({
    action: 'image-mark:export',
    outcome: 'done',
    subject: { type: 'study', id: study.id, patientId: study.patientId },
    details: { kind, marks: marks.length, sopInstanceUid: uids.sopInstanceUid },
  });
  await announceStudies([outcome], null, context);
  return reply(outcome.existing);
}

type Described = Pick<
  MarkDocument,
  'sopClassUid' | 'modality' | 'seriesDescription' | 'seriesNumber' | 'elements' | 'content'
>;
type Referred = Pick<
  InstanceFields,
  'sopInstanceUid' | 'sopClassUid' | 'seriesInstanceUid' | 'numberOfFrames' | 'modality' | 'sha256'
>;

async function describeMeasurements(
  marks: readonly ImageMarkFields[],
  byUid: ReadonlyMap<string, Referred>,
  studyInstanceUid: string,
  context: ActionContext,
): Promise<Described> {
  const measurements: ReportedMeasurement[] = [];
  for (const [instance, frameNumber, onFrame] of byFrame(marks, byUid)) {
    const drawn = onFrame.flatMap(({ mark, byAccountId, byName }) =>
      mark.kind === 'measurement' ? [{ measurement: mark.measurement, byAccountId, byName }] : [],
    );
    const values = await measure(instance, frameNumber, drawn, context);
    const image = referenceTo(instance, frameNumber);
    drawn.forEach((one, index) => measurements.push({ ...one, image, measured: values[index]! }));
  }
  const whole = measurements.every(({ measured }) => measured.values.every(({ value }) => value !== null));
  return {
    sopClassUid: COMPREHENSIVE_SR,
    modality: 'SR',
    seriesDescription: '影像测量 Measurements',
    seriesNumber: 9001,
    elements: reportElements(whole),
    content: measurementReport({
      measurements,
      modalities: [...new Set([...byUid.values()].map(({ modality }) => modality))],
      reader: context.actor,
      studyInstanceUid,
    }),
  };
}

function describeKeyImages(
  marks: readonly ImageMarkFields[],
  byUid: ReadonlyMap<string, Referred>,
  context: ActionContext,
): Described {
  return {
    sopClassUid: KEY_OBJECT_SELECTION,
    modality: 'KO',
    seriesDescription: '关键图像 Key images',
    seriesNumber: 9002,
    elements: [],
    content: keyObjectSelection(
      byFrame(marks, byUid).map(([instance, frameNumber]) => referenceTo(instance, frameNumber)),
      context.actor,
    ),
  };
}

/** SR Document General (PS3.3 C.17.2): a doctor has measured, and nobody has verified the document. */
const reportElements = (whole: boolean): DicomElement[] => [
  { tag: 0x0040a372, vr: 'SQ', value: [] },
  { tag: 0x0040a491, vr: 'CS', value: whole ? 'COMPLETE' : 'PARTIAL' },
  ...(whole ? [] : [{ tag: 0x0040a492, vr: 'LO', value: '部分图像无法解码，数值缺失' } satisfies DicomElement]),
  { tag: 0x0040a493, vr: 'CS', value: 'UNVERIFIED' },
  { tag: 0x0040a496, vr: 'CS', value: 'PRELIMINARY' },
];

const NOTHING_MEASURED: MeasuredMark = { values: [], calibration: 'none' };

/** Where the file cannot be read at all its measurements stand without values. */
async function measure(
  instance: Referred,
  frameNumber: number,
  drawn: readonly Pick<ReportedMeasurement, 'measurement'>[],
  { hub }: ActionContext,
): Promise<MeasuredMark[]> {
  try {
    return await hub.threads.run(measureFrameJob, {
      path: hub.blobs.pathOf(instance.sha256),
      frameNumber,
      measurements: drawn.map(({ measurement }) => measurement),
    });
  } catch (thrown) {
    hub.log.warn({ err: thrown }, 'measurements could not be reckoned');
    return drawn.map(({ measurement: { type } }) =>
      type === 'arrow' || type === 'text'
        ? NOTHING_MEASURED
        : { ...NOTHING_MEASURED, values: [{ quantity: 'value', value: null, unit: '1' }] },
    );
  }
}

/** The marks of each frame together, in reading order. */
function byFrame(
  marks: readonly ImageMarkFields[],
  byUid: ReadonlyMap<string, Referred>,
): [Referred, number, ImageMarkFields[]][] {
  const frames = new Map<string, [Referred, number, ImageMarkFields[]]>();
  const order = [...byUid.keys()];
  for (const record of marks) {
    const { sopInstanceUid, frameNumber } = frameOfMark(record.mark);
    const instance = byUid.get(sopInstanceUid);
    if (instance === undefined) continue;
    const key = `${sopInstanceUid}/${frameNumber}`;
    const frame = frames.get(key) ?? [instance, frameNumber, []];
    frame[2].push(record);
    frames.set(key, frame);
  }
  return [...frames.values()].sort(
    (a, b) => order.indexOf(a[0].sopInstanceUid) - order.indexOf(b[0].sopInstanceUid) || a[1] - b[1],
  );
}

const referenceTo = (
  { sopClassUid, sopInstanceUid, numberOfFrames }: Referred,
  frameNumber: number,
): ImageReference => ({ sopClassUid, sopInstanceUid, frameNumber: numberOfFrames > 1 ? frameNumber : null });
