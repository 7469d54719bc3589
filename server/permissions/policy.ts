import { finderRoles } from '../../shared/rules/critical-value.ts';
import { clinicalRoles, clinicRoles, roles, type Role } from '../../shared/rules/roles.ts';

/**
 * Who may see a patient-bound record: the organisations it belongs to, and each consult it takes part in with the
 * organisations and the people of that consult. Kept on the record itself; only the consults slice adds to it.
 */
export interface Audience {
  organisationIds: string[];
  consults: { consultId: string; organisationIds: string[]; accountIds: string[] }[];
}

export interface PolicyActor {
  accountId: string;
  organisationId: string;
  roles: readonly Role[];
  /** Present for machines: what their token allows. */
  scopes?: readonly string[] | undefined;
}

/** How an actor stands to a record. */
export type Relation = 'own' | 'consult-organisation' | 'participant';

interface Grant {
  roles: readonly Role[];
  relations: readonly Relation[];
}
export interface Rule {
  /** `open`: without signing in. `self`: about nothing but the actor. `record`: decided on a record's audience. */
  scope: 'open' | 'self' | 'record';
  grants: readonly Grant[];
  /** The token scope, or any of several, that lets a machine do this; without one machines may not. */
  tokenScope?: TokenScope | readonly TokenScope[];
}
type TokenScope = 'ecg:read' | 'ecg:write' | 'dicom:read' | 'dicom:write';

const everyone: readonly Role[] = roles;
const clinicians: readonly Role[] = clinicalRoles;
const clinics: readonly Role[] = clinicRoles;
/** Roles of a lead hospital that open the consults addressed to their hospital. */
const leadReaders: readonly Role[] = [
  'chest-pain-on-call',
  'ecg-reporter',
  'ecg-reviewer',
  'imaging-reporter',
  'imaging-reviewer',
  'specialist',
];
const desk: readonly Role[] = ['chest-pain-on-call'];
const signers: readonly Role[] = ['ecg-reporter', 'ecg-reviewer', 'imaging-reporter', 'imaging-reviewer'];

const reporters: readonly Role[] = ['ecg-reporter', 'imaging-reporter'];
const ecgReaders: readonly Role[] = ['ecg-reporter', 'ecg-reviewer'];

const imagingReaders: readonly Role[] = ['imaging-reporter', 'imaging-reviewer'];
const imagingSenders: readonly Role[] = [...clinics, ...imagingReaders, 'specialist', 'alliance-specialist'];

const self = (allowed: readonly Role[], tokenScope?: Rule['tokenScope']): Rule => ({
  scope: 'self',
  grants: [{ roles: allowed, relations: [] }],
  ...(tokenScope && { tokenScope }),
});
const record = (...grants: Grant[]): Rule => ({ scope: 'record', grants });
const own = (allowed: readonly Role[]): Grant => ({ roles: allowed, relations: ['own'] });
const lead = (allowed: readonly Role[]): Grant => ({ roles: allowed, relations: ['consult-organisation'] });
const invited: Grant = { roles: clinicians, relations: ['participant'] };
/** Whoever sees a case: the clinic's clinicians, the lead hospital's readers, and who was invited. */
const caseReaders = [own(clinicians), lead(leadReaders), invited];

/** The whole policy. Every route, DICOMweb path, socket event and media token names one of these. */
export const policy = {
  open: { scope: 'open', grants: [] },
  'session:own': self(everyone),
  'token:create': self(everyone),
  'colleague:list': self(clinicians),
  'patient:register': self(clinics),
  'patient:list': self(clinicians),
  'patient:read': record(...caseReaders),
  'patient:identify': record(own(clinics)),
  'ecg:upload': { ...record(own(clinicians), lead(leadReaders), invited), tokenScope: 'ecg:write' },
  /** ECGs from a device that name no patient of the hub: theirs is registered with them. */
  'ecg:receive': self([...clinics, ...ecgReaders], 'ecg:write'),
  'ecg:read': { ...record(...caseReaders), tokenScope: 'ecg:read' },
  /** One's own unfinished uploads; what each is for is decided by ecg:upload, imaging:upload and their receiving. */
  'upload:own': self(clinicians, ['ecg:write', 'dicom:write']),
  'imaging:upload': { ...record(own(clinicians), lead(leadReaders), invited), tokenScope: 'dicom:write' },
  'imaging:read': { ...record(...caseReaders), tokenScope: 'dicom:read' },
  /** Finds what imaging:read grants, and nothing else. */
  'imaging:search': self(clinicians, 'dicom:read'),
  /** Images from a device that name no patient of the hub: theirs is registered with them. */
  'imaging:receive': self(imagingSenders, 'dicom:write'),
  /** Whoever looks at the case measures in it; each version keeps who made it. */
  'image-mark:write': record(...caseReaders),
  /** Measurements as SR and key images as KOS, stored with the study under the actor's name. */
  'image-mark:export': record(...caseReaders),
  /** De-identified copies leave the hub: the lead hospital's imaging doctors and specialists answer for that. */
  'teaching-copy:export': record(lead([...imagingReaders, 'specialist'])),
  'quarantine:list': self(clinicians),
  'quarantine:decide': record(own(clinicians), lead(imagingReaders)),
  'alarm:raise': self(clinics),
  'alarm:read': record(...caseReaders),
  'alarm:answer': record(lead(desk)),
  'alarm:withdraw': record(own(clinics)),
  'duty:read': self(clinicians),
  'duty:take': self(desk),
  'consult:list': self(clinicians),
  'consult:read': record(...caseReaders),
  'consult:take-part': record(...caseReaders),
  'consult:invite': record(own(clinics), lead(leadReaders)),
  'consult:close': record(lead(desk)),
  'reading:request': record(own(clinics)),
  'reading:list': self([...clinics, ...signers]),
  'reading:read': record(...caseReaders),
  /** Of their own kind; the action knows which it is. */
  'reading:claim': record(lead(reporters)),
  'reading:escalate': record(lead(signers)),
  'reading:withdraw': record(own(clinics)),
  'reading:read-rules': self(signers),
  'reading:set-rules': self(['ecg-reviewer', 'imaging-reviewer']),
  'critical-value:list': self(clinicians),
  'critical-value:read': record(...caseReaders),
  'critical-value:report': record(lead(finderRoles)),
  'critical-value:receive': record(own(clinics)),
  'ecg-rules:read': self(ecgReaders),
  'ecg-rules:edit': self(ecgReaders),
  'ecg-rules:approve': self(ecgReaders),
  'referral:read': record(...caseReaders),
  'referral:decide': record(lead(desk)),
  'report:read': record(...caseReaders),
  'report:write': record(lead(signers)),
  'report:review': record(lead(signers)),
  'timeline:read': record(...caseReaders),
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof policy;
export type Decision = 'allow' | 'unauthenticated' | 'forbidden' | 'not-found';

export function relationsTo(actor: PolicyActor, audience: Audience): Relation[] {
  const relations: Relation[] = [];
  if (audience.organisationIds.includes(actor.organisationId)) relations.push('own');
  if (audience.consults.some((consult) => consult.organisationIds.includes(actor.organisationId)))
    relations.push('consult-organisation');
  if (audience.consults.some((consult) => consult.accountIds.includes(actor.accountId))) relations.push('participant');
  return relations;
}

/**
 * Deny by default. A record that the actor may not even read is `not-found`, so that nobody learns that it exists;
 * one that they may read but not change is `forbidden`.
 */
export function decide(actor: PolicyActor | null, permission: Permission, audience?: Audience): Decision {
  const rule: Rule = policy[permission];
  if (rule.scope === 'open') return 'allow';
  if (actor === null) return 'unauthenticated';
  const { scopes } = actor;
  if (scopes !== undefined && ![rule.tokenScope ?? []].flat().some((scope) => scopes.includes(scope)))
    return 'forbidden';
  const holds = (grant: Grant) => grant.roles.some((role) => actor.roles.includes(role));
  if (rule.scope === 'self') return rule.grants.some(holds) ? 'allow' : 'forbidden';
  if (audience === undefined) return 'not-found';
  const relations = relationsTo(actor, audience);
  const granted = (grants: readonly Grant[]) =>
    grants.some((grant) => holds(grant) && grant.relations.some((relation) => relations.includes(relation)));
  if (granted(rule.grants)) return 'allow';
  return granted(caseReaders) ? 'forbidden' : 'not-found';
}
