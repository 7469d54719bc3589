import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { ecgUploadFields, longestSpanSeconds, longestWholeSeconds } from '../../shared/contracts/ecg.ts';
import { HubError } from '../platform/errors.ts';
import { receiveForm } from '../platform/http/receive-form.ts';
import type { Route } from '../platform/http/routes.ts';
import { decodeLimits } from './decode/decode-limits.ts';
import { holterFormatOf } from './decode/recognise-ecg.ts';
import { ecgSubject, findEcg, findEcgOverview, findEcgPage } from './find-ecg.ts';
import { waveformJob, waveformSpanJob } from './ecg-job.ts';
import { overviewJob } from './overview-job.ts';
import { uploadEcg } from './upload-ecg.ts';

/** Resting and event ECGs of any format; only EDF and ISHNE, which are read piece by piece, hold whole days. */
const MAX_ECG_BYTES = 64 * 1024 * 1024;
const mostBytesOf = (head: Uint8Array) =>
  holterFormatOf(head) === undefined ? MAX_ECG_BYTES : decodeLimits.holterFileBytes;
const idOf = (value: unknown) => (typeof value === 'string' && /^[0-9a-f]{24}$/.test(value) ? value : '');

export const ecgRoutes: Route[] = [
  {
    method: 'post',
    path: '/api/ecgs',
    summary:
      'Send an ECG file: multipart field `file`, with patientId or consultId if named, acquiredAt?, confirmMismatch?.',
    permission: 'ecg:upload',
    subject: 'in-body',
    async handle(request, response, context) {
      const { fields, file, fileName } = await receiveForm(request, context.hub.blobs, { maxBytes: mostBytesOf });
      const parsed = ecgUploadFields.safeParse(fields);
      if (!parsed.success) {
        await file.discard();
        throw new HubError('invalid', { field: parsed.error.issues[0]?.path.join('.') ?? '' });
      }
      const { ecg, existing } = await uploadEcg(
        { file, fileName, ...parsed.data, confirmMismatch: parsed.data.confirmMismatch === 'true' },
        context,
      );
      response.status(existing ? 200 : 201).json(ecg);
    },
  },
  {
    method: 'get',
    path: '/api/ecgs/:id',
    summary: 'One ECG without its samples.',
    permission: 'ecg:read',
    subject: (request, context) => ecgSubject(idOf(request.params.id), context),
    async handle(request, response, context) {
      response.json(await findEcg(idOf(request.params.id), context));
    },
  },
  {
    method: 'get',
    path: '/api/ecgs/:id/image',
    summary: 'A straightened page of an ECG on paper, a JPEG in true millimetres: ?page=1.',
    permission: 'ecg:read',
    subject: (request, context) => ecgSubject(idOf(request.params.id), context),
    async handle(request, response, context) {
      const page = /^[1-9]$/.test(String(request.query.page ?? '1')) ? Number(request.query.page ?? 1) : 0;
      const { sha256, byteLength } = await findEcgPage(idOf(request.params.id), page, context);
      response.type('image/jpeg').set('Content-Length', String(byteLength)).set('Cache-Control', 'private, no-store');
      await pipeline(context.hub.blobs.read(sha256), response);
    },
  },
  {
    method: 'get',
    path: '/api/ecgs/:id/waveform',
    summary: `The samples: groups of leads in microvolts. Of a recording longer than ${longestWholeSeconds} s a span at a time: ?fromSeconds=3600&seconds=60, at most ${longestSpanSeconds} s.`,
    permission: 'ecg:read',
    subject: (request, context) => ecgSubject(idOf(request.params.id), context),
    async handle(request, response, context) {
      const { sha256, image, durationSeconds } = await findEcg(idOf(request.params.id), context);
      if (image !== null) throw new HubError('not-found');
      const path = context.hub.blobs.pathOf(sha256);
      const span = spanOf(request.query, durationSeconds);
      if (span === null) {
        if (durationSeconds > longestWholeSeconds)
          throw new HubError('too-large', { askFor: '?fromSeconds=0&seconds=60', mostSeconds: longestSpanSeconds });
        return sendJson(response, await context.hub.threads.run(waveformJob, { path }));
      }
      const packed = request.acceptsEncodings('gzip') === 'gzip';
      const json = await context.hub.threads.run(waveformSpanJob, { path, ...span, packed });
      response.vary('Accept-Encoding');
      if (packed) response.set('Content-Encoding', 'gzip');
      sendJson(response, json);
    },
  },
  {
    method: 'get',
    path: '/api/ecgs/:id/overview',
    summary: `A recording longer than ${longestWholeSeconds} s in little: extremes of each lead, heart rate of each minute.`,
    permission: 'ecg:read',
    subject: (request, context) => ecgSubject(idOf(request.params.id), context),
    async handle(request, response, context) {
      const { sha256, image, durationSeconds } = await findEcg(idOf(request.params.id), context);
      if (image !== null || durationSeconds <= longestWholeSeconds) throw new HubError('not-found');
      const kept = await findEcgOverview(idOf(request.params.id), context);
      // Recordings that came before overviews were kept have none.
      if (kept === null)
        return sendJson(
          response,
          await context.hub.threads.run(overviewJob, { path: context.hub.blobs.pathOf(sha256) }),
        );
      response.type('application/json').set('Content-Length', String(kept.byteLength));
      await pipeline(context.hub.blobs.read(kept.sha256), response);
    },
  },
];

function sendJson(response: Response, json: Uint8Array): void {
  response.type('application/json').send(Buffer.from(json.buffer, json.byteOffset, json.byteLength));
}

/** `?fromSeconds=3600&seconds=60`; null where neither is given. Throws invalid, naming the field. */
function spanOf(
  query: Record<string, unknown>,
  durationSeconds: number,
): { fromSeconds: number; seconds: number } | null {
  if (query.fromSeconds === undefined && query.seconds === undefined) return null;
  const number = (field: 'fromSeconds' | 'seconds') => {
    const text = query[field];
    if (typeof text !== 'string' || !/^\d{1,9}(\.\d{1,6})?$/.test(text)) throw new HubError('invalid', { field });
    return Number(text);
  };
  const [fromSeconds, seconds] = [number('fromSeconds'), number('seconds')];
  if (fromSeconds >= durationSeconds) throw new HubError('invalid', { field: 'fromSeconds', durationSeconds });
  if (seconds === 0 || seconds > longestSpanSeconds)
    throw new HubError('invalid', { field: 'seconds', mostSeconds: longestSpanSeconds });
  return { fromSeconds, seconds };
}
