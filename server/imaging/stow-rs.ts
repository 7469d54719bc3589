import type { Request, Response } from 'express';
import { stowQuery } from '../../shared/contracts/imaging.ts';
import { patientSubject, patientSubjectOfConsult } from '../patients/patient-subject.ts';
import type { ActionContext } from '../platform/context.ts';
import { asHubError, HubError } from '../platform/errors.ts';
import { relatedParts, relatedType } from './multipart-related.ts';
import { announceStudies, storeInstance, type StoredInstance } from './store-instance.ts';

/** One instance; a multi-frame ultrasound loop stays below. */
const MAX_INSTANCE_BYTES = 512 * 1024 * 1024;

/** Failure Reason (0008,1197), PS3.18 table I.2-2 and PS3.4 annex B; what has no value of its own is 0110. */
const failureReasons: Record<string, number> = {
  'instance-conflict': 0x0111,
  'unsupported-media': 0x0122,
  'not-dicom': 0xc000,
  'dicom-damaged': 0xc000,
  'storage-full': 0xa700,
  'too-large': 0xa700,
};

/**
 * Store transaction (PS3.18, 10.5): multipart/related with application/dicom parts. Which patient and case the
 * instances belong to stands in the query (`patientId` or `consultId`). 200: all stored; 202: some; 409: none.
 */
export async function stowRs(request: Request, response: Response, context: ActionContext): Promise<void> {
  const query = stowQuery.parse(request.query);
  const subject = context.permit(
    'imaging:upload',
    query.patientId !== undefined
      ? await patientSubject(query.patientId, context)
      : query.consultId !== undefined
        ? await patientSubjectOfConsult(query.consultId, context)
        : null,
  );
  if (
    query.consultId !== undefined &&
    !subject.audience.consults.some((consult) => consult.consultId === query.consultId)
  )
    throw new HubError('not-found');
  const related = relatedType(request.headers['content-type']);
  if (related === null || related.type !== 'application/dicom') throw new HubError('unsupported-media');
  const studyInstanceUid = typeof request.params.study === 'string' ? request.params.study : null;

  const stored: StoredInstance[] = [];
  const failed: { reason: number; error: HubError }[] = [];
  try {
    for await (const part of relatedParts(request, related.boundary)) {
      try {
        const file = await context.hub.blobs.receive(part.body, { maxBytes: MAX_INSTANCE_BYTES });
        stored.push(
          await storeInstance(
            {
              file,
              patientId: subject.id,
              consultId: query.consultId ?? null,
              studyInstanceUid,
              confirmMismatch: query.confirmMismatch === 'true',
            },
            context,
          ),
        );
      } catch (thrown) {
        const error = asHubError(thrown);
        if (error.code === 'internal' || error.code === 'malformed') throw thrown;
        failed.push({ reason: failureReasons[error.code] ?? 0x0110, error });
        await context.audit({
          action: 'imaging:store',
          outcome: 'refused',
          code: error.code,
          subject: { type: 'patient', id: subject.id, patientId: subject.id },
        });
        // Past its limit the part's end cannot be found without reading it all.
        if (error.code === 'too-large') break;
      }
    }
  } finally {
    // Also after a line that died in between: what was stored is there, and the others may see it.
    const fresh = stored.filter((instance) => !instance.existing).map((instance) => instance.studyInstanceUid);
    await announceStudies([...new Set(fresh)], subject.id, query.consultId ?? null, context);
  }
  if (stored.length === 0 && failed.length === 0) throw new HubError('malformed', { field: 'multipart' });
  // Nothing stored and one clear reason: the problem document says more than a failure code.
  const [first] = failed;
  if (stored.length === 0 && first !== undefined && failed.every((failure) => failure.error.code === first.error.code))
    throw first.error;
  const base = `${request.baseUrl}/dicom-web`;
  response
    .status(failed.length === 0 ? 200 : stored.length === 0 ? 409 : 202)
    .type('application/dicom+json')
    .send(
      JSON.stringify({
        ...(stored.length > 0 && {
          '00081199': { vr: 'SQ', Value: stored.map((instance) => reference(instance, base)) },
        }),
        ...(failed.length > 0 && {
          '00081198': {
            vr: 'SQ',
            Value: failed.map((failure) => ({ '00081197': { vr: 'US', Value: [failure.reason] } })),
          },
        }),
      }),
    );
}

const reference = (instance: StoredInstance, base: string) => ({
  '00081150': { vr: 'UI', Value: [instance.sopClassUid] },
  '00081155': { vr: 'UI', Value: [instance.sopInstanceUid] },
  '00081190': {
    vr: 'UR',
    Value: [
      `${base}/studies/${instance.studyInstanceUid}/series/${instance.seriesInstanceUid}/instances/${instance.sopInstanceUid}`,
    ],
  },
});
