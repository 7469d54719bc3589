import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import type { z } from 'zod';
import type { verificationView } from '../../../shared/contracts/reports.ts';
import { Http } from '../../connection/http.ts';
import { LanguageSwitch } from '../../ui/LanguageSwitch.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { State, type ShapeName, type Tone } from '../../ui/shapes.tsx';
import { formatClock, formatDay } from '../../ui/time.ts';

type Verification = z.infer<typeof verificationView>;

const looks: Record<Verification['state'], { shape: ShapeName; tone: Tone }> = {
  valid: { shape: 'check', tone: 'good' },
  superseded: { shape: 'half', tone: 'caution' },
  recalled: { shape: 'cross', tone: 'trouble' },
  unknown: { shape: 'triangle', tone: 'trouble' },
};

const http = new Http();

/** What the code on a printed report says, for anybody who holds the paper; nothing about the patient. */
export default function VerificationPage() {
  const { code = '' } = useParams();
  const { t } = useTranslation();
  const [answer, setAnswer] = useState<Verification | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const leave = new AbortController();
    http.get<Verification>(`/verify/${encodeURIComponent(code)}`, leave.signal).then(setAnswer, (refusal: unknown) => {
      if (!leave.signal.aborted) setError(refusal);
    });
    return () => leave.abort();
  }, [code, attempt]);
  return (
    <main className="page" data-testid="verification">
      <div className="row">
        <h1>{t('verification.title')}</h1>
        <span className="push">
          <LanguageSwitch />
        </span>
      </div>
      <section className="panel stack">
        <p className="figure">{code}</p>
        {error !== null && (
          <LoadFailed
            error={error}
            onRetry={() => {
              setError(null);
              setAttempt(attempt + 1);
            }}
          />
        )}
        {error === null && answer === null && <p role="status">{t('loading')}</p>}
        {answer && (
          <>
            <p>
              <State {...looks[answer.state]}>{t(`verification.state.${answer.state}`)}</State>
            </p>
            <p>{t(`verification.explain.${answer.state}`)}</p>
            {answer.finalAt && (
              <dl className="facts">
                <dt>{t('verification.organisation')}</dt>
                <dd>{answer.organisationName}</dd>
                <dt>{t('verification.reporter')}</dt>
                <dd>{answer.reporterName}</dd>
                <dt>{t('verification.reviewer')}</dt>
                <dd>{answer.reviewerName}</dd>
                <dt>{t('verification.finalAt')}</dt>
                <dd className="figure">
                  {formatDay(new Date(answer.finalAt))} {formatClock(answer.finalAt)}
                </dd>
              </dl>
            )}
          </>
        )}
      </section>
    </main>
  );
}
