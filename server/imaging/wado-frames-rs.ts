import type { Request, Response } from 'express';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { instanceAt, type AddressedInstance } from './find-instances.ts';
import { readBulkDataJob } from './frame-job.ts';
import { chooseFrameForm, OCTETS } from './frame-media.ts';
import type { InstanceFields } from './instance-record.ts';
import { readMediaRanges, takes, type MediaRange } from './media-ranges.ts';
import { answerMultipart } from './multipart-answer.ts';
import { asPixelRefusal, frameTableOf, readFrame, storedAs } from './read-frames.ts';
import { instanceUrl, serviceUrl } from './dicom-web-address.ts';

const MAX_FRAMES = 2000;

/** Frame numbers of an address, `1,2,7` (PS3.18, 10.1.1.5). Throws malformed, and not-found beyond the last. */
export function readFrameNumbers(list: unknown, { numberOfFrames }: Pick<InstanceFields, 'numberOfFrames'>): number[] {
  const text = String(list);
  if (!/^\d{1,7}(,\d{1,7})*$/.test(text)) throw new HubError('malformed', { field: 'frames' });
  const numbers = text.split(',').map(Number);
  if (numbers.length > MAX_FRAMES) throw new HubError('too-large', { limit: MAX_FRAMES });
  if (numbers.some((number) => number < 1)) throw new HubError('malformed', { field: 'frames' });
  if (numbers.some((number) => number > numberOfFrames)) throw new HubError('not-found');
  return numbers;
}

/** Retrieve frames (PS3.18, 10.4): as they are stored, or as uncompressed samples where only these are taken. */
export async function retrieveFrames(request: Request, response: Response, context: ActionContext): Promise<void> {
  const instance = await instanceAt(request.params, context);
  const numbers = readFrameNumbers(request.params.frames, instance);
  const ranges = readMediaRanges(request.headers.accept, request.query.accept);
  await answerFrames({ request, response, instance, numbers, ranges }, context);
}

async function answerFrames(
  {
    request,
    response,
    instance,
    numbers,
    ranges,
  }: { request: Request; response: Response; instance: AddressedInstance; numbers: number[]; ranges: MediaRange[] },
  context: ActionContext,
): Promise<void> {
  const table = await frameTableOf(instance, context);
  const usable = numbers.length === 1 ? ranges : ranges.filter(({ multipart, media }) => multipart || media === '*/*');
  const { transferSyntaxUid } = instance;
  const form = chooseFrameForm(usable, { transferSyntaxUid, storedAs: storedAs(instance, table) });
  if (form === null) throw new HubError('not-acceptable', { transferSyntax: transferSyntaxUid });
  const type = `${form.media}; transfer-syntax=${form.transferSyntaxUid}`;
  const frame = (number: number) => readFrame(instance, table, number, form, context);
  if (!form.multipart) {
    const bytes = await frame(numbers[0]!);
    response.setHeader('Content-Type', type);
    response.end(bytes);
    return;
  }
  const at = `${instanceUrl(serviceUrl(request, context), instance)}/frames`;
  const byteLength = form.form === 'stored' && table?.kind === 'native' ? table.frameBytes : undefined;
  await answerMultipart(
    response,
    form.media,
    numbers.map((number) => ({
      type,
      location: `${at}/${number}`,
      body: () => frame(number),
      ...(byteLength !== undefined && { byteLength }),
    })),
  );
}

const PIXEL_DATA = '7FE00010';
const MAX_WAY = 15;

/** Retrieve bulk data (PS3.18, 10.4): the value that a BulkDataURI of the metadata names. */
export async function retrieveBulkData(request: Request, response: Response, context: ActionContext): Promise<void> {
  const given: unknown = request.params.way;
  const way = (Array.isArray(given) ? given : [given]).map(String);
  const sound = way.length % 2 === 1 && way.length <= MAX_WAY;
  if (!sound || way.some((step, at) => !(at % 2 === 0 ? /^[0-9a-f]{8}$/i : /^\d{1,5}$/).test(step)))
    throw new HubError('not-found');
  const instance = await instanceAt(request.params, context);
  const ranges = readMediaRanges(request.headers.accept, request.query.accept);
  if (way.length === 1 && way[0]!.toUpperCase() === PIXEL_DATA && instance.rows !== null) {
    const numbers = Array.from({ length: Math.min(MAX_FRAMES, instance.numberOfFrames) }, (_, index) => index + 1);
    return answerFrames({ request, response, instance, numbers, ranges }, context);
  }
  const range = ranges.find((one) => takes(one, OCTETS));
  if (range === undefined) throw new HubError('not-acceptable');
  const path = context.hub.blobs.pathOf(instance.sha256);
  const bytes = await context.hub.threads.run(readBulkDataJob, { path, way }).catch((thrown: unknown) => {
    throw asPixelRefusal(thrown);
  });
  if (bytes === null) throw new HubError('not-found');
  if (!range.multipart && range.media !== '*/*') {
    response.setHeader('Content-Type', OCTETS);
    response.end(bytes);
    return;
  }
  await answerMultipart(response, OCTETS, [{ type: OCTETS, body: () => Promise.resolve(bytes) }]);
}
