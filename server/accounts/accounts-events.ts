import { accountRequests } from '../../shared/contracts/accounts.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { accountRecord } from './account-record.ts';
import { findAccount } from './find-account.ts';
import { listColleagues } from './list-colleagues.ts';

const day = (date: Date) => date.toISOString().slice(0, 10);

export const accountEvents = defineEvents(accountRequests, {
  'account:list-colleagues': { permission: 'colleague:list', run: listColleagues },
  'account:read-licences': {
    permission: 'session:own',
    async run(_payload, context) {
      const account = await findAccount(context.actor.accountId, context);
      return {
        licences: (account?.licences ?? []).map((licence) => ({
          practiceCertificateNumber: licence.practiceCertificateNumber,
          title: licence.title,
          specialty: licence.specialty,
          validFrom: day(licence.validFrom),
          validUntil: day(licence.validUntil),
        })),
      };
    },
  },
  'account:set-language': {
    permission: 'session:own',
    async run({ language }, context) {
      await context.store.model(accountRecord).updateOne({ _id: context.actor.accountId }, { $set: { language } });
      return {};
    },
  },
});
