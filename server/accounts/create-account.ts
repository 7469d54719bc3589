import type { Role } from '../../shared/rules/roles.ts';
import type { Clock } from '../platform/clock.ts';
import { newId, type Store } from '../platform/store/store.ts';
import { accountRecord, type Licence } from './account-record.ts';
import { hashPassword } from './passwords.ts';

export async function createAccount(
  fields: {
    username: string;
    name: string;
    organisationId: string;
    roles: Role[];
    password: string;
    licences?: Licence[];
    demonstration?: boolean;
  },
  { store, clock }: { store: Store; clock: Clock },
): Promise<string> {
  const _id = newId();
  await store.model(accountRecord).create([
    {
      _id,
      username: fields.username.toLowerCase(),
      name: fields.name,
      organisationId: fields.organisationId,
      roles: fields.roles,
      passwordHash: await hashPassword(fields.password),
      licences: fields.licences ?? [],
      language: 'zh-CN',
      disabledAt: null,
      demonstration: fields.demonstration ?? false,
      createdAt: clock.now(),
    },
  ]);
  return _id;
}

export async function countAccounts({ store }: { store: Store }): Promise<number> {
  return store.model(accountRecord).countDocuments({});
}
