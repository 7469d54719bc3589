import type { RuleTable } from '../../../shared/ecg/reading-rules.ts';
import { ruleTableSchema } from '../../../shared/ecg/reading-rules.ts';
import { chinaDate } from '../../../shared/rules/china-time.ts';
import { findServed, findServingDesk } from '../../organisations/find-organisations.ts';
import type { ActionContext } from '../../platform/context.ts';
import { ruleTableRecord, type RuleTableFields } from './rule-table-record.ts';

/** The table as results cite it: its id names the hospital and the version. */
export function tableOfVersion(fields: RuleTableFields): RuleTable {
  const { organisationId, version, edition, rules, approvedByName, approvedAt } = fields;
  return {
    id: `${organisationId}/${version}`,
    edition,
    ...(approvedByName !== null && approvedAt !== null
      ? { approved: { by: approvedByName, on: chinaDate(approvedAt) } }
      : {}),
    features: rules.features,
    rules: rules.rules,
  };
}

export function findVersionInForce(
  organisationId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<RuleTableFields | null> {
  return store
    .model(ruleTableRecord)
    .findOne({ organisationId, state: 'approved' })
    .sort({ version: -1 })
    .lean<RuleTableFields | null>();
}

/**
 * By whose approved rules a new ECG is read: a hospital that reads ECGs for others uses its own, everybody else those of
 * the lead hospital that serves the patient's organisation. Null: the rules as delivered. Does not throw for what is
 * stored: an ECG must not be kept from coming in by a table.
 */
export async function findRuleTableFor(
  patientOrganisationIds: readonly string[],
  context: Pick<ActionContext, 'store' | 'clock' | 'actor' | 'hub'>,
): Promise<RuleTable | null> {
  const hospitalId = await findReadingHospital(patientOrganisationIds, context);
  const found = hospitalId === null ? null : await findVersionInForce(hospitalId, context);
  if (found === null) return null;
  const parsed = ruleTableSchema.safeParse(tableOfVersion(found));
  if (parsed.success) return parsed.data;
  context.hub.log.error({ organisationId: hospitalId, version: found.version }, 'a stored ECG rule table is not valid');
  return null;
}

async function findReadingHospital(
  patientOrganisationIds: readonly string[],
  context: Pick<ActionContext, 'store' | 'clock' | 'actor'>,
): Promise<string | null> {
  const own = context.actor.organisationId;
  if ((await findServed(own, 'ecg', context)).length > 0) return own;
  for (const organisationId of patientOrganisationIds) {
    const desk = await findServingDesk(organisationId, 'ecg', context);
    if (desk !== null) return desk.organisationId;
  }
  return patientOrganisationIds[0] ?? null;
}
