import { findOrganisations } from '../organisations/find-organisations.ts';
import type { Role } from '../../shared/rules/roles.ts';
import type { Store } from '../platform/store/store.ts';
import { accountRecord } from './account-record.ts';

export const DEMONSTRATION_PASSWORD = 'lianzhen-demo';

/** The accounts of the invented county; empty where it was not created. */
export async function demonstrationAccounts({
  store,
}: {
  store: Store;
}): Promise<{ username: string; name: string; organisation: string; roles: Role[] }[]> {
  const accounts = await store
    .model(accountRecord)
    .find({ demonstration: true, disabledAt: null })
    .sort({ _id: 1 })
    .lean();
  const organisations = await findOrganisations([...new Set(accounts.map((account) => account.organisationId))], {
    store,
  });
  const names = new Map(organisations.map((organisation) => [organisation.id, organisation.name]));
  return accounts.map((account) => ({
    username: account.username,
    name: account.name,
    organisation: names.get(account.organisationId) ?? '',
    roles: account.roles,
  }));
}
