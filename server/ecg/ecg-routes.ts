import { ecgUploadFields } from '../../shared/contracts/ecg.ts';
import { HubError } from '../platform/errors.ts';
import { receiveForm } from '../platform/http/receive-form.ts';
import type { Route } from '../platform/http/routes.ts';
import { ecgSubject, findEcg } from './find-ecg.ts';
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
    path: '/api/ecgs/:id/waveform',
    summary: 'The samples: groups of leads in microvolts.',
    permission: 'ecg:read',
    subject: (request, context) => ecgSubject(idOf(request.params.id), context),
    async handle(request, response, context) {
      const { sha256 } = await findEcg(idOf(request.params.id), context);
      const json = await context.hub.threads.run(waveformJob, { path: context.hub.blobs.pathOf(sha256) });
      response.type('application/json').send(Buffer.from(json.buffer, json.byteOffset, json.byteLength));
    },
  },
];
