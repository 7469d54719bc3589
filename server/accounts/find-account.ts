import type { Role } from '../../shared/rules/roles.ts';
import type { Store } from '../platform/store/store.ts';
import { accountRecord, type AccountFields, type Licence } from './account-record.ts';

export interface Account {
  id: string;
  username: string;
  name: string;
  organisationId: string;
  roles: Role[];
  licences: Licence[];
}

const toAccount = (fields: AccountFields): Account => ({
  id: fields._id,
  username: fields.username,
  name: fields.name,
  organisationId: fields.organisationId,
  roles: fields.roles,
  licences: fields.licences,
});

/** Null for an unknown or disabled account. */
export async function findAccount(id: string, { store }: { store: Store }): Promise<Account | null> {
  return store.recall({
    key: `account ${id}`,
    of: [accountRecord],
    find: async () => {
      const found = await store.model(accountRecord).findOne({ _id: id, disabledAt: null }).lean();
      return found === null ? null : toAccount(found);
    },
  });
}

export async function findAccountsOfOrganisations(
  organisationIds: readonly string[],
  { store }: { store: Store },
): Promise<Account[]> {
  const found = await store
    .model(accountRecord)
    .find({ organisationId: { $in: [...organisationIds] }, disabledAt: null })
    .sort({ organisationId: 1, name: 1, username: 1 })
    .lean();
  return found.map(toAccount);
}

/** The on-call people of a lead hospital. */
export async function listDeskAccounts(organisationId: string, reading: { store: Store }): Promise<Account[]> {
  return (await findAccountsOfOrganisations([organisationId], reading)).filter((account) =>
    account.roles.includes('chest-pain-on-call'),
  );
}

/** By username, also when it is disabled, for those who administer accounts. Null: nobody has that name. */
export async function findAccountNamed(
  username: string,
  { store }: { store: Store },
): Promise<(Account & { disabled: boolean }) | null> {
  const found = await store.model(accountRecord).findOne({ username: username.toLowerCase() }).lean();
  return found === null ? null : { ...toAccount(found), disabled: found.disabledAt !== null };
}

/** Also a disabled account keeps its name. */
export async function isUsernameTaken(username: string, { store }: { store: Store }): Promise<boolean> {
  return (await store.model(accountRecord).exists({ username: username.toLowerCase() })) !== null;
}
