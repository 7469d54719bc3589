import { readFileSync } from 'node:fs';
import type { ParsedInstance } from '../../shared/dicom/pixels/data-set.ts';
import { decodeFrame } from '../../shared/dicom/pixels/decode-frame.ts';
import { findFrameBytes } from '../../shared/dicom/pixels/frame-bytes.ts';
import { readPixelLayout } from '../../shared/dicom/pixels/image-description.ts';
import { ImagingError } from '../../shared/dicom/pixels/imaging-error.ts';
import { encodeJpeg } from '../platform/pictures/jpeg-encoder.ts';
import { encodePng } from '../platform/pictures/png-encoder.ts';
import type { ThreadJob } from '../platform/threads/thread-pool.ts';
import { readFrameTable, type FrameTable } from './frame-table.ts';
import { nativeBytes } from './native-bytes.ts';
import { nodeCodecs } from './node-codecs.ts';
import { parseFile } from './read-instance.ts';
import { renderFrame, type Rendering } from './render-frame.ts';

// Runs in worker threads: the bytes are a stranger's.

/** 64 megapixels: the largest radiograph has a quarter of it, and a hostile header no more. */
const MAX_PIXELS = 64 * 1024 * 1024;
const HELD_BYTES = 64 * 1024 * 1024;
/** The instance that this thread read last: a loop's next frame is mostly of the same file. */
let held: { path: string; instance: ParsedInstance; shift: number } | null = null;

function open(path: string): { instance: ParsedInstance; shift: number } {
  if (held?.path === path) return held;
  const file = readFileSync(path);
  // A Buffer's slice shares its memory, where decoding counts on a copy.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  const { dataSet, shift } = parseFile(bytes);
  const transferSyntaxUid = dataSet.string('x00020010')?.replace(/[\0 ]+$/, '') ?? '';
  const opened = { path, instance: { dataSet, transferSyntaxUid }, shift };
  held = bytes.length <= HELD_BYTES ? opened : null;
  return opened;
}

function checkSize({ dataSet }: ParsedInstance): void {
  const { rows, columns } = readPixelLayout(dataSet);
  if (rows * columns > MAX_PIXELS) throw new ImagingError('too-large', `${rows} x ${columns}`);
}

export interface FrameRequest {
  path: string;
  /** 1-based. */
  frameNumber: number;
  /** The coded bytes as they stand in the file, or samples as Explicit VR Little Endian has them. */
  form: 'stored' | 'native';
}

/** One frame's bytes. */
export async function readFrame({ path, frameNumber, form }: FrameRequest): Promise<Uint8Array> {
  const { instance } = open(path);
  checkSize(instance);
  const layout = readPixelLayout(instance.dataSet);
  if (form === 'stored') return Uint8Array.from(findFrameBytes(instance.dataSet, frameNumber - 1, layout).bytes);
  return nativeBytes(await decodeFrame(instance, frameNumber - 1, nodeCodecs), layout);
}

export const readFrameJob: ThreadJob<FrameRequest, Uint8Array> = {
  moduleUrl: import.meta.url,
  exportName: 'readFrame',
  timeoutMs: 20_000,
};

export interface RenderRequest extends Rendering {
  path: string;
  /** 1-based. */
  frameNumber: number;
  format: 'image/jpeg' | 'image/png';
  /** 1 to 100, of JPEG. */
  quality: number;
}

/** One frame as a picture that a browser shows. */
export async function renderPicture(request: RenderRequest): Promise<Uint8Array> {
  const { instance } = open(request.path);
  checkSize(instance);
  const picture = await renderFrame(instance, request.frameNumber, request, nodeCodecs);
  return request.format === 'image/png' ? encodePng(picture) : encodeJpeg(picture, request.quality);
}

export const renderPictureJob: ThreadJob<RenderRequest, Uint8Array> = {
  moduleUrl: import.meta.url,
  exportName: 'renderPicture',
  timeoutMs: 20_000,
};

/** Where the frames of a file stand, for records that were made before this was noted. */
export function findFrames({ path, frames }: { path: string; frames: number }): FrameTable | null {
  const { instance, shift } = open(path);
  return readFrameTable(instance.dataSet, instance.transferSyntaxUid, frames, shift);
}

export const findFramesJob: ThreadJob<{ path: string; frames: number }, FrameTable | null> = {
  moduleUrl: import.meta.url,
  exportName: 'findFrames',
  timeoutMs: 10_000,
};

/** One value's bytes; `way` leads there by tags, with an item's index behind each sequence: `00480105/0/00282000`. */
export function readBulkData({ path, way }: { path: string; way: readonly string[] }): Uint8Array | null {
  let { dataSet } = open(path).instance;
  for (let at = 0; ; at += 2) {
    const element = dataSet.elements[`x${way[at]!.toLowerCase()}`];
    if (element === undefined) return null;
    if (at === way.length - 1) {
      if (element.items !== undefined || element.encapsulatedPixelData === true) return null;
      return Uint8Array.from(dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length));
    }
    const item = element.items?.[Number(way[at + 1])]?.dataSet;
    if (item === undefined) return null;
    dataSet = item;
  }
}

export const readBulkDataJob: ThreadJob<{ path: string; way: readonly string[] }, Uint8Array | null> = {
  moduleUrl: import.meta.url,
  exportName: 'readBulkData',
  timeoutMs: 10_000,
};
