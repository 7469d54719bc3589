import { newId, type Store } from '../platform/store/store.ts';
import { agreementRecord, type AgreementFields } from './agreement-record.ts';
import { organisationRecord, type OrganisationFields } from './organisation-record.ts';

export async function createOrganisation(
  fields: Omit<OrganisationFields, '_id'>,
  { store }: { store: Store },
): Promise<string> {
  const _id = newId();
  await store.model(organisationRecord).create([{ _id, ...fields }]);
  return _id;
}

export async function createAgreement(
  fields: Omit<AgreementFields, '_id'>,
  { store }: { store: Store },
): Promise<string> {
  const _id = newId();
  await store.model(agreementRecord).create([{ _id, ...fields }]);
  return _id;
}
