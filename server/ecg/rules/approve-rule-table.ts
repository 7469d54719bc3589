import type { RequestPayload, RequestReply } from '../../../shared/contracts/registry.ts';
import { rooms, type ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { findNewestVersion, hindranceFor } from './read-rule-tables.ts';
import { ruleTableRecord, type RuleTableFields } from './rule-table-record.ts';

/**
 * Puts the draft in force for the ECGs that come from now on. Throws same-signer for its last editor, forbidden where
 * neither of the two is a reviewer, conflict where there is no draft, version-conflict where it is another one.
 */
export async function approveRuleTable(
  { version }: RequestPayload<'ecg-rules:approve'>,
  context: ActionContext,
): Promise<RequestReply<'ecg-rules:approve'>> {
  const draft = await findDraft(version, context);
  const hindrance = hindranceFor(context.actor, draft);
  if (hindrance !== null) throw new HubError(hindrance === 'own-draft' ? 'same-signer' : 'forbidden');
  await endDraft(draft, 'approved', context);
  return { version };
}

/** Drops the draft; the next one starts from what is in force. Throws conflict, version-conflict. */
export async function discardRuleTable(
  { version }: RequestPayload<'ecg-rules:discard'>,
  context: ActionContext,
): Promise<RequestReply<'ecg-rules:discard'>> {
  await endDraft(await findDraft(version, context), 'discarded', context);
  return { version };
}

async function findDraft(version: number, context: ActionContext): Promise<RuleTableFields> {
  const newest = await findNewestVersion(context.actor.organisationId, context);
  if ((newest?.version ?? 0) !== version) throw new HubError('version-conflict');
  if (newest?.state !== 'draft') throw new HubError('conflict');
  return newest;
}

async function endDraft(
  draft: RuleTableFields,
  state: 'approved' | 'discarded',
  context: ActionContext,
): Promise<void> {
  const { organisationId, accountId, name } = context.actor;
  const signature =
    state === 'approved'
      ? { approvedByAccountId: accountId, approvedByName: name, approvedAt: context.clock.now() }
      : {};
  const changed = await context.store
    .model(ruleTableRecord)
    .updateOne({ _id: draft._id, state: 'draft' }, { $set: { state, ...signature } });
  if (changed.modifiedCount === 0) throw new HubError('version-conflict');
  const { version } = draft;
  await context.audit({
    action: state === 'approved' ? 'ecg-rules:put-in-force' : 'ecg-rules:drop-draft',
    outcome: 'done',
    subject: { type: 'organisation', id: organisationId },
    details: { version, rules: draft.rules.rules.length },
  });
  await context.notify([rooms.organisation(organisationId)], 'ecg-rules:changed', { organisationId, version });
}
