import type { Request, Response } from 'express';
import { stowQuery } from '../../shared/contracts/imaging.ts';
import type { ErrorCode } from '../../shared/contracts/errors.ts';
import type { Chunks, StagedBlob } from '../platform/blobs/blob-store.ts';
import type { ActionContext } from '../platform/context.ts';
import { asHubError, HubError } from '../platform/errors.ts';
import { inParallel } from './in-parallel.ts';
import { relatedParts, relatedType } from './multipart-related.ts';
import { instanceUrl, serviceUrl } from './dicom-web-address.ts';
import { MAX_INSTANCE_BYTES, permitImages } from './permit-images.ts';
import { announceStudies, storeInstance, type RefusedInstance, type StoredInstance } from './store-instance.ts';

/** Instances of one request that are read and made durable at a time: what is ready together is committed together. */
const AT_ONCE = 16;

/** Failure Reason (0008,1197), PS3.18 table I.2-2 and PS3.4 annex B; what has no value of its own is 0110. */
const failureReasons: Partial<Record<ErrorCode, number>> = {
  'instance-conflict': 0x0111,
  'unsupported-media': 0x0122,
  forbidden: 0x0124,
  'not-dicom': 0xc000,
  'dicom-damaged': 0xc000,
  'not-an-ecg': 0xc000,
  'ecg-damaged': 0xc000,
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
  const patientId = await permitImages(query, context);
  const related = relatedType(request.headers['content-type']);
  if (related === null || related.type !== 'application/dicom') throw new HubError('unsupported-media');
  const studyInstanceUid = typeof request.params.study === 'string' ? request.params.study : null;

  const outcomes: (StoredInstance | RefusedInstance)[] = [];
  const consultId = query.consultId ?? null;
  const confirmMismatch = query.confirmMismatch === 'true';
  const ofKind = <Kind extends 'stored' | 'refused'>(kind: Kind) =>
    outcomes.filter((one): one is Extract<typeof one, { kind: Kind }> => one?.kind === kind);
  const work = inParallel(AT_ONCE);
  try {
    for await (const part of relatedParts(request.iterator({ destroyOnReturn: false }), related.boundary)) {
      const place = outcomes.length;
      outcomes.length += 1;
      await work.room();
      const body = await inHand(part.body);
      const large = body.whole ? null : await receivePart(body.chunks);
      // While one is written, read and made durable, the next one comes in.
      work.begin(async () => {
        const file = large ?? (await receivePart(takeOut(body.chunks)));
        const command = { patientId, consultId, studyInstanceUid, confirmMismatch };
        outcomes[place] = await audited('path' in file ? await storeInstance({ file, ...command }, context) : file);
      });
      // Refused in its middle, a part's end cannot be found without reading it all.
      if (large !== null && !('path' in large)) break;
    }
    await work.end();
  } finally {
    letGoOfRest(request, response);
    await work.settle();
    // Also after a line that died in between: what was stored is there, and the others may see it.
    await announceStudies(ofKind('stored'), consultId, context);
  }
  const [stored, refused] = [ofKind('stored'), ofKind('refused')];
  if (stored.length === 0 && refused.length === 0) throw new HubError('malformed', { field: 'multipart' });
  if (stored.length === 0) throwOneReason(refused, request.headers.accept ?? '');
  response
    .status(refused.length === 0 ? 200 : stored.length === 0 ? 409 : 202)
    .type('application/dicom+json')
    .send(JSON.stringify(storeInstancesResponse(stored, refused, serviceUrl(request, context))));

  async function receivePart(body: Chunks): Promise<StagedBlob | RefusedInstance> {
    try {
      return await context.hub.blobs.receive(body, { maxBytes: MAX_INSTANCE_BYTES });
    } catch (thrown) {
      const error = asHubError(thrown);
      if (error.code === 'internal' || error.code === 'malformed') throw thrown;
      return { kind: 'refused', error, sopClassUid: null, sopInstanceUid: null, patientId };
    }
  }

  async function audited<Outcome extends StoredInstance | RefusedInstance>(outcome: Outcome): Promise<Outcome> {
    if (outcome.kind === 'refused') {
      const about = outcome.patientId;
      await context.audit({
        action: 'imaging:store',
        outcome: 'refused',
        code: outcome.error.code,
        ...(about !== null && { subject: { type: 'patient', id: about, patientId: about } }),
      });
    }
    return outcome;
  }
}

/** A part of at most so much is taken off the line whole: the line need not wait for the disk. */
const IN_HAND_BYTES = 1024 * 1024;
const MOST_CHUNKS = 1000;

type InHand = { whole: true; chunks: Uint8Array[] } | { whole: false; chunks: AsyncIterable<Uint8Array> };

/** All of them, which nobody else holds from then on: their memory is free once they are written. */
const takeOut = (chunks: InHand['chunks']): Chunks => (Array.isArray(chunks) ? chunks.splice(0) : chunks);

/** What has been read of a body, and how to read the rest where it is larger. */
async function inHand(body: AsyncIterable<Uint8Array>): Promise<InHand> {
  const rest = body[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  for (let bytes = 0; bytes <= IN_HAND_BYTES;) {
    const next = await rest.next();
    if (next.done === true) return { whole: true, chunks: read };
    bytes += next.value.length;
    read.push(next.value);
    // A sender of single bytes would make a million of them.
    if (read.length === MOST_CHUNKS) read.splice(0, MOST_CHUNKS, Buffer.concat(read));
  }
  const all = async function* () {
    yield* read;
    yield* { [Symbol.asyncIterator]: () => rest };
  };
  return { whole: false, chunks: all() };
}

/** How long the rest of a refused body may still come, so that its sender reads the answer before the line closes. */
const REST_MS = 2000;

/** A body that nobody reads to its end would hold its connection for ever. */
function letGoOfRest(request: Request, response: Response): void {
  if (request.complete || request.destroyed) return;
  response.setHeader('Connection', 'close');
  request.resume();
  const end = setTimeout(() => request.destroy(), REST_MS);
  request.once('close', () => clearTimeout(end));
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
  const images = stored.filter(({ ecg }) => ecg === null);
  const studies = [...new Set(images.map(({ studyInstanceUid }) => studyInstanceUid))];
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
          // An ECG stands in no study: there is no address to retrieve it by.
          '00081190': { vr: 'UR', ...(instance.ecg === null && { Value: [instanceUrl(service, instance)] }) },
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
