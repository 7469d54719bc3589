import { useTranslation } from 'react-i18next';
import type { FrameState } from './frame-store.ts';

export interface ViewerMessagesProps {
  empty: boolean;
  /** The shared view shows a series that this side's list does not have yet. */
  unknownSeries: boolean;
  wantedState: FrameState;
  /** 1-based place of the frame that is waited for. */
  position: number;
  ready: number;
  total: number;
  following: boolean;
  leading: boolean;
  /** People who point at another picture of this stack (place 0: of another series). */
  elsewhere: readonly { id: string; name: string; color: string; place: number }[];
  onRetry(): void;
}

/** Reasons whose detail helps the sender: the name of a format, a size. */
const TELLING = new Set(['unsupported-syntax', 'unsupported-pixels', 'too-large']);

/** What is loading, what failed and what to do, and who leads. */
export function ViewerMessages(props: ViewerMessagesProps) {
  const { t } = useTranslation();
  const { wantedState, position, ready, total } = props;
  return (
    <>
      <div className="iv-notes">
        {props.following && <span className="iv-note iv-note-follow">{t('imaging.viewer.following')}</span>}
        {props.leading && !props.following && <span className="iv-note">{t('imaging.viewer.leading')}</span>}
        {props.elsewhere.map(({ id, name, color, place }) => (
          <span key={id} className="iv-note" data-pointer-elsewhere={name}>
            <span className="iv-swatch" style={{ background: color }} />
            {place > 0
              ? t('imaging.viewer.pointsAtSlice', { name, place })
              : t('imaging.viewer.pointsElsewhere', { name })}
          </span>
        ))}
      </div>
      {props.empty && <div className="iv-message">{t('imaging.viewer.noImages')}</div>}
      {props.unknownSeries && <div className="iv-message">{t('imaging.viewer.unknownSeries')}</div>}
      {wantedState.state === 'loading' && (
        <div className="iv-loading" role="status">
          <span className="iv-spinner" />
          {t('imaging.viewer.loading', { position })}
          {wantedState.totalBytes !== null &&
            ` ${Math.round((wantedState.receivedBytes / wantedState.totalBytes) * 100)}%`}
          {wantedState.totalBytes === null &&
            wantedState.receivedBytes > 0 &&
            ` ${(wantedState.receivedBytes / 1048576).toFixed(1)} MB`}
        </div>
      )}
      {wantedState.state === 'failed' && (
        <div className="iv-message" role="alert" data-error-code={wantedState.error.code}>
          <strong>{t('imaging.viewer.cannotShow', { position })}</strong>
          <span>{t(`imaging.viewer.error.${wantedState.error.code}`)}</span>
          {TELLING.has(wantedState.error.code) && <span className="iv-detail">{wantedState.error.detail}</span>}
          <button type="button" className="iv-button" onClick={props.onRetry}>
            {t('imaging.viewer.retry')}
          </button>
        </div>
      )}
      {ready < total && (
        <div
          className="iv-progress"
          role="progressbar"
          aria-label={t('imaging.viewer.prefetch')}
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={ready}
        >
          <div style={{ width: `${(ready / Math.max(1, total)) * 100}%` }} />
        </div>
      )}
    </>
  );
}
