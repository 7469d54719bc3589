import { createTokenPayload, tokenScopes } from '../../shared/contracts/accounts.ts';
import { createToken, usableScopes, type TokenScope } from '../accounts/create-token.ts';
import { findAccountNamed } from '../accounts/find-account.ts';
import type { openAudit } from '../audit/append-audit.ts';
import type { Clock } from '../platform/clock.ts';
import { systemActor } from '../platform/make-context.ts';
import type { Store } from '../platform/store/store.ts';
import { CommandError } from './command-error.ts';

/** What stood after create-token. */
export interface TokenWish {
  username?: string | undefined;
  /** What the machine is called. */
  name?: string | undefined;
  /** Scopes with commas between them. */
  scopes?: string | undefined;
}

/**
 * Makes a token for a machine that acts as this account; the entry in the trail is the system's.
 * Throws CommandError for what is missing or unknown, a disabled account, and one whose roles could do nothing with it.
 */
export async function createTokenFor(
  wish: TokenWish,
  { store, clock, append }: { store: Store; clock: Clock; append: ReturnType<typeof openAudit> },
): Promise<string> {
  const { username } = wish;
  if (username === undefined || username === '') throw new CommandError('--username NAME is required.');
  const name = createTokenPayload.shape.name.safeParse(wish.name);
  if (!name.success)
    throw new CommandError('--name TEXT is required: what the machine is called, at most 80 characters.');
  const scopes = readScopes(wish.scopes);
  const account = await findAccountNamed(username, { store });
  if (account === null) throw new CommandError(`There is no account ${username}.`);
  if (account.disabled) throw new CommandError(`The account ${account.username} is disabled.`);
  const usable = usableScopes(account.roles);
  const useless = scopes.filter((scope) => !usable.includes(scope));
  if (useless.length > 0)
    throw new CommandError(
      `The roles of ${account.username} (${account.roles.join(', ')}) allow no token for ${useless.join(', ')}.`,
    );
  return store.transaction(async () => {
    const token = await createToken({ accountId: account.id, name: name.data, scopes }, { store, clock });
    await append(systemActor, {
      action: 'token:create',
      outcome: 'done',
      subject: { type: 'account', id: account.id },
      details: { username: account.username, name: name.data, scopes: scopes.join(' ') },
    });
    return token;
  });
}

function readScopes(given: string | undefined): TokenScope[] {
  const words = new Set((given ?? '').split(/[\s,]+/).filter((word) => word !== ''));
  if (words.size === 0) throw new CommandError(`--scopes is required: one or more of ${tokenScopes.join(',')}.`);
  const unknown = [...words].filter((word) => !tokenScopes.some((scope) => scope === word));
  if (unknown.length > 0)
    throw new CommandError(`Unknown scope ${unknown.join(', ')}; there are ${tokenScopes.join(', ')}.`);
  return tokenScopes.filter((scope) => words.has(scope));
}
