import { createHash } from 'node:crypto';
import { findOrganisation } from '../organisations/find-organisations.ts';
import type { Actor } from '../platform/context.ts';
import type { Store } from '../platform/store/store.ts';
import { findAccount } from './find-account.ts';
import { tokenRecord } from './token-record.ts';

export const tokenHash = (token: string) => createHash('sha256').update(token).digest('hex');

/** Who sends a request: by bearer token (RFC 6750) if one is given, else by the session. Null: nobody is signed in. */
export async function findActor(
  credentials: { authorization: string | undefined; accountId: string | undefined; sessionId: string | undefined },
  reading: { store: Store },
): Promise<Actor | null> {
  const bearer = /^Bearer ([\w-]{20,200})$/i.exec(credentials.authorization ?? '')?.[1];
  let accountId = credentials.accountId;
  let scopes: string[] | undefined;
  if (credentials.authorization !== undefined) {
    if (bearer === undefined) return null;
    const _id = tokenHash(bearer);
    const token = await reading.store.recall({
      key: `token ${_id}`,
      of: [tokenRecord],
      find: () => reading.store.model(tokenRecord).findOne({ _id, revokedAt: null }).lean(),
    });
    if (token === null) return null;
    accountId = token.accountId;
    scopes = token.scopes;
  }
  if (accountId === undefined) return null;
  const account = await findAccount(accountId, reading);
  if (account === null) return null;
  const organisation = await findOrganisation(account.organisationId, reading);
  return {
    accountId: account.id,
    username: account.username,
    name: account.name,
    organisationId: account.organisationId,
    organisationName: organisation?.name ?? '',
    roles: account.roles,
    sessionId: scopes === undefined ? credentials.sessionId : undefined,
    scopes,
  };
}
