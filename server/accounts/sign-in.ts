import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Hub } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { accountRecord, type AccountFields } from './account-record.ts';
import { passwordMatches } from './passwords.ts';

/** Failed tries per name and per address; a right password is never counted. */
const byName = new RateLimiterMemory({ points: 10, duration: 300 });
const byAddress = new RateLimiterMemory({ points: 100, duration: 300 });

/** The try that is under way for each name: the next waits for it, or guesses sent all at once would pass uncounted. */
const underWay = new Map<string, Promise<unknown>>();

/** The account that name and password open; audited either way. Throws wrong-credentials or too-many-requests. */
export async function signIn(
  command: { username: string; password: string },
  hub: Hub,
  address: string,
): Promise<AccountFields> {
  const username = command.username.toLowerCase();
  const before = underWay.get(username) ?? Promise.resolve();
  const attempt = before.then(
    () => tryPassword(command, hub, address),
    () => tryPassword(command, hub, address),
  );
  underWay.set(username, attempt);
  try {
    return await attempt;
  } finally {
    if (underWay.get(username) === attempt) underWay.delete(username);
  }
}

async function tryPassword(
  command: { username: string; password: string },
  hub: Hub,
  address: string,
): Promise<AccountFields> {
  const username = command.username.toLowerCase();
  const audit = (outcome: 'done' | 'refused', code?: string) =>
    hub.appendAudit(null, { action: 'session:sign-in', outcome, code, details: { username } });
  for (const [limiter, key] of [
    [byName, username],
    [byAddress, address],
  ] as const) {
    const state = await limiter.get(key);
    if (state !== null && state.remainingPoints <= 0) {
      await audit('refused', 'too-many-requests');
      throw new HubError('too-many-requests', { retryAfterSeconds: Math.ceil(state.msBeforeNext / 1000) });
    }
  }
  const account = await hub.store.model(accountRecord).findOne({ username, disabledAt: null }).lean();
  if (!(await passwordMatches(account?.passwordHash ?? null, command.password)) || account === null) {
    await Promise.all([byName.consume(username), byAddress.consume(address)]).catch((thrown: unknown) => {
      if (!(thrown instanceof RateLimiterRes)) throw thrown;
    });
    await audit('refused', 'wrong-credentials');
    throw new HubError('wrong-credentials');
  }
  await byName.delete(username);
  await audit('done');
  return account;
}
