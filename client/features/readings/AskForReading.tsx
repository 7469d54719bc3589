import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReadingView } from '../../../shared/contracts/readings.ts';
import { hasFinalReport, isOpenReading } from '../../../shared/rules/reading-queue.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useRequest, useWiring } from '../../connection/wiring.tsx';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { ImagesSince } from './ImagesSince.tsx';
import { ReadingStage } from './ReadingStage.tsx';
import './asked-readings.css';

/** An ECG, or a study by its UID. */
export type Readable = { ecgId: string } | { studyInstanceUid: string };

/** For the clinic, beside one ECG or study: ask the lead hospital to read it, see how far that is, and what came of it. */
export function AskForReading({ about, patientId }: { about: Readable; patientId: string }) {
  const { t } = useTranslation();
  const { cache } = useWiring();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState('');
  const [urgent, setUrgent] = useState(false);
  const list = useRequest('reading:list-of-patient', { patientId });
  const reading = list.data?.readings.find((one) => isAbout(one, about) && one.stage !== 'withdrawn');
  const ask = useCommand('reading:request', {
    done: () => {
      setAsking(false);
      setNote('');
      setUrgent(false);
      void cache.invalidateQueries({ queryKey: queryKeyOf('reading:list-of-patient', { patientId }) });
      void cache.invalidateQueries({ queryKey: queryKeyOf('reading:list', { state: 'open' }) });
    },
    refused: (error) => toasts.trouble(errorText(error)),
  });
  if (!list.data) return null;
  const askText = t(`reading.ask.${'ecgId' in about ? 'ecg' : 'imaging'}`);
  // What has been read may be asked about again, e.g. because further images have come.
  if (reading !== undefined && (isOpenReading(reading) || !asking))
    return <AskedReading reading={reading} onAskAgain={() => setAsking(true)} />;
  if (!asking) {
    return (
      <div className="row">
        <Button data-testid="ask-reading" onClick={() => setAsking(true)}>
          {askText}
        </Button>
      </div>
    );
  }
  return (
    <form
      className="panel row ask-reading"
      data-testid="ask-reading-form"
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate({
          ...about,
          ...('studyInstanceUid' in about && { patientId }),
          urgent,
          ...(note.trim() === '' ? {} : { note: note.trim() }),
        });
      }}
    >
      <Input
        autoFocus
        className="ask-reading-note"
        maxLength={500}
        data-testid="ask-reading-note"
        aria-label={t('reading.column.note')}
        placeholder={t('reading.notePlaceholder')}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <Checkbox checked={urgent} data-testid="ask-reading-urgent" onChange={(event) => setUrgent(event.target.checked)}>
        {t('reading.hurry')}
      </Checkbox>
      <Button onClick={() => setAsking(false)}>{t('action.cancel')}</Button>
      <Button type="primary" htmlType="submit" data-testid="confirm-ask-reading" loading={ask.isPending}>
        {askText}
      </Button>
    </form>
  );
}

const isAbout = (reading: ReadingView, about: Readable): boolean =>
  'ecgId' in about
    ? reading.kind === 'ecg' && reading.ecgId === about.ecgId
    : reading.kind === 'imaging' && reading.study.studyInstanceUid === about.studyInstanceUid;

/** How far it is; while nobody has signed it can be taken back; read, the impression and the paper. */
function AskedReading({ reading, onAskAgain }: { reading: ReadingView; onAskAgain: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const toasts = useToasts();
  const [reason, setReason] = useState<string | null>(null);
  const read = hasFinalReport(reading);
  const report = useRequest('report:read', { reportId: reading.reportId ?? '' }, { enabled: read }).data?.report;
  const withdraw = useCommand('reading:withdraw', { refused: (error) => toasts.trouble(errorText(error)) });
  return (
    <div className="panel row asked-reading" data-testid="asked-reading" data-stage={reading.stage}>
      <strong>{t(`reading.title.${reading.kind}`)}</strong>
      <ReadingStage reading={reading} />
      <span className="secondary">
        {reading.toOrganisationName}
        {isOpenReading(reading) && (
          <>
            {' · '}
            {t('reading.column.waiting')} <Elapsed since={reading.requestedAt} />
          </>
        )}
      </span>
      {report !== undefined && (
        <strong className="asked-reading-impression" data-testid="reading-impression">
          {report.content.impression}
        </strong>
      )}
      {report !== undefined && <ImagesSince reading={reading} report={report} />}
      {read && (
        <Button
          className="push"
          href={`/api/reports/${reading.reportId}/pdf`}
          target="_blank"
          data-testid="open-reading-pdf"
        >
          {t('case.report.openPdf')}
        </Button>
      )}
      {reading.kind === 'imaging' && reading.stage === 'read' && (
        <Button data-testid="ask-again" onClick={onAskAgain}>
          {t('reading.askAgain')}
        </Button>
      )}
      {reading.stage === 'unread' &&
        (reason === null ? (
          <Button className="push" size="small" data-testid="withdraw-reading" onClick={() => setReason('')}>
            {t('reading.withdraw')}
          </Button>
        ) : (
          <form
            className="row push"
            onSubmit={(event) => {
              event.preventDefault();
              if (reason.trim() !== '') withdraw.mutate({ readingId: reading.id, reason: reason.trim() });
            }}
          >
            <Input
              autoFocus
              maxLength={500}
              className="asked-reading-reason"
              data-testid="withdraw-reason"
              aria-label={t('reading.withdrawReason')}
              placeholder={t('reading.withdrawReason')}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
            <Button onClick={() => setReason(null)}>{t('action.cancel')}</Button>
            <Button
              htmlType="submit"
              data-testid="confirm-withdraw-reading"
              loading={withdraw.isPending}
              disabled={reason.trim() === ''}
            >
              {t('reading.withdraw')}
            </Button>
          </form>
        ))}
    </div>
  );
}
