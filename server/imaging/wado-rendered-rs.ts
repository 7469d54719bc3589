import type { Request, Response } from 'express';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { addressedInstances, instanceAt } from './find-instances.ts';
import { drawPicture } from './draw-picture.ts';
import type { RenderRequest } from './frame-job.ts';
import type { InstanceFields } from './instance-record.ts';
import { readMediaRanges, takes } from './media-ranges.ts';
import { answerMultipart } from './multipart-answer.ts';
import type { Rendering } from './render-frame.ts';
import { makeThumbnail } from './make-thumbnail.ts';
import { readFrameNumbers } from './wado-frames-rs.ts';

const MAX_SIDE = 8192;
const MAX_RENDERED_FRAMES = 100;
const QUALITY = 90;

const malformed = (field: string) => new HubError('malformed', { field });

/** `window=centre,width,function` (PS3.18, 8.3.5.1.4). */
function readWindow(value: unknown): Rendering['window'] {
  if (value === undefined) return null;
  const [center, width, named = 'linear', ...more] = String(value).split(',');
  const functions = { linear: 'LINEAR', 'linear-exact': 'LINEAR_EXACT', sigmoid: 'SIGMOID' } as const;
  const voiFunction = functions[named.toLowerCase() as keyof typeof functions];
  const window = { center: Number(center || Number.NaN), width: Number(width || Number.NaN) };
  const sound = Number.isFinite(window.center) && Number.isFinite(window.width) && window.width > 0;
  if (!sound || voiFunction === undefined || more.length > 0) throw malformed('window');
  return { ...window, voiFunction };
}

/** `viewport=columns,rows` and, behind these, the part of the image to show (PS3.18, 8.3.5.1.3). */
function readViewport(value: unknown): Rendering['viewport'] {
  if (value === undefined) return null;
  const numbers = String(value)
    .split(',')
    .map((part) => (part.trim() === '' ? 0 : Number(part)));
  const [columns = 0, rows = 0, left = 0, top = 0, width = 0, height = 0] = numbers;
  const plain = numbers.length === 2 || numbers.length === 6;
  if (!plain || numbers.some((number) => !Number.isFinite(number) || Math.abs(number) > 1e6))
    throw malformed('viewport');
  const side = (length: number) => Number.isInteger(length) && length >= 1 && length <= MAX_SIDE;
  if (!side(columns) || !side(rows)) throw malformed('viewport');
  const region =
    numbers.length === 2
      ? null
      : {
          left: Math.round(left),
          top: Math.round(top),
          columns: Math.round(width) || MAX_SIDE * 8,
          rows: Math.round(height) || MAX_SIDE * 8,
        };
  // A negative size mirrors the picture; nobody has asked for that yet.
  if (region !== null && (region.columns < 1 || region.rows < 1)) throw malformed('viewport');
  return { columns, rows, region };
}

function readRendering(request: Request): Pick<RenderRequest, 'window' | 'viewport' | 'quality' | 'format'> {
  const { window, viewport, quality } = request.query;
  const percent = quality === undefined ? QUALITY : Number(quality);
  if (!Number.isInteger(percent) || percent < 1 || percent > 100) throw malformed('quality');
  const formats = ['image/jpeg', 'image/png'] as const;
  const range = readMediaRanges(request.headers.accept, request.query.accept).find((one) =>
    formats.some((format) => takes(one, format)),
  );
  const format = range && formats.find((one) => takes(range, one));
  if (format === undefined) throw new HubError('not-acceptable');
  return { window: readWindow(window), viewport: readViewport(viewport), quality: percent, format };
}

function requirePixels({ rows }: Pick<InstanceFields, 'rows'>): void {
  // A report or an encapsulated document is no picture.
  if (rows === null) throw new HubError('not-acceptable');
}

/**
 * Retrieve rendered (PS3.18, 10.4): a frame as a picture, drawn in a worker thread; several as multipart. Of an instance
 * its first frame, of a series or study every frame of its images, as far as these are not too many for one answer.
 */
export async function retrieveRendered(request: Request, response: Response, context: ActionContext): Promise<void> {
  const rendering = readRendering(request);
  const named = await framesNamed(request, context);
  if (named.length > MAX_RENDERED_FRAMES) throw new HubError('too-large', { limit: MAX_RENDERED_FRAMES });
  const draw = (frame: NamedFrame) => drawPicture({ ...rendering, ...frame }, context);
  if (named.length > 1)
    return answerMultipart(
      response,
      rendering.format,
      named.map((frame) => ({ type: rendering.format, body: () => draw(frame) })),
    );
  const picture = await draw(named[0]!);
  response.setHeader('Content-Type', rendering.format);
  response.end(picture);
}

interface NamedFrame {
  sha256: string;
  /** 1-based. */
  frameNumber: number;
}

async function framesNamed({ params }: Request, context: ActionContext): Promise<NamedFrame[]> {
  if (params.instance === undefined) {
    const images = (await addressedInstances(params, context)).filter(({ rows }) => rows !== null);
    if (images.length === 0) throw new HubError('not-acceptable');
    // One more than allowed is enough to know.
    return images
      .flatMap(({ sha256, numberOfFrames }) =>
        Array.from({ length: Math.min(numberOfFrames, MAX_RENDERED_FRAMES + 1) }, (_, index) => ({
          ...{ sha256, frameNumber: index + 1 },
        })),
      )
      .slice(0, MAX_RENDERED_FRAMES + 1);
  }
  const instance = await instanceAt(params, context);
  requirePixels(instance);
  const numbers = params.frames === undefined ? [1] : readFrameNumbers(params.frames, instance);
  return numbers.map((frameNumber) => ({ sha256: instance.sha256, frameNumber }));
}

/**
 * Retrieve a thumbnail (PS3.18, 10.4): of a frame, or of the picture that stands for an instance, a series or a study,
 * which is the middle one. Drawn once in the usual size and kept.
 */
export async function retrieveThumbnail(request: Request, response: Response, context: ActionContext): Promise<void> {
  const rendering = readRendering(request);
  const found = (await addressedInstances(request.params, context)).filter(({ rows }) => rows !== null);
  const series = found.filter(({ seriesInstanceUid }) => seriesInstanceUid === found[0]!.seriesInstanceUid);
  const instance = series[Math.floor(series.length / 2)];
  if (instance === undefined) throw new HubError('not-acceptable');
  const [frameNumber = 1] =
    request.params.frames === undefined
      ? [Math.floor(instance.numberOfFrames / 2) + 1]
      : readFrameNumbers(request.params.frames, instance);
  const picture = await makeThumbnail({ instance, frameNumber, ...rendering }, context);
  response.setHeader('Content-Type', rendering.format);
  response.end(picture);
}
