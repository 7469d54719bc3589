import { randomBytes } from 'node:crypto';
import type { RequestReply } from '../../../shared/contracts/registry.ts';
import type { ActionContext, Subject } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { studySubject } from '../find-studies.ts';
import { chooseImages, type ChosenInstance } from './choose-images.ts';
import { deidentifyJob, type DeidentifiedFile, type DeidentifyRequest } from './deidentify-job.ts';
import { largestArchive, zipStream, type ZipEntry } from './zip-stream.ts';

/** What a de-identified copy of the study would hold, and what a person has to look at before it goes. */
export async function previewTeachingCopy(
  { studyInstanceUid }: { studyInstanceUid: string },
  context: ActionContext,
): Promise<RequestReply<'teaching-copy:preview'>> {
  const study = await studySubject(studyInstanceUid, context);
  if (study === null) throw new HubError('not-found');
  const { images, left } = await chooseImages(study.id, context);
  const held = new Map<string, RequestReply<'teaching-copy:preview'>['held'][number]>();
  let free = 0;
  let bytes = 0;
  for (const image of images) {
    const { held: reason, seriesInstanceUid, modality, seriesDescription: description } = image;
    if (reason === null) {
      free += 1;
      bytes += image.byteLength;
      continue;
    }
    const key = `${seriesInstanceUid} ${reason}`;
    const known = held.get(key) ?? { seriesInstanceUid, modality, description, reason, images: 0, bytes: 0 };
    held.set(key, { ...known, images: known.images + 1, bytes: known.bytes + image.byteLength });
  }
  return { images: free, bytes, held: [...held.values()], left };
}

export interface TeachingCopy {
  /** Says nothing about whose images it holds. */
  fileName: string;
  archive: AsyncGenerator<Uint8Array>;
}

/**
 * A ZIP of de-identified copies of a study, made piece by piece as it is taken. Neither its name nor those within say
 * whose study it was; the UIDs are new with each export. Images into which text may be burned go only for the series
 * in `looked`. Throws conflict where nothing is left to go, too-large beyond
 * what an archive holds.
 */
export async function exportTeachingCopy(
  { study, looked }: { study: Subject; looked: ReadonlySet<string> },
  context: ActionContext,
): Promise<TeachingCopy> {
  const { images, left } = await chooseImages(study.id, context);
  const going = images.filter(({ held, seriesInstanceUid }) => held === null || looked.has(seriesInstanceUid));
  if (going.length === 0) throw new HubError('conflict', { images: 0 });
  const bytes = going.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes > largestArchive.bytes || going.length > largestArchive.files) throw new HubError('too-large');
  const held = images.length - going.length;
  await context.audit({
    action: 'teaching-copy:export',
    outcome: 'done',
    subject: { type: 'study', id: study.id, patientId: study.patientId },
    details: { images: going.length, held, looked: going.filter((one) => one.held !== null).length, ...left },
  });
  const exportId = randomBytes(4).toString('hex');
  const entries = entriesOf(going, `TEACHING-${exportId.toUpperCase()}`, { held, ...left }, context);
  return { fileName: `teaching-${exportId}.zip`, archive: zipStream(entries) };
}

/** One copy is made while the one before it is on its way. */
async function* entriesOf(
  going: readonly ChosenInstance[],
  name: string,
  missing: Record<string, number>,
  context: ActionContext,
): AsyncGenerator<ZipEntry> {
  const uidKey = randomBytes(32).toString('hex');
  const seriesOrder = [...new Set(going.map(({ seriesInstanceUid }) => seriesInstanceUid))];
  const make = (image: ChosenInstance | undefined) => {
    if (image === undefined) return null;
    const seriesNumber = seriesOrder.indexOf(image.seriesInstanceUid) + 1;
    const making = copyOf(image, { name, uidKey, seriesNumber }, context).catch(unreadable);
    // Whoever gives up in the middle waits for none any more.
    making.catch(() => undefined);
    return making;
  };
  const inSeries = new Map<string, number>();
  let unread = 0;
  let next = make(going[0]);
  for (const [index, image] of going.entries()) {
    const copy = await next;
    next = make(going[index + 1]);
    if (copy === null) {
      unread += 1;
      continue;
    }
    const { seriesInstanceUid, sha256 } = image;
    const number = (inSeries.get(seriesInstanceUid) ?? 0) + 1;
    inSeries.set(seriesInstanceUid, number);
    const series = String(seriesOrder.indexOf(seriesInstanceUid) + 1).padStart(2, '0');
    yield {
      name: `series-${series}/image-${String(number).padStart(5, '0')}.dcm`,
      body: bytesOf(copy, sha256, context),
    };
  }
  const copies = [...inSeries.values()].reduce((sum, count) => sum + count, 0);
  yield { name: 'README.txt', body: [Buffer.from(readme(copies, { ...missing, unread }))] };
}

const copyOf = (
  { sha256 }: ChosenInstance,
  pseudonym: Omit<DeidentifyRequest, 'path'>,
  { hub }: ActionContext,
): Promise<DeidentifiedFile> => hub.threads.run(deidentifyJob, { path: hub.blobs.pathOf(sha256), ...pseudonym });

/** A file that cannot be taken apart does not go; the others do. Anything else is no fault of the file. */
function unreadable(thrown: unknown): null {
  const { name, code } = thrown as { name?: string; code?: string };
  if (name === 'DicomDecodeError' || name === 'RangeError' || code === 'parse-timeout') return null;
  throw thrown;
}

const PIECE_BYTES = 1024 * 1024;

async function* bytesOf(
  { parts }: DeidentifiedFile,
  sha256: string,
  { hub }: ActionContext,
): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      yield part;
      continue;
    }
    const end = part.offset + part.length;
    for (let at = part.offset; at < end; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, end - at);
      const piece = await hub.blobs.readAt(sha256, at, length);
      if (piece.length !== length) throw new HubError('internal');
      yield piece;
    }
  }
}

const readme = (copies: number, { held = 0, document = 0, video = 0, unread = 0 }: Record<string, number>) =>
  [
    '教学用去标识影像副本 De-identified images for teaching',
    '',
    'DICOM PS3.15 Annex E, Basic Application Level Confidentiality Profile (113100),',
    'with Retain Patient Characteristics Option (113108): sex, and age up to 89 years.',
    '未处理像素内容：使用前请再次确认图像上没有姓名等文字。',
    'Pixels were not altered: make sure that no name is burned into an image before you use it.',
    '',
    `副本 copies: ${copies}`,
    `未包含 left out: ${held} 未经人工确认 not looked at, ${document} 报告等文档 documents, ${video} 视频 video, ${unread} 无法处理 unreadable`,
    '',
  ].join('\r\n');
