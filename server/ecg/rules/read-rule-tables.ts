import type { EcgRulesView, RuleTableVersionView } from '../../../shared/contracts/ecg-rules.ts';
import { defaultRuleTable } from '../../../shared/ecg/default-reading-rules.ts';
import type { Actor, ActionContext } from '../../platform/context.ts';
import { findVersionInForce, tableOfVersion } from './find-rule-table.ts';
import { ruleTableRecord, type RuleTableFields } from './rule-table-record.ts';

const longestHistory = 30;

/** The newest version of a hospital, whatever became of it. */
export function findNewestVersion(
  organisationId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<RuleTableFields | null> {
  return store.model(ruleTableRecord).findOne({ organisationId }).sort({ version: -1 }).lean<RuleTableFields | null>();
}

/** Two sign a table, and one of them is an ECG reviewer. */
export function hindranceFor(actor: Actor, draft: RuleTableFields): EcgRulesView['hindrance'] {
  if (draft.editedByAccountId === actor.accountId) return 'own-draft';
  return draft.editedByReviewer || actor.roles.includes('ecg-reviewer') ? null : 'needs-reviewer';
}

/** The rule tables of the actor's hospital: in force, the draft, and what the delivered rules have that they lack. */
export async function readRuleTables(
  _query: object,
  context: Pick<ActionContext, 'store' | 'actor'>,
): Promise<EcgRulesView> {
  const { organisationId } = context.actor;
  const inForce = await findVersionInForce(organisationId, context);
  const newest = await findNewestVersion(organisationId, context);
  const draft = newest?.state === 'draft' ? newest : null;
  const history = await context.store
    .model(ruleTableRecord)
    .find({ organisationId }, { rules: 0 })
    .sort({ version: -1 })
    .limit(longestHistory)
    .lean<Omit<RuleTableFields, 'rules'>[]>();
  return {
    inForce: inForce === null ? null : viewOfVersion(inForce),
    draft: draft === null ? null : viewOfVersion(draft),
    version: newest?.version ?? 0,
    deliveredEdition: defaultRuleTable.edition,
    news: newsFor(draft ?? inForce),
    hindrance: draft === null ? null : hindranceFor(context.actor, draft),
    history: history.map(headOf),
  };
}

function newsFor(own: RuleTableFields | null): EcgRulesView['news'] {
  if (own === null) return null;
  const ids = new Set(own.rules.rules.map(({ id }) => id));
  const missing = defaultRuleTable.rules.flatMap(({ id }) => (ids.has(id) ? [] : [id]));
  const comparedWith = own.deliveredEdition === defaultRuleTable.edition ? null : own.deliveredEdition;
  return missing.length === 0 && comparedWith === null ? null : { comparedWith, missing };
}

function headOf(fields: Omit<RuleTableFields, 'rules'>): EcgRulesView['history'][number] {
  const { version, state, edition, note, editedByName, editedAt, approvedByName, approvedAt } = fields;
  return {
    version,
    state,
    edition,
    note,
    editedByName,
    editedAt: editedAt.toISOString(),
    approvedByName,
    approvedAt: approvedAt?.toISOString() ?? null,
  };
}

const viewOfVersion = (fields: RuleTableFields): RuleTableVersionView => ({
  ...headOf(fields),
  table: tableOfVersion(fields),
});
