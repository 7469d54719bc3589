import { pipeline } from 'node:stream/promises';
import { ecgUploadFields } from '../../shared/contracts/ecg.ts';
import { HubError } from '../platform/errors.ts';
import { receiveForm } from '../platform/http/receive-form.ts';
import type { Route } from '../platform/http/routes.ts';
import { ecgSubject, findEcg, findEcgPage } from './find-ecg.ts';
import { waveformJob } from './ecg-job.ts';
import { uploadEcg } from './upload-ecg.ts';

/** A day of 12-lead Holter in DICOM stays below this. */
const MAX_ECG_BYTES = 64 * 1024 * 1024;
const idOf = (value: unknown) => (typeof value === 'string' && /^[0-9a-f]{24}$/.test(value) ? value : '');

export const ecgRoutes: Route[] = [
  {
    method: 'post',
    path: '/api/ecgs',
    summary: 'Send an ECG file: multipart field `file`, with patientId or consultId, acquiredAt?, confirmMismatch?.',
    permission: 'ecg:upload',
    subject: 'in-body',
    async handle(request, response, context) {
      const { fields, file, fileName } = await receiveForm(request, context.hub.blobs, { maxBytes: MAX_ECG_BYTES });
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
    summary: 'The samples: groups of leads in microvolts.',
    permission: 'ecg:read',
    subject: (request, context) => ecgSubject(idOf(request.params.id), context),
    async handle(request, response, context) {
      const { sha256, image } = await findEcg(idOf(request.params.id), context);
      if (image !== null) throw new HubError('not-found');
      const json = await context.hub.threads.run(waveformJob, { path: context.hub.blobs.pathOf(sha256) });
      response.type('application/json').send(Buffer.from(json.buffer, json.byteOffset, json.byteLength));
    },
  },
];
