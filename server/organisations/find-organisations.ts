import type { Store } from '../platform/store/store.ts';
import type { Clock } from '../platform/clock.ts';
import { agreementRecord, type AgreementService } from './agreement-record.ts';
import { organisationRecord, type OrganisationKind } from './organisation-record.ts';

export interface Organisation {
  id: string;
  name: string;
  kind: OrganisationKind;
  parentId: string | null;
  telephone: string | null;
}

interface Reading {
  store: Store;
  clock: Clock;
}

/** In the order asked; unknown ids are left out. */
export async function findOrganisations(
  ids: readonly string[],
  { store }: Pick<Reading, 'store'>,
): Promise<Organisation[]> {
  const found = await store
    .model(organisationRecord)
    .find({ _id: { $in: [...new Set(ids)] } })
    .lean();
  const byId = new Map(found.map(({ _id, ...rest }) => [_id, { id: _id, ...rest }]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export async function findOrganisation(id: string, reading: Pick<Reading, 'store'>): Promise<Organisation | null> {
  return reading.store.recall({
    key: `organisation ${id}`,
    of: [organisationRecord],
    find: async () => (await findOrganisations([id], reading))[0] ?? null,
  });
}

/** The organisation itself, then who manages it, upward. */
export async function findWithParents(id: string, reading: Pick<Reading, 'store'>): Promise<Organisation[]> {
  const line: Organisation[] = [];
  for (let next: string | null = id; next !== null && line.length < 8;) {
    const organisation: Organisation | null = await findOrganisation(next, reading);
    if (organisation === null || line.some((seen) => seen.id === organisation.id)) break;
    line.push(organisation);
    next = organisation.parentId;
  }
  return line;
}

/** The lead hospital that serves an organisation: by its own valid agreement, else by that of whoever manages it. */
export async function findServingDesk(
  organisationId: string,
  service: AgreementService,
  reading: Reading,
): Promise<{ organisationId: string; name: string; telephone: string | null } | null> {
  const now = reading.clock.now();
  for (const organisation of await findWithParents(organisationId, reading)) {
    const agreement = await reading.store
      .model(agreementRecord)
      .findOne({ memberId: organisation.id, services: service, validFrom: { $lte: now }, validUntil: { $gt: now } })
      .sort({ _id: 1 })
      .lean();
    const lead = agreement === null ? null : await findOrganisation(agreement.leadId, reading);
    if (lead !== null) return { organisationId: lead.id, name: lead.name, telephone: lead.telephone };
  }
  return null;
}

/**
 * The organisations that work with this one: itself, the tree above and below it, and the other side of each valid
 * agreement of any of these. People of these can be invited into its consults.
 */
export async function findPartners(organisationId: string, reading: Reading): Promise<Organisation[]> {
  const { store, clock } = reading;
  const now = clock.now();
  const line = (await findWithParents(organisationId, reading)).map((organisation) => organisation.id);
  const children = (
    await store
      .model(organisationRecord)
      .find({ parentId: { $in: line } }, { _id: 1 })
      .lean()
  ).map((child) => child._id);
  const near = [...line, ...children];
  const agreements = await store
    .model(agreementRecord)
    .find({
      validFrom: { $lte: now },
      validUntil: { $gt: now },
      $or: [{ memberId: { $in: near } }, { leadId: { $in: near } }],
    })
    .lean();
  const partners = [
    ...new Set([...near, ...agreements.flatMap((agreement) => [agreement.memberId, agreement.leadId])]),
  ];
  const below = (
    await store
      .model(organisationRecord)
      .find({ parentId: { $in: partners } }, { _id: 1 })
      .lean()
  ).map((child) => child._id);
  return findOrganisations([...new Set([...partners, ...below])], reading);
}

/** The members that a desk serves, by agreement and by the tree below them. */
export async function findServed(leadId: string, service: AgreementService, reading: Reading): Promise<string[]> {
  const now = reading.clock.now();
  const members = (
    await reading.store
      .model(agreementRecord)
      .find({ leadId, services: service, validFrom: { $lte: now }, validUntil: { $gt: now } }, { memberId: 1 })
      .lean()
  ).map((agreement) => agreement.memberId);
  const below = await reading.store
    .model(organisationRecord)
    .find({ parentId: { $in: members } }, { _id: 1 })
    .lean();
  return [...new Set([...members, ...below.map((child) => child._id)])];
}

/** The organisation that administrators belong to; null on an empty store. */
export async function findHubOffice({ store }: Pick<Reading, 'store'>): Promise<Organisation | null> {
  const office = await store.model(organisationRecord).findOne({ kind: 'hub' }, { _id: 1 }).lean();
  return office === null ? null : findOrganisation(office._id, { store });
}
