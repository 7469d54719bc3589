import { decide, type Audience, type PolicyActor } from '../permissions/policy.ts';

/**
 * A study's audience as words that an index can hold: `own:` organisations, `lead:` organisations and `guest:`
 * accounts of its consults. What is found by them is still decided on the audience itself.
 */
export const readersOf = ({ organisationIds, consults }: Audience): string[] => [
  ...new Set([
    ...organisationIds.map((id) => `own:${id}`),
    ...consults.flatMap((consult) => [
      ...consult.organisationIds.map((id) => `lead:${id}`),
      ...consult.accountIds.map((id) => `guest:${id}`),
    ]),
  ]),
];

/** The words under which the actor may find studies, by what the policy grants to each relation. */
export function readerWordsOf(actor: PolicyActor): string[] {
  const { organisationId, accountId } = actor;
  const consult = { consultId: '', organisationIds: [], accountIds: [] };
  const relations: [string, Audience][] = [
    [`own:${organisationId}`, { organisationIds: [organisationId], consults: [] }],
    [`lead:${organisationId}`, { organisationIds: [], consults: [{ ...consult, organisationIds: [organisationId] }] }],
    [`guest:${accountId}`, { organisationIds: [], consults: [{ ...consult, accountIds: [accountId] }] }],
  ];
  return relations.filter(([, audience]) => decide(actor, 'imaging:read', audience) === 'allow').map(([word]) => word);
}
