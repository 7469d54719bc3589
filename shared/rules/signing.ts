import type { ErrorCode } from '../contracts/errors.ts';
import type { Role } from './roles.ts';

export type ReportKind = 'ecg' | 'imaging';
export type ReportState = 'draft' | 'awaiting-review' | 'returned' | 'final';

/** A registry entry, as far as signing asks: dates in milliseconds UTC. */
export interface SigningLicence {
  practiceSiteIds: readonly string[];
  validFromMs: number;
  validUntilMs: number;
}

export interface Signer {
  accountId: string;
  organisationId: string;
  roles: readonly Role[];
  licences: readonly SigningLicence[];
}

export interface SignedThing {
  kind: ReportKind;
  state: ReportState;
  authorAccountId: string;
  impression: string;
}

const reporterRole = (kind: ReportKind): Role => `${kind}-reporter`;
const reviewerRole = (kind: ReportKind): Role => `${kind}-reviewer`;

/**
 * The licence that a signature rests on: valid at the moment, and registered for the organisation that the signer
 * acts for (a doctor practises only where the certificate names the site). Undefined: none.
 */
export function licenceFor<L extends SigningLicence>(
  signer: { organisationId: string; licences: readonly L[] },
  nowMs: number,
): L | undefined {
  return signer.licences.find(
    (licence) =>
      licence.practiceSiteIds.includes(signer.organisationId) &&
      licence.validFromMs <= nowMs &&
      nowMs < licence.validUntilMs,
  );
}

/** Why this person may not write or change the draft; null: they may. Only its author changes a draft. */
export function refusesEdit(report: SignedThing, signer: Signer): ErrorCode | null {
  if (report.state === 'final') return 'report-final';
  if (!signer.roles.includes(reporterRole(report.kind))) return 'forbidden';
  if (report.authorAccountId !== signer.accountId) return 'forbidden';
  return report.state === 'awaiting-review' ? 'conflict' : null;
}

/** Why this person may not sign as reporter (报告医师); null: they may. */
export function refusesFirstSignature(report: SignedThing, signer: Signer, nowMs: number): ErrorCode | null {
  const edit = refusesEdit(report, signer);
  if (edit !== null) return edit;
  if (report.impression.trim() === '') return 'report-empty';
  return licenceFor(signer, nowMs) === undefined ? 'licence-invalid' : null;
}

/** Why this person may not sign as reviewer (审核医师); null: they may. */
export function refusesSecondSignature(report: SignedThing, signer: Signer, nowMs: number): ErrorCode | null {
  if (report.state === 'final') return 'report-final';
  if (report.state === 'awaiting-review' && report.authorAccountId === signer.accountId) return 'same-signer';
  if (!signer.roles.includes(reviewerRole(report.kind))) return 'forbidden';
  if (report.state !== 'awaiting-review') return 'conflict';
  return licenceFor(signer, nowMs) === undefined ? 'licence-invalid' : null;
}

/** Why this person may not return the report to its author; null: they may. */
export function refusesReturn(report: SignedThing, signer: Signer): ErrorCode | null {
  if (report.state === 'final') return 'report-final';
  if (report.state === 'awaiting-review' && report.authorAccountId === signer.accountId) return 'same-signer';
  if (!signer.roles.includes(reviewerRole(report.kind))) return 'forbidden';
  return report.state === 'awaiting-review' ? null : 'conflict';
}
