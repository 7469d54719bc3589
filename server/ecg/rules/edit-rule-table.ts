import type { RequestPayload, RequestReply } from '../../../shared/contracts/registry.ts';
import { defaultRuleTable } from '../../../shared/ecg/default-reading-rules.ts';
import { changeCount, changesBetween, withEditions } from '../../../shared/ecg/rule-changes.ts';
import { rooms, type ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { newId } from '../../platform/store/store.ts';
import { findVersionInForce } from './find-rule-table.ts';
import { findNewestVersion } from './read-rule-tables.ts';
import { ruleTableRecord } from './rule-table-record.ts';

/** Ids for the audit trail, so many that an entry stays small; the count beside them is whole. */
const named = (ids: readonly string[]): string => ids.slice(0, 60).join(' ');

/**
 * Saves a draft of the hospital's rules as a new version, on top of the newest one that the editor has seen. What is in
 * force stays as it is. Throws version-conflict.
 */
export async function editRuleTable(
  { version, table, edition, note, comparedWithDelivered }: RequestPayload<'ecg-rules:edit'>,
  context: ActionContext,
): Promise<RequestReply<'ecg-rules:edit'>> {
  const { organisationId, accountId, name, roles } = context.actor;
  const newest = await findNewestVersion(organisationId, context);
  if ((newest?.version ?? 0) !== version) throw new HubError('version-conflict');
  const inForce = await findVersionInForce(organisationId, context);
  const origins = inForce === null ? [defaultRuleTable] : [inForce.rules, defaultRuleTable];
  const rules = withEditions(table, origins, edition);
  const before = newest?.state === 'draft' ? newest : inForce;
  const made = version + 1;
  const deliveredEdition = comparedWithDelivered ? null : before?.deliveredEdition;
  await context.store.model(ruleTableRecord).create([
    {
      _id: newId(),
      organisationId,
      version: made,
      state: 'draft',
      edition,
      note,
      rules,
      deliveredEdition: deliveredEdition ?? defaultRuleTable.edition,
      editedByAccountId: accountId,
      editedByName: name,
      editedByReviewer: roles.includes('ecg-reviewer'),
      editedAt: context.clock.now(),
    },
  ]);
  const changes = changesBetween(inForce?.rules ?? defaultRuleTable, rules);
  await context.audit({
    action: 'ecg-rules:save-draft',
    outcome: 'done',
    subject: { type: 'organisation', id: organisationId },
    details: {
      version: made,
      changes: changeCount(changes),
      changed: named(changes.changed),
      added: named(changes.added),
      removed: named(changes.removed),
      features: changes.features,
    },
  });
  await context.notify([rooms.organisation(organisationId)], 'ecg-rules:changed', { organisationId, version: made });
  return { version: made };
}
