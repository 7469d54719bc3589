import { z } from 'zod';
import { roles } from '../rules/roles.ts';
import { command, id, isoDate, line, nothing, query } from './contract.ts';

export const role = z.enum(roles);

export const organisationSummary = z.object({ id, name: z.string(), kind: z.string() });

/** Who is signed in: GET /api/session. */
export const sessionView = z.object({
  username: z.string(),
  name: z.string(),
  organisation: z.object({ id, name: z.string(), kind: z.string() }),
  roles: z.array(role),
  accountId: id,
});
export type SessionView = z.infer<typeof sessionView>;

export const signInPayload = z.object({
  username: line(64),
  password: z.string().min(1).max(256),
  totp: z.string().max(16).optional(),
});

export const tokenScopes = ['ecg:read', 'ecg:write', 'dicom:read', 'dicom:write'] as const;
export const createTokenPayload = z.object({ name: line(80), scopes: z.array(z.enum(tokenScopes)).min(1).max(4) });

/** Shown on the sign-in page in demonstration mode only: GET /api/demonstration. */
export const demonstrationView = z.object({
  active: z.boolean(),
  password: z.string().optional(),
  accounts: z.array(
    z.object({ username: z.string(), name: z.string(), organisation: z.string(), roles: z.array(role) }),
  ),
});

export const licenceView = z.object({
  practiceCertificateNumber: z.string(),
  title: z.string(),
  specialty: z.string(),
  validFrom: isoDate,
  validUntil: isoDate,
});

export const colleagueView = z.object({
  accountId: id,
  name: z.string(),
  organisation: z.string(),
  roles: z.array(role),
  online: z.boolean(),
});
export type ColleagueView = z.infer<typeof colleagueView>;

export const accountRequests = {
  /** People who can be invited into a consult: those of the organisations tied to one's own by tree or agreement. */
  'account:list-colleagues': query(
    z.object({ search: z.string().max(40).optional() }),
    z.object({ colleagues: z.array(colleagueView) }),
  ),
  'account:read-licences': query(nothing, z.object({ licences: z.array(licenceView) })),
  'account:set-language': command(z.object({ language: z.enum(['zh-CN', 'en']) }), nothing),
} as const;
