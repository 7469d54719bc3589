import { describe, expect, test } from '@jest/globals';
import {
  decide,
  policy,
  type Audience,
  type Permission,
  type PolicyActor,
  type Rule,
} from '../../../server/permissions/policy.ts';
import { slices } from '../../../server/app.ts';
import { checkRoutes, type Route } from '../../../server/platform/http/routes.ts';
import { checkEvents, type EventTable } from '../../../server/platform/socket/events.ts';
import { tokenScopes } from '../../../shared/contracts/accounts.ts';
import { roles } from '../../../shared/rules/roles.ts';

const table: Record<string, Rule> = policy;
const permissions = Object.keys(policy) as Permission[];
const recordPermissions = permissions.filter((permission) => table[permission]!.scope === 'record');

const me = { accountId: 'a-me', organisationId: 'o-mine' };
const consult = { consultId: 'c', organisationIds: ['o-other'], accountIds: ['a-other'] };
const audiences: Record<'own' | 'consult-organisation' | 'participant' | 'foreign', Audience> = {
  own: { organisationIds: [me.organisationId], consults: [] },
  'consult-organisation': {
    organisationIds: ['o-other'],
    consults: [consult, { ...consult, organisationIds: ['o-other', me.organisationId] }],
  },
  participant: { organisationIds: ['o-other'], consults: [consult, { ...consult, accountIds: [me.accountId] }] },
  foreign: { organisationIds: ['o-other'], consults: [consult] },
};
const relations = Object.keys(audiences) as (keyof typeof audiences)[];

const actor = (held: PolicyActor['roles'], scopes?: string[]): PolicyActor => ({
  ...me,
  roles: held,
  ...(scopes && { scopes }),
});
const granted = (permission: Permission, role: string, relation: string) =>
  table[permission]!.grants.some(
    (grant) => grant.roles.some((one) => one === role) && grant.relations.some((one) => one === relation),
  );

describe('the matrix', () => {
  test('[PE1] of every permission, role and relation the decision is what is granted', () => {
    const wrong: string[] = [];
    let cells = 0;
    for (const permission of permissions)
      for (const role of roles)
        for (const relation of relations) {
          const { scope, grants } = table[permission]!;
          const expected =
            scope === 'open'
              ? 'allow'
              : scope === 'self'
                ? grants.some((grant) => grant.roles.includes(role))
                  ? 'allow'
                  : 'forbidden'
                : granted(permission, role, relation)
                  ? 'allow'
                  : granted('consult:read', role, relation)
                    ? 'forbidden'
                    : 'not-found';
          const decision = decide(actor([role]), permission, audiences[relation]);
          cells += 1;
          if (decision !== expected) wrong.push(`${permission} ${role} ${relation}: ${decision}, not ${expected}`);
        }
    expect(wrong).toEqual([]);
    expect(cells).toBe(permissions.length * roles.length * relations.length);
  });

  test.each(permissions.filter((permission) => permission !== 'open'))(
    '[PE1] %s is denied to nobody, to people without a role, and without a record',
    (permission) => {
      expect(decide(null, permission, audiences.own)).toBe('unauthenticated');
      for (const relation of relations) expect(decide(actor([]), permission, audiences[relation])).not.toBe('allow');
      if (table[permission]!.scope === 'record') expect(decide(actor(roles), permission)).toBe('not-found');
    },
  );

  test.each(recordPermissions)(
    '[PE2] a foreign record does not exist for %s, not even with every role',
    (permission) => {
      for (const role of roles) expect(decide(actor([role]), permission, audiences.foreign)).toBe('not-found');
      expect(decide(actor(roles), permission, audiences.foreign)).toBe('not-found');
      expect(decide(actor(roles), permission, { organisationIds: [], consults: [] })).toBe('not-found');
    },
  );

  test('[PE2] two relations that grant nothing each grant nothing together', () => {
    const audience = { organisationIds: [me.organisationId], consults: audiences['consult-organisation'].consults };
    // Own clinic and lead hospital at once: a clinic's doctor still does not do the desk's part.
    expect(decide(actor(['township-doctor']), 'referral:decide', audience)).toBe('forbidden');
  });

  test('[PE3] offices and administrators are granted nothing about a patient', () => {
    const harmless: Permission[] = ['open', 'session:own', 'token:create'];
    for (const role of ['community-manager', 'administrator'] as const)
      for (const permission of permissions)
        for (const relation of relations)
          expect([permission, decide(actor([role]), permission, audiences[relation]) === 'allow']).toEqual([
            permission,
            harmless.includes(permission),
          ]);
  });

  test('[PE4] a token reaches only the permissions that name its scope', () => {
    for (const scope of tokenScopes)
      for (const permission of permissions) {
        if (permission === 'open') continue;
        const allowed = decide(actor(roles, [scope]), permission, audiences.own) === 'allow';
        expect([scope, permission, allowed]).toEqual([
          scope,
          permission,
          [table[permission]!.tokenScope ?? []].flat().includes(scope),
        ]);
        // A token never does more than its person.
        if (table[permission]!.scope === 'record')
          expect(decide(actor(roles, [scope]), permission, audiences.foreign)).not.toBe('allow');
      }
    for (const permission of recordPermissions)
      expect(decide(actor(roles, []), permission, audiences.own)).toBe('forbidden');
  });
});

describe('what is declared at start-up', () => {
  const mounted = slices(() => undefined);
  const events = () => Object.assign({}, ...mounted.map((slice) => slice.events ?? {})) as EventTable;
  const route = (fields: object): Route =>
    ({
      method: 'get',
      path: '/api/x',
      summary: 'x',
      permission: 'open',
      handle: async () => undefined,
      ...fields,
    }) as Route;

  test('[PE6] the slices as they stand are accepted', () => {
    expect(() => checkEvents(events())).not.toThrow();
    expect(() => checkRoutes(mounted.flatMap((slice) => slice.routes ?? []))).not.toThrow();
  });

  test('[PE6] events without handler, permission or record, and undeclared ones, are refused', () => {
    const { 'alarm:accept': accept, ...missing } = events();
    expect(() => checkEvents(missing)).toThrow('alarm:accept has no handler');
    const changed = (fields: object) => ({ ...events(), 'alarm:accept': { ...accept, ...fields } }) as EventTable;
    expect(() => checkEvents(changed({ permission: undefined }))).toThrow('declares no known permission');
    expect(() => checkEvents(changed({ permission: 'toString' }))).toThrow('declares no known permission');
    expect(() => checkEvents(changed({ subject: undefined }))).toThrow('alarm:accept names no record');
    expect(() => checkEvents({ ...events(), 'alarm:undo': accept } as EventTable)).toThrow(
      'alarm:undo is in no contract',
    );
  });

  test('[PE6] routes without permission or record, and doubles, are refused', () => {
    expect(() => checkRoutes([route({})])).not.toThrow();
    expect(() => checkRoutes([route({}), route({})])).toThrow('declared twice');
    expect(() => checkRoutes([route({ permission: undefined })])).toThrow('declares no known permission');
    expect(() => checkRoutes([route({ permission: 'constructor' })])).toThrow('declares no known permission');
    expect(() => checkRoutes([route({ permission: 'ecg:read' })])).toThrow('names no record for ecg:read');
  });
});
