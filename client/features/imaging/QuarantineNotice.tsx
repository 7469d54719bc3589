import { useQuery } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QuarantineView } from '../../../shared/contracts/imaging.ts';
import type { Refusal } from '../../connection/refusal.ts';
import { useCommand, useRequest, useWiring } from '../../connection/wiring.tsx';
import { BlobImage } from '../../ui/BlobImage.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { formatMoment, useServerNow } from '../../ui/time.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import './quarantine.css';

/** Images that came under the number of a stored one with other content: nothing is replaced until a person says so. */
export function QuarantineNotice({ patientId }: { patientId: string }) {
  const { t } = useTranslation();
  const listed = useRequest('imaging:list-quarantine', {}).data?.instances ?? [];
  const waiting = listed.filter((one) => one.patientId === patientId);
  const [openId, setOpenId] = useState<string | null>(null);
  const open = waiting.find(({ id }) => id === openId);
  if (waiting.length === 0) return null;
  return (
    <MessageBox tone="caution" shape="triangle" live="polite" testId="quarantine-notice">
      <div className="row">
        <span>{t('quarantine.waiting', { count: waiting.length })}</span>
        <Button data-testid="open-quarantine" onClick={() => setOpenId(waiting[0]!.id)}>
          {t('quarantine.decide')}
        </Button>
      </div>
      {open && <Decision key={open.id} instance={open} onClose={() => setOpenId(null)} />}
    </MessageBox>
  );
}

function Decision({ instance, onClose }: { instance: QuarantineView; onClose: () => void }) {
  const { t } = useTranslation();
  const { cache } = useWiring();
  const errorText = useErrorText();
  const now = useServerNow();
  const [reason, setReason] = useState('');
  const decide = useCommand('imaging:decide-quarantine', {
    done: () => {
      void cache.invalidateQueries({ queryKey: ['imaging:list-quarantine'] });
      onClose();
    },
  });
  const say = (choice: 'keep-first' | 'replace') =>
    decide.mutate({ quarantineId: instance.id, version: instance.version, choice, reason: reason.trim() });
  return (
    <Modal open width={820} footer={null} title={t('quarantine.title')} onCancel={onClose} data-testid="quarantine">
      <div className="stack quarantine">
        <p>
          {t('quarantine.sent', {
            name: instance.sentBy,
            organisation: instance.sentByOrganisation,
            at: formatMoment(instance.receivedAt, now),
            times: instance.timesSent,
          })}
        </p>
        {instance.mismatch.length > 0 && (
          <MessageBox tone="trouble" shape="triangle">
            <p>
              {t('quarantine.mismatch', {
                fields: instance.mismatch.map((field) => t(`patient.${field}`)).join(t('list.comma')),
              })}
            </p>
          </MessageBox>
        )}
        <div className="quarantine-pair">
          <Picture instance={instance} of="first" />
          <Picture instance={instance} of="other" />
        </div>
        <p className="secondary figure quarantine-uid">{instance.sopInstanceUid}</p>
        <Input
          autoFocus
          maxLength={300}
          data-testid="quarantine-reason"
          aria-label={t('quarantine.reason')}
          placeholder={t('quarantine.reason')}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        {decide.error && (
          <MessageBox tone="trouble" shape="triangle" live="assertive">
            <p>{errorText(decide.error)}</p>
          </MessageBox>
        )}
        <div className="row">
          <Button
            className="push"
            data-testid="quarantine-replace"
            disabled={reason.trim() === '' || decide.isPending}
            onClick={() => say('replace')}
          >
            {t('quarantine.replace')}
          </Button>
          <Button
            type="primary"
            data-testid="quarantine-keep"
            disabled={reason.trim() === '' || decide.isPending}
            onClick={() => say('keep-first')}
          >
            {t('quarantine.keep')}
          </Button>
        </div>
        <p className="secondary">{t('quarantine.kept')}</p>
      </div>
    </Modal>
  );
}

function Picture({ instance, of }: { instance: QuarantineView; of: 'first' | 'other' }) {
  const { t } = useTranslation();
  const { http } = useWiring();
  const errorText = useErrorText();
  const picture = useQuery<Blob, Refusal>({
    queryKey: ['quarantine-picture', instance.id, of],
    queryFn: async ({ signal }) =>
      (await http.fetch(`/api/quarantine/${instance.id}/picture?of=${of}`, { signal })).blob(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <figure>
      <figcaption>{t(`quarantine.of.${of}`)}</figcaption>
      {picture.data ? (
        <BlobImage blob={picture.data} alt={t(`quarantine.of.${of}`)} />
      ) : (
        <p role="status" className="secondary">
          {picture.error ? errorText(picture.error) : t('loading')}
        </p>
      )}
    </figure>
  );
}
