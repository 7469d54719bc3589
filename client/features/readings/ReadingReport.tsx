import { Button } from 'antd';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReadingView } from '../../../shared/contracts/readings.ts';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { useRequest, useSession } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { formatClock } from '../../ui/time.ts';
import { reportParts, type DraftStart } from '../case/use-report-draft.ts';
import { ImagesSince } from './ImagesSince.tsx';
import { isReviewer } from './queue-view.ts';
import { ReadingEditor } from './ReadingEditor.tsx';
import { ReadingReview } from './ReadingReview.tsx';
import type { ClaimState } from './use-claim.ts';

const empty = { findings: '', impression: '', advice: '' };

/** The reading's report: to write, to review, or to look at. */
export function ReadingReport({
  reading,
  claim,
  flushRef,
  onDone,
}: {
  reading: ReadingView;
  claim: ClaimState;
  /** Set to what saves the text that is being written. */
  flushRef: RefObject<() => Promise<void>>;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const session = useSession();
  const list = useRequest('report:list', { consultId: reading.id });
  if (list.error) return <LoadFailed error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <p role="status">{t('loading')}</p>;
  const report = list.data.reports[0];
  const lastReturn = report?.state === 'returned' ? report.returns.at(-1) : undefined;
  const writes = claim.kind === 'mine' || claim.kind === 'claiming';
  const isAuthor = report?.authorAccountId === session.accountId;
  return (
    <section className="stack reading-report" aria-label={t('case.report.title')}>
      {lastReturn !== undefined && (
        <MessageBox tone="caution" shape="triangle" testId="return-reason">
          <p>{t('case.report.returnedBy', { name: lastReturn.byName, reason: lastReturn.reason })}</p>
        </MessageBox>
      )}
      {writes && (report === undefined || report.state === 'draft' || report.state === 'returned') ? (
        <ReadingEditor
          reading={reading}
          start={startOf(reading, report, isAuthor)}
          flushRef={flushRef}
          onSigned={onDone}
        />
      ) : report === undefined ? (
        <p className="secondary">{t('reading.notWritten')}</p>
      ) : (
        <>
          <ImagesSince reading={reading} report={report} />
          <ReportText report={report} />
        </>
      )}
      {report?.state === 'awaiting-review' &&
        (isReviewer(session, reading.kind) && !isAuthor ? (
          <ReadingReview report={report} onDone={onDone} />
        ) : (
          <p className="secondary">{t('case.report.waitsForSecond')}</p>
        ))}
      {report?.state === 'final' && (
        <Button href={`/api/reports/${report.id}/pdf`} target="_blank" data-testid="open-pdf">
          {t('case.report.openPdf')}
        </Button>
      )}
    </section>
  );
}

/** Somebody else's unsigned text is a beginning: with the first words it becomes this doctor's. */
function startOf(reading: ReadingView, report: ReportView | undefined, isAuthor: boolean): DraftStart {
  if (report !== undefined && isAuthor) return { report };
  const target =
    reading.kind === 'ecg'
      ? ({ consultId: reading.id, kind: 'ecg', ecgId: reading.ecgId } as const)
      : ({ consultId: reading.id, kind: 'imaging', studyInstanceUid: reading.study.studyInstanceUid } as const);
  return { target, content: report?.content ?? empty };
}

function ReportText({ report }: { report: ReportView }) {
  const { t } = useTranslation();
  return (
    <>
      <dl className="reading-text" data-testid="reading-report-text">
        {reportParts.map(
          (part) =>
            report.content[part] !== '' && (
              <div key={part}>
                <dt>{t(`case.report.${part}`)}</dt>
                <dd>{report.content[part]}</dd>
              </div>
            ),
        )}
      </dl>
      {[report.reporterSignature, report.reviewerSignature].map(
        (signature) =>
          signature !== null && (
            <p key={signature.role} data-testid={`signature-${signature.role}`}>
              <span className="secondary">{t(`case.report.role.${signature.role}`)}</span>{' '}
              <strong>{signature.name}</strong> {signature.title}{' '}
              <span className="figure secondary">{formatClock(signature.signedAt)}</span>
            </p>
          ),
      )}
    </>
  );
}
