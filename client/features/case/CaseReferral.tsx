import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReferralView } from '../../../shared/contracts/referrals.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useRequest, useWiring } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { State, type ShapeName, type Tone } from '../../ui/shapes.tsx';
import { formatClock } from '../../ui/time.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';

const looks: Record<ReferralView['state'], { shape: ShapeName; tone: Tone }> = {
  opened: { shape: 'half', tone: 'info' },
  accepted: { shape: 'check', tone: 'good' },
  'not-needed': { shape: 'cross', tone: 'quiet' },
  arrived: { shape: 'check', tone: 'good' },
};

/** The green-channel referral file: each step with who and when; the lead hospital takes it further. */
export function CaseReferral({ consultId, canDecide }: { consultId: string; canDecide: boolean }) {
  const { t } = useTranslation();
  const file = useRequest('referral:read', { consultId });
  if (file.error) return <LoadFailed error={file.error} onRetry={() => void file.refetch()} />;
  if (!file.data) return null;
  const { referral } = file.data;
  return (
    <section className="stack" aria-label={t('case.referral.title')} data-testid="referral" data-state={referral.state}>
      <div className="row">
        <h3>{t('case.referral.title')}</h3>
        <State {...looks[referral.state]}>{t(`case.referral.state.${referral.state}`)}</State>
      </div>
      <p className="secondary">
        {referral.fromOrganisationName} → {referral.toOrganisationName}
      </p>
      <ol className="case-steps">
        {referral.steps.map((step) => (
          <li key={`${step.state}-${step.at}`}>
            <span className="figure">{formatClock(step.at)}</span>{' '}
            <strong>{t(`case.referral.state.${step.state}`)}</strong>{' '}
            <span className="secondary">
              {step.byName} · {step.organisationName}
              {step.note !== '' && ` · ${step.note}`}
            </span>
          </li>
        ))}
      </ol>
      {canDecide && <Decisions referral={referral} />}
    </section>
  );
}

function Decisions({ referral }: { referral: ReferralView }) {
  const { t } = useTranslation();
  const { cache } = useWiring();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [reason, setReason] = useState<string | null>(null);
  const on = {
    done: (reply: { referral: ReferralView }) => {
      setReason(null);
      cache.setQueryData(queryKeyOf('referral:read', { consultId: reply.referral.consultId }), reply);
    },
    refused: (error: unknown) => toasts.trouble(errorText(error)),
  };
  const accept = useCommand('referral:accept', on);
  const close = useCommand('referral:close-not-needed', on);
  const arrive = useCommand('referral:confirm-arrival', on);
  const step = { referralId: referral.id, version: referral.version };
  if (referral.state === 'arrived' || referral.state === 'not-needed') return null;
  if (reason !== null) {
    return (
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') close.mutate({ ...step, reason: reason.trim() });
        }}
      >
        <Input
          autoFocus
          maxLength={300}
          aria-label={t('case.referral.reason')}
          placeholder={t('case.referral.reason')}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <div className="row">
          <Button className="push" onClick={() => setReason(null)}>
            {t('action.cancel')}
          </Button>
          <Button htmlType="submit" disabled={reason.trim() === ''} loading={close.isPending}>
            {t('case.referral.notNeeded')}
          </Button>
        </div>
      </form>
    );
  }
  return (
    <div className="row">
      {referral.state === 'opened' && (
        <Button data-testid="accept-referral" loading={accept.isPending} onClick={() => accept.mutate(step)}>
          {t('case.referral.accept')}
        </Button>
      )}
      {referral.state === 'accepted' && (
        <Button data-testid="confirm-arrival" loading={arrive.isPending} onClick={() => arrive.mutate(step)}>
          {t('case.referral.arrived')}
        </Button>
      )}
      <Button data-testid="referral-not-needed" onClick={() => setReason('')}>
        {t('case.referral.notNeeded')}
      </Button>
    </div>
  );
}
