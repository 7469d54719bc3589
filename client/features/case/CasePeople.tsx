import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsultView } from '../../../shared/contracts/consults.ts';
import { useCommand, useRequest } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { State } from '../../ui/shapes.tsx';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useDelayed } from '../../ui/use-delayed.ts';

/** Who takes part, and who else is called in with one click. */
export function CasePeople({ consult, canInvite }: { consult: ConsultView; canInvite: boolean }) {
  const { t } = useTranslation();
  const [inviting, setInviting] = useState(false);
  return (
    <section className="stack" aria-label={t('case.people')}>
      <ul className="stack" data-testid="participants">
        {consult.participants.map((person) => (
          <li key={person.accountId} className="case-person">
            <span>
              <strong>{person.name}</strong> <span className="secondary">{person.organisationName}</span>
            </span>
            <State shape={person.present ? 'check' : 'ring'} tone={person.present ? 'good' : 'quiet'}>
              {t(person.present ? 'case.present' : 'case.absent')}
            </State>
          </li>
        ))}
      </ul>
      {canInvite && (
        <Button data-testid="invite" onClick={() => setInviting(true)}>
          {t('case.invite')}
        </Button>
      )}
      {inviting && <InviteDialog consult={consult} onClose={() => setInviting(false)} />}
    </section>
  );
}

function InviteDialog({ consult, onClose }: { consult: ConsultView; onClose: () => void }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [search, setSearch] = useState('');
  const delayed = useDelayed(search.trim(), 200);
  const list = useRequest('account:list-colleagues', delayed === '' ? {} : { search: delayed }, { keepPrevious: true });
  const invite = useCommand('consult:invite', {
    done: () => toasts.done(t('case.invited')),
    refused: (error) => toasts.trouble(errorText(error)),
  });
  const there = new Set(consult.participants.map(({ accountId }) => accountId));
  return (
    <Modal open title={t('case.inviteTitle')} onCancel={onClose} footer={null} width={560} data-testid="invite-dialog">
      <div className="stack">
        <Input
          autoFocus
          allowClear
          aria-label={t('case.searchColleague')}
          placeholder={t('case.searchColleague')}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        {list.error && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
        <ul className="case-colleagues">
          {list.data?.colleagues.map((colleague) => (
            <li key={colleague.accountId} className="case-person">
              <span>
                <strong>{colleague.name}</strong> <span className="secondary">{colleague.organisation}</span>
                <br />
                <span className="secondary">
                  {colleague.roles.map((role) => t(`role.${role}`)).join(t('list.comma'))}
                </span>
              </span>
              <State shape={colleague.online ? 'check' : 'dot'} tone={colleague.online ? 'good' : 'quiet'}>
                {t(colleague.online ? 'case.online' : 'case.offline')}
              </State>
              <Button
                data-testid={`invite-${colleague.name}`}
                disabled={there.has(colleague.accountId)}
                loading={invite.isPending && invite.variables.accountId === colleague.accountId}
                onClick={() => invite.mutate({ consultId: consult.id, accountId: colleague.accountId })}
              >
                {t(there.has(colleague.accountId) ? 'case.takesPart' : 'case.inviteOne')}
              </Button>
            </li>
          ))}
          {list.data?.colleagues.length === 0 && <li className="secondary">{t('case.noColleague')}</li>}
        </ul>
      </div>
    </Modal>
  );
}
