import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsultView } from '../../../shared/contracts/consults.ts';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import type { StudyView } from '../../../shared/contracts/imaging.ts';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useRequest, useSession, useWiring } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { State, type ShapeName, type Tone } from '../../ui/shapes.tsx';
import { formatClock } from '../../ui/time.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { ReportEditor } from './ReportEditor.tsx';
import { ReportReview } from './ReportReview.tsx';

const looks: Record<ReportView['state'], { shape: ShapeName; tone: Tone }> = {
  draft: { shape: 'file', tone: 'quiet' },
  'awaiting-review': { shape: 'half', tone: 'info' },
  returned: { shape: 'triangle', tone: 'caution' },
  final: { shape: 'check', tone: 'good' },
};

const empty = { findings: '', impression: '', advice: '' };

/** The case's reports: written and signed by one doctor, reviewed and signed by another, then fixed. */
export function CaseReports({
  consult,
  ecgs,
  studies,
}: {
  consult: ConsultView;
  ecgs: readonly EcgView[];
  studies: readonly StudyView[];
}) {
  const { t } = useTranslation();
  const { roles, organisation } = useSession();
  const { cache } = useWiring();
  const toasts = useToasts();
  const errorText = useErrorText();
  const list = useRequest('report:list', { consultId: consult.id });
  const refresh = () =>
    void cache.invalidateQueries({ queryKey: queryKeyOf('report:list', { consultId: consult.id }) });
  const draft = useCommand('report:draft', { done: refresh, refused: (error) => toasts.trouble(errorText(error)) });
  const reports = list.data?.reports ?? [];
  const isLeadSide = organisation.id === consult.toOrganisationId;
  const unreadEcg = ecgs.find((ecg) => !reports.some((report) => report.ecgId === ecg.id));
  const unreadStudy = studies.find(
    (study) => !reports.some((report) => report.studyInstanceUid === study.studyInstanceUid),
  );
  return (
    <section className="case-reports" aria-label={t('case.report.title')} data-testid="reports">
      {list.error && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
      {isLeadSide && (
        <div className="row">
          {roles.includes('ecg-reporter') && unreadEcg !== undefined && (
            <Button
              type={reports.length === 0 ? 'primary' : 'default'}
              data-testid="draft-ecg-report"
              loading={draft.isPending}
              onClick={() => draft.mutate({ consultId: consult.id, kind: 'ecg', ecgId: unreadEcg.id, content: empty })}
            >
              {t('case.report.writeEcg')}
            </Button>
          )}
          {roles.includes('imaging-reporter') && unreadStudy !== undefined && (
            <Button
              type={reports.length === 0 ? 'primary' : 'default'}
              data-testid="draft-imaging-report"
              loading={draft.isPending}
              onClick={() =>
                draft.mutate({
                  consultId: consult.id,
                  kind: 'imaging',
                  studyInstanceUid: unreadStudy.studyInstanceUid,
                  content: empty,
                })
              }
            >
              {t('case.report.writeImaging')}
            </Button>
          )}
        </div>
      )}
      {list.data && reports.length === 0 && (
        <p className="secondary">{t(isLeadSide ? 'case.report.noneLead' : 'case.report.noneClinic')}</p>
      )}
      {reports.map((report) => (
        <Report key={report.id} report={report} onChanged={refresh} />
      ))}
    </section>
  );
}

function Report({ report, onChanged }: { report: ReportView; onChanged: () => void }) {
  const { t } = useTranslation();
  const { accountId, roles } = useSession();
  const [open, setOpen] = useState(true);
  const isAuthor = report.authorAccountId === accountId;
  const editable = isAuthor && (report.state === 'draft' || report.state === 'returned');
  const lastReturn = report.returns.at(-1);
  return (
    <article className="panel stack" data-testid="report" data-state={report.state} data-kind={report.kind}>
      <header className="row">
        <h3>{t(`case.report.kind.${report.kind}`)}</h3>
        <State {...looks[report.state]}>{t(`case.report.state.${report.state}`)}</State>
        <span className="secondary">{t('case.report.author', { name: report.authorName })}</span>
        {!editable && report.state !== 'final' && (
          <Button className="push" size="small" onClick={() => setOpen(!open)}>
            {t(open ? 'case.report.fold' : 'case.report.unfold')}
          </Button>
        )}
      </header>
      {report.state === 'returned' && lastReturn !== undefined && (
        <p className="case-returned" data-testid="return-reason">
          {t('case.report.returnedBy', { name: lastReturn.byName, reason: lastReturn.reason })}
        </p>
      )}
      {editable ? (
        <ReportEditor key={report.id} report={report} onChanged={onChanged} />
      ) : (
        open && (
          <dl className="case-report-text">
            {(['findings', 'impression', 'advice'] as const).map(
              (part) =>
                report.content[part] !== '' && (
                  <div key={part}>
                    <dt>{t(`case.report.${part}`)}</dt>
                    <dd>{report.content[part]}</dd>
                  </div>
                ),
            )}
          </dl>
        )
      )}
      {(report.reporterSignature !== null || report.reviewerSignature !== null) && (
        <ul className="case-signatures">
          {[report.reporterSignature, report.reviewerSignature].map(
            (signature) =>
              signature !== null && (
                <li key={signature.role} data-testid={`signature-${signature.role}`}>
                  <span className="secondary">{t(`case.report.role.${signature.role}`)}</span>{' '}
                  <strong>{signature.name}</strong> {signature.title}{' '}
                  <span className="secondary">
                    {signature.organisationName} · <span className="figure">{formatClock(signature.signedAt)}</span>
                  </span>
                </li>
              ),
          )}
        </ul>
      )}
      {report.state === 'awaiting-review' && !isAuthor && roles.includes(`${report.kind}-reviewer`) && (
        <ReportReview report={report} onChanged={onChanged} />
      )}
      {report.state === 'awaiting-review' && isAuthor && <p className="secondary">{t('case.report.waitsForSecond')}</p>}
      {report.state === 'final' && (
        <div className="row">
          <Button type="primary" href={`/api/reports/${report.id}/pdf`} target="_blank" data-testid="open-pdf">
            {t('case.report.openPdf')}
          </Button>
          <span>
            {t('case.report.code')}{' '}
            <a
              className="figure"
              href={`/verify/${report.verificationCode}`}
              target="_blank"
              rel="noreferrer"
              data-testid="verification-code"
            >
              {report.verificationCode}
            </a>
          </span>
        </div>
      )}
    </article>
  );
}
