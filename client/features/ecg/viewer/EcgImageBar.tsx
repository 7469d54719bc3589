import { Button, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import type { EcgImageViewState } from '../../../../shared/contracts/viewing.ts';

/** What one does with an ECG's paper; a follower looks only, and chooses the size for the own screen. */
export function EcgImageBar(props: {
  state: EcgImageViewState;
  canLead: boolean;
  hasTool: boolean;
  pageCount: number;
  canShrink: boolean;
  canGrow: boolean;
  isTrueSize: boolean;
  onChange: (next: Partial<EcgImageViewState>) => void;
  onTool: () => void;
  onStep: (by: 1 | -1) => void;
  onSize: () => void;
  onTurn: () => void;
  onPage: (page: number) => void;
}) {
  const { state, canLead, hasTool, pageCount } = props;
  const { t } = useTranslation();
  const pages = Array.from({ length: pageCount }, (_, at) => ({ value: at + 1, label: String(at + 1) }));
  const size = <Button onClick={props.onSize}>{t(props.isTrueSize ? 'ecg.image.fit' : 'ecg.image.trueSize')}</Button>;
  if (!canLead)
    return (
      <div className="ecg-image-bar">
        <strong className="ecg-image-mark">{t('ecg.image.mark')}</strong>
        <span className="figure">
          {state.speedMmPerSecond} mm/s, {state.gainMmPerMillivolt} mm/mV
        </span>
        {size}
        <span className="ecg-image-following">{t('ecg.viewer.following')}</span>
      </div>
    );
  return (
    <div className="ecg-image-bar">
      <strong className="ecg-image-mark">{t('ecg.image.mark')}</strong>
      <Segmented
        aria-label={t('ecg.image.speed')}
        value={state.speedMmPerSecond}
        onChange={(speedMmPerSecond) => props.onChange({ speedMmPerSecond })}
        options={([12.5, 25, 50] as const).map((value) => ({ value, label: `${value} mm/s` }))}
      />
      <Segmented
        aria-label={t('ecg.image.gain')}
        value={state.gainMmPerMillivolt}
        onChange={(gainMmPerMillivolt) => props.onChange({ gainMmPerMillivolt })}
        options={([5, 10, 20] as const).map((value) => ({ value, label: `${value} mm/mV` }))}
      />
      <Button aria-pressed={hasTool} type={hasTool ? 'primary' : 'default'} onClick={props.onTool}>
        {t('ecg.image.caliper')}
      </Button>
      {state.calipers.length > 0 && (
        <Button onClick={() => props.onChange({ calipers: [] })}>{t('ecg.image.clear')}</Button>
      )}
      <Button
        title="-"
        aria-label={t('ecg.image.smaller')}
        disabled={!props.canShrink}
        onClick={() => props.onStep(-1)}
      >
        −
      </Button>
      <Button title="+" aria-label={t('ecg.image.larger')} disabled={!props.canGrow} onClick={() => props.onStep(1)}>
        +
      </Button>
      {size}
      <Button aria-pressed={state.isTurned} title="T" onClick={props.onTurn}>
        {t('ecg.image.turn')}
      </Button>
      {pageCount > 1 && (
        <Segmented aria-label={t('ecg.image.page')} value={state.page} onChange={props.onPage} options={pages} />
      )}
    </div>
  );
}
