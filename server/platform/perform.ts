import { createHash } from 'node:crypto';
import type { Permission } from '../permissions/policy.ts';
import type { ActionContext, Subject } from './context.ts';
import { asHubError, HubError } from './errors.ts';
import { idempotencyRecord } from './idempotency-record.ts';
import { permit } from './make-context.ts';

/** A request, parsed already, on its way to its action. */
export interface Performance<Payload, Reply> {
  name: string;
  kind: 'query' | 'command' | 'signal';
  permission: Permission;
  payload: Payload;
  idempotencyKey?: string | undefined;
  subject?: ((payload: Payload, context: ActionContext) => Promise<Subject | null>) | undefined;
  run: (payload: Payload, context: ActionContext) => Promise<Reply>;
}

/**
 * Permit, act, audit: the one path of every request, from sockets and from HTTP. A command is one transaction with
 * its audit entry, its notices and its remembered answer; a query's audit entry is durable before its answer leaves.
 * Refusals are audited too.
 */
export async function perform<Payload, Reply>(
  request: Performance<Payload, Reply>,
  context: ActionContext,
): Promise<Reply> {
  const { hub, actor } = context;
  let subject: Subject | null = null;
  const note = (outcome: 'done' | 'refused' | 'failed', code?: string) =>
    context.audit({
      action: request.name,
      outcome,
      subject: subject === null ? undefined : { type: subject.type, id: subject.id, patientId: subject.patientId },
      code,
    });
  const permitAndRun = async () => {
    subject = request.subject === undefined ? null : await request.subject(request.payload, context);
    permit(actor, request.permission, subject);
    return request.run(request.payload, context);
  };
  const endTimer = hub.metrics.requestSeconds.startTimer({ request: request.name });
  try {
    let reply: Reply;
    if (request.kind === 'signal') reply = await permitAndRun();
    else if (request.kind === 'query') {
      reply = await permitAndRun();
      await note('done');
    } else {
      reply = await context.commit(async () => {
        const known = await rememberedReply(request, context);
        if (known !== undefined) return known.reply as Reply;
        const made = await permitAndRun();
        await note('done');
        await rememberReply(request, made, context);
        return made;
      });
    }
    hub.metrics.requests.inc({ request: request.name, result: 'ok' });
    return reply;
  } catch (thrown) {
    const error = asHubError(thrown);
    hub.metrics.requests.inc({ request: request.name, result: error.code });
    if (error.code === 'internal') hub.log.error({ err: thrown, request: request.name }, 'request failed');
    if (request.kind !== 'signal' || error.code === 'forbidden' || error.code === 'not-found') {
      await note(error.code === 'internal' ? 'failed' : 'refused', error.code).catch((auditError: unknown) =>
        hub.log.error({ err: auditError, request: request.name }, 'a refusal could not be audited'),
      );
    }
    throw error;
  } finally {
    endTimer();
  }
}

type AnyPerformance = Pick<Performance<unknown, unknown>, 'name' | 'payload' | 'idempotencyKey'>;

const payloadHash = (payload: unknown) => createHash('sha256').update(JSON.stringify(payload)).digest('hex');

async function rememberedReply(request: AnyPerformance, context: ActionContext) {
  if (request.idempotencyKey === undefined) return undefined;
  const known = await context.store
    .model(idempotencyRecord)
    .findById(`${context.actor.accountId}:${request.idempotencyKey}`)
    .lean();
  if (known === null) return undefined;
  if (known.request !== request.name || known.payloadSha256 !== payloadHash(request.payload))
    throw new HubError('key-reused');
  return known;
}

async function rememberReply(request: AnyPerformance, reply: unknown, context: ActionContext) {
  if (request.idempotencyKey === undefined) return;
  await context.store.model(idempotencyRecord).create([
    {
      _id: `${context.actor.accountId}:${request.idempotencyKey}`,
      request: request.name,
      payloadSha256: payloadHash(request.payload),
      reply,
      at: context.clock.now(),
    },
  ]);
}
