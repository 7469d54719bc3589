import express, { type Request, type Response } from 'express';
import { createTokenPayload, signInPayload, type SessionView } from '../../shared/contracts/accounts.ts';
import { demonstrationAccounts, DEMONSTRATION_PASSWORD } from './demonstration-accounts.ts';
import { findOrganisation } from '../organisations/find-organisations.ts';
import type { Hub } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import type { Route } from '../platform/http/routes.ts';
import { SESSION_COOKIE } from '../platform/sessions/session-store.ts';
import type { Store } from '../platform/store/store.ts';
import { createToken } from './create-token.ts';
import { findAccount, type Account } from './find-account.ts';
import { signIn } from './sign-in.ts';

const json = express.json({ limit: '16kb' });
const readJson = (request: Request, response: Response) =>
  new Promise<unknown>((resolve, reject) =>
    json(request, response, (thrown: unknown) => (thrown ? reject(thrown) : resolve(request.body ?? {}))),
  );
const settle = (step: (done: (error?: unknown) => void) => void) =>
  new Promise<void>((resolve, reject) => step((error) => (error ? reject(error) : resolve())));

async function viewOf(account: Account, store: Store): Promise<SessionView> {
  const organisation = await findOrganisation(account.organisationId, { store });
  if (organisation === null) throw new HubError('internal');
  return {
    username: account.username,
    name: account.name,
    organisation: { id: organisation.id, name: organisation.name, kind: organisation.kind },
    roles: account.roles,
    accountId: account.id,
  };
}

/** `endSession` cuts the windows of a session that is over. */
export function accountRoutes(endSession: (sessionId: string, reason: 'signed-out' | 'replaced') => void): Route[] {
  return [
    {
      method: 'post',
      path: '/api/session',
      summary: 'Sign in.',
      permission: 'open',
      async handle(request, response, hub: Hub) {
        const command = signInPayload.parse(await readJson(request, response));
        const account = await signIn(command, hub, request.ip ?? '');
        const before = request.session.accountId === undefined ? null : request.sessionID;
        // A new id at every sign-in, so that an id planted before it is worth nothing (OWASP session fixation).
        await settle((done) => request.session.regenerate(done));
        request.session.accountId = account._id;
        await settle((done) => request.session.save(done));
        if (before !== null) endSession(before, 'replaced');
        response.json(await viewOf((await findAccount(account._id, hub))!, hub.store));
      },
    },
    {
      method: 'get',
      path: '/api/session',
      summary: 'Who is signed in.',
      permission: 'session:own',
      async handle(_request, response, context) {
        const account = await findAccount(context.actor.accountId, context);
        if (account === null) throw new HubError('unauthenticated');
        response.json(await viewOf(account, context.store));
      },
    },
    {
      method: 'delete',
      path: '/api/session',
      summary: 'Sign out.',
      permission: 'session:own',
      async handle(request, response, context) {
        const { sessionID } = request;
        await context.audit({ action: 'session:sign-out', outcome: 'done' });
        await settle((done) => request.session.destroy(done));
        endSession(sessionID, 'signed-out');
        response.clearCookie(SESSION_COOKIE, { path: '/' }).status(204).end();
      },
    },
    {
      method: 'post',
      path: '/api/tokens',
      summary: 'Make a token for a machine; it is shown once.',
      permission: 'token:create',
      async handle(request, response, context) {
        const command = createTokenPayload.parse(await readJson(request, response));
        const token = await context.commit(async () => {
          const made = await createToken({ ...command, accountId: context.actor.accountId }, context);
          await context.audit({
            action: 'token:create',
            outcome: 'done',
            details: { scopes: command.scopes.join(' ') },
          });
          return made;
        });
        response.status(201).json({ token });
      },
    },
    {
      method: 'get',
      path: '/api/demonstration',
      summary: 'The demonstration accounts, in demonstration mode only.',
      permission: 'open',
      async handle(_request, response, hub) {
        const accounts = hub.config.demonstration ? await demonstrationAccounts(hub) : [];
        response.json(
          accounts.length === 0
            ? { active: false, accounts: [] }
            : { active: true, password: DEMONSTRATION_PASSWORD, accounts },
        );
      },
    },
  ];
}
