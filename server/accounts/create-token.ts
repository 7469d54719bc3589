import { randomBytes } from 'node:crypto';
import { tokenScopes } from '../../shared/contracts/accounts.ts';
import type { Role } from '../../shared/rules/roles.ts';
import { policy, type Rule } from '../permissions/policy.ts';
import type { Clock } from '../platform/clock.ts';
import type { Store } from '../platform/store/store.ts';
import { tokenHash } from './find-actor.ts';
import { tokenRecord } from './token-record.ts';

export type TokenScope = (typeof tokenScopes)[number];

/** Makes a machine's token (RFC 6750). What is returned is nowhere kept and can never be shown again. */
export async function createToken(
  fields: { accountId: string; name: string; scopes: readonly TokenScope[] },
  { store, clock }: { store: Store; clock: Clock },
): Promise<string> {
  const token = `lz_${randomBytes(32).toString('base64url')}`;
  await store.model(tokenRecord).create([
    {
      _id: tokenHash(token),
      accountId: fields.accountId,
      name: fields.name,
      scopes: [...fields.scopes],
      createdAt: clock.now(),
      revokedAt: null,
    },
  ]);
  return token;
}

/** The scopes with which a machine of these roles could do anything at all; offices and administrators have none. */
export function usableScopes(roles: readonly Role[]): TokenScope[] {
  const rules: Rule[] = Object.values(policy);
  const mayUse = (scope: TokenScope) =>
    rules.some(
      ({ tokenScope, grants }) =>
        [tokenScope ?? []].flat().includes(scope) &&
        grants.some((grant) => grant.roles.some((role) => roles.includes(role))),
    );
  return tokenScopes.filter(mayUse);
}
