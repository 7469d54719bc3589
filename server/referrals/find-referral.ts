import type { ReferralView } from '../../shared/contracts/referrals.ts';
import type { ActionContext, Subject } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { referralRecord, type ReferralFields } from './referral-record.ts';

export const viewOfReferral = (referral: ReferralFields): ReferralView => ({
  id: referral._id,
  consultId: referral.consultId,
  patientId: referral.patientId,
  kind: referral.kind,
  direction: referral.direction,
  state: referral.state,
  fromOrganisationName: referral.fromOrganisationName,
  toOrganisationName: referral.toOrganisationName,
  openedByName: referral.openedByName,
  openedAt: referral.openedAt.toISOString(),
  steps: referral.steps.map(({ state, at, byName, organisationName, note }) => ({
    state,
    at: at.toISOString(),
    byName,
    organisationName,
    note,
  })),
  version: referral.version,
});

/** What permissions on a referral file are decided on, by its own id or by its consult's. */
export async function referralSubject(
  which: { _id: string } | { consultId: string },
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const found = await store.model(referralRecord).findOne(which, { audience: 1, patientId: 1 }).lean();
  return found === null
    ? null
    : { type: 'referral', id: found._id, audience: found.audience, patientId: found.patientId };
}

/** Throws not-found. */
export async function findReferralOfConsult(
  consultId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<ReferralView> {
  const found = await store.model(referralRecord).findOne({ consultId }).lean();
  if (found === null) throw new HubError('not-found');
  return viewOfReferral(found);
}
