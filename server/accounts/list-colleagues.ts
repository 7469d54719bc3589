import type { ColleagueView } from '../../shared/contracts/accounts.ts';
import { clinicalRoles } from '../../shared/rules/roles.ts';
import { findPartners } from '../organisations/find-organisations.ts';
import type { ActionContext } from '../platform/context.ts';
import { findAccount, findAccountsOfOrganisations } from './find-account.ts';

/** Clinicians whom the actor can invite: of the organisations tied to their own by tree or agreement. Online first. */
export async function listColleagues(
  query: { search?: string | undefined },
  context: ActionContext,
): Promise<{ colleagues: ColleagueView[] }> {
  const partners = await findPartners(context.actor.organisationId, context);
  const names = new Map(partners.map((partner) => [partner.id, partner.name]));
  const search = query.search?.trim().toLowerCase() ?? '';
  const colleagues = (await findAccountsOfOrganisations([...names.keys()], context))
    .filter(
      (account) => account.id !== context.actor.accountId && account.roles.some((role) => clinicalRoles.includes(role)),
    )
    .map((account) => ({
      accountId: account.id,
      name: account.name,
      organisation: names.get(account.organisationId) ?? '',
      roles: account.roles,
      online: context.hub.presence.ofAccount(account.id).length > 0,
    }))
    .filter(
      (colleague) => search === '' || `${colleague.name}${colleague.organisation}`.toLowerCase().includes(search),
    );
  return { colleagues: colleagues.sort((a, b) => Number(b.online) - Number(a.online)) };
}

/** Whether this person may be invited by the actor. */
export async function isColleague(accountId: string, context: ActionContext): Promise<boolean> {
  const account = await findAccount(accountId, context);
  if (account === null || !account.roles.some((role) => clinicalRoles.includes(role))) return false;
  return (await findPartners(context.actor.organisationId, context)).some(
    (partner) => partner.id === account.organisationId,
  );
}
