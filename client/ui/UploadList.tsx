import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { UploadQueue } from '../connection/upload-queue.ts';
import type { Upload } from '../connection/upload.ts';
import { State } from './shapes.tsx';

/** Files on their way, each with its progress, or why it was refused and what to do. */
export function UploadList({ uploads, queue }: { uploads: readonly Upload[]; queue: UploadQueue }) {
  const { t } = useTranslation();
  if (uploads.length === 0) return null;
  return (
    <ul className="upload-list" aria-label={t('upload.list')} data-testid="upload-list">
      {uploads.map((upload) => (
        <li key={upload.id} data-testid="upload" data-phase={upload.state.phase}>
          <span>
            {upload.fileName} <span className="figure secondary">{formatBytes(upload.byteLength)}</span>
          </span>
          <span className="row">
            <UploadWord upload={upload} />
            {upload.state.phase === 'refused' && (
              <Button size="small" onClick={() => queue.retry(upload.id)}>
                {t('action.tryAgain')}
              </Button>
            )}
            {upload.state.phase !== 'mismatch' && (
              <Button size="small" onClick={() => queue.remove(upload.id)}>
                {t(
                  upload.state.phase === 'done' || upload.state.phase === 'refused' ? 'action.close' : 'action.cancel',
                )}
              </Button>
            )}
          </span>
          {upload.state.phase === 'sending' && <Progress fraction={upload.state.fraction} label={upload.fileName} />}
        </li>
      ))}
    </ul>
  );
}

function UploadWord({ upload: { state } }: { upload: Upload }) {
  const { t } = useTranslation();
  switch (state.phase) {
    case 'queued':
      return (
        <State tone="quiet" shape="dot">
          {t('upload.queued')}
        </State>
      );
    case 'sending':
      return (
        <State tone="quiet" shape="half">
          {state.fraction < 1
            ? t('upload.sending', { percent: Math.floor(state.fraction * 100) })
            : t('upload.storing')}
        </State>
      );
    case 'waiting-for-line':
      return (
        <State tone="caution" shape="ring">
          {t('upload.waitingForLine')}
        </State>
      );
    case 'mismatch':
      return (
        <State tone="caution" shape="triangle">
          {t('upload.asking')}
        </State>
      );
    case 'done':
      return (
        <State tone="good" shape="check">
          {t('upload.done')}
        </State>
      );
    case 'refused':
      return (
        <span role="alert" className="row">
          <State tone="trouble" shape="cross">
            {t('upload.refused')}
          </State>
          {t(`errors.${state.code}`)}
        </span>
      );
  }
}

export function Progress({ fraction, label }: { fraction: number; label: string }) {
  const percent = Math.floor(fraction * 100);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}

/** How much of a file is there, its pieces that are under way included. */
export function sentBytesOf({ state, byteLength }: Upload): number {
  if (state.phase === 'sending') return byteLength * state.fraction;
  return state.phase === 'done' || state.phase === 'refused' ? byteLength : 0;
}

/** `820 KB`, `1.4 MB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
