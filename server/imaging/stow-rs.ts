import type { Request, Response } from 'express';
import { stowQuery } from '../../shared/contracts/imaging.ts';
import type { ErrorCode } from '../../shared/contracts/errors.ts';
import { patientSubject, patientSubjectOfConsult } from '../patients/patient-subject.ts';
import { decide } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { asHubError, HubError } from '../platform/errors.ts';
import { relatedParts, relatedType } from './multipart-related.ts';
import { instanceUrl, serviceUrl } from './dicom-web-address.ts';
import { announceStudies, storeInstance, type RefusedInstance, type StoredInstance } from './store-instance.ts';

/** One instance; a multi-frame ultrasound loop stays below. */
const MAX_INSTANCE_BYTES = 512 * 1024 * 1024;

/** Failure Reason (0008,1197), PS3.18 table I.2-2 and PS3.4 annex B; what has no value of its own is 0110. */
const failureReasons: Partial<Record<ErrorCode, number>> = {
  'instance-conflict': 0x0111,
  'unsupported-media': 0x0122,
  forbidden: 0x0124,
  'not-dicom': 0xc000,
  'dicom-damaged': 0xc000,
  'file-empty': 0xc000,
  'storage-full': 0xa700,
  'too-large': 0xa700,
  unavailable: 0xa700,
};

/**
 * Store transaction (PS3.18, 10.5): multipart/related with application/dicom parts. Which patient and case the
 * instances belong to stands in the query (`patientId` or `consultId`); without them the files say it. 200: all
 * stored; 202: some; 409: none.
 */
export async function stowRs(request: Request, response: Response, context: ActionContext): Promise<void> {
  const query = stowQuery.parse(request.query);
  const patientId = await permittedPatient(query, context);
  const related = relatedType(request.headers['content-type']);
  if (related === null || related.type !== 'application/dicom') throw new HubError('unsupported-media');
  const studyInstanceUid = typeof request.params.study === 'string' ? request.params.study : null;

  const stored: StoredInstance[] = [];
  const refused: RefusedInstance[] = [];
  const consultId = query.consultId ?? null;
  try {
    for await (const part of relatedParts(request, related.boundary)) {
      const outcome = await storePart(part.body);
      if (outcome.kind === 'stored') {
        stored.push(outcome);
        continue;
      }
      refused.push(outcome);
      const about = outcome.patientId;
      await context.audit({
        action: 'imaging:store',
        outcome: 'refused',
        code: outcome.error.code,
        ...(about !== null && { subject: { type: 'patient', id: about, patientId: about } }),
      });
      // Past its limit the part's end cannot be found without reading it all.
      if (outcome.error.code === 'too-large' && outcome.sopInstanceUid === null) break;
    }
  } finally {
    // Also after a line that died in between: what was stored is there, and the others may see it.
    await announceStudies(stored, consultId, context);
  }
  if (stored.length === 0 && refused.length === 0) throw new HubError('malformed', { field: 'multipart' });
  if (stored.length === 0) throwOneReason(refused, request.headers.accept ?? '');
  response
    .status(refused.length === 0 ? 200 : stored.length === 0 ? 409 : 202)
    .type('application/dicom+json')
    .send(JSON.stringify(storeInstancesResponse(stored, refused, serviceUrl(request, context))));

  async function storePart(body: AsyncIterable<Uint8Array>): Promise<StoredInstance | RefusedInstance> {
    try {
      const file = await context.hub.blobs.receive(body, { maxBytes: MAX_INSTANCE_BYTES });
      const confirmMismatch = query.confirmMismatch === 'true';
      return await storeInstance({ file, patientId, consultId, studyInstanceUid, confirmMismatch }, context);
    } catch (thrown) {
      const error = asHubError(thrown);
      if (error.code === 'internal' || error.code === 'malformed') throw thrown;
      return { kind: 'refused', error, sopClassUid: null, sopInstanceUid: null, patientId };
    }
  }
}

/** The patient whom the query names, once permitted; null where it names nobody and the actor may send so. */
async function permittedPatient(
  query: ReturnType<typeof stowQuery.parse>,
  context: ActionContext,
): Promise<string | null> {
  if (query.patientId === undefined && query.consultId === undefined) {
    const decision = decide(context.actor, 'imaging:receive');
    if (decision !== 'allow') throw new HubError(decision);
    return null;
  }
  const subject = context.permit(
    'imaging:upload',
    query.patientId !== undefined
      ? await patientSubject(query.patientId, context)
      : await patientSubjectOfConsult(query.consultId!, context),
  );
  if (
    query.consultId !== undefined &&
    !subject.audience.consults.some((consult) => consult.consultId === query.consultId)
  )
    throw new HubError('not-found');
  return subject.id;
}

/**
 * Nothing stored for one clear reason: the problem document says more than a failure code. Whoever asks for
 * application/problem+json gets it for every reason; whoever asks for DICOM JSON alone gets that; and a conflict is
 * answered by the standard unless the document is asked for, since its sender is a device.
 */
function throwOneReason(refused: readonly RefusedInstance[], accept: string): void {
  const [first] = refused;
  if (first === undefined || refused.some(({ error }) => error.code !== first.error.code)) return;
  const asked = accept.toLowerCase().includes('application/problem+json');
  const standard = accept.toLowerCase().includes('application/dicom+json') || first.error.code === 'instance-conflict';
  if (asked || !standard) throw first.error;
}

/** Store Instances Response module (PS3.18 table I.2-1). */
function storeInstancesResponse(
  stored: readonly StoredInstance[],
  refused: readonly RefusedInstance[],
  service: string,
): object {
  const studies = [...new Set(stored.map(({ studyInstanceUid }) => studyInstanceUid))];
  const unread = refused.filter(({ sopInstanceUid }) => sopInstanceUid === null);
  return {
    ...(studies.length === 1 && { '00081190': { vr: 'UR', Value: [`${service}/studies/${studies[0]}`] } }),
    ...(refused.length > 0 && {
      '00081198': {
        vr: 'SQ',
        Value: refused.map(({ error, sopClassUid, sopInstanceUid }) => ({
          ...(sopClassUid !== null && { '00081150': { vr: 'UI', Value: [sopClassUid] } }),
          ...(sopInstanceUid !== null && { '00081155': { vr: 'UI', Value: [sopInstanceUid] } }),
          '00081197': failureReason(error),
        })),
      },
    }),
    ...(stored.length > 0 && {
      '00081199': {
        vr: 'SQ',
        Value: stored.map((instance) => ({
          '00081150': { vr: 'UI', Value: [instance.sopClassUid] },
          '00081155': { vr: 'UI', Value: [instance.sopInstanceUid] },
          '00081190': { vr: 'UR', Value: [instanceUrl(service, instance)] },
        })),
      },
    }),
    // Other Failures Sequence: what bears no UIDs. It stands above as well, for clients that count one sequence only.
    ...(unread.length > 0 && {
      '0008119A': { vr: 'SQ', Value: unread.map(({ error }) => ({ '00081197': failureReason(error) })) },
    }),
  };
}

const failureReason = ({ code }: HubError) => ({ vr: 'US', Value: [failureReasons[code] ?? 0x0110] });
