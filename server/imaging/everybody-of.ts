import type { Audience } from '../permissions/policy.ts';
import { rooms } from '../platform/context.ts';

/** The rooms of all who see a record. */
export const everybodyOf = ({ organisationIds, consults }: Audience): string[] => [
  ...organisationIds.map(rooms.organisation),
  ...consults.flatMap((consult) => [
    rooms.consult(consult.consultId),
    ...consult.organisationIds.map(rooms.organisation),
    ...consult.accountIds.map(rooms.account),
  ]),
];
