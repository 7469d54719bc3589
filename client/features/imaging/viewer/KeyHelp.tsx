import { useTranslation } from 'react-i18next';

/** Keys by what they do; the words stand in `imaging.viewer.keys.*`. */
const KEYS: readonly [string, string][] = [
  ['↑ ↓', 'slice'],
  ['PgUp PgDn', 'tenSlices'],
  ['Home End', 'ends'],
  ['B N', 'series'],
  ['W S P Z', 'dragTools'],
  ['L A', 'measureTools'],
  ['Enter', 'crosshair'],
  ['M', 'nextMeasurement'],
  ['Del', 'removeMeasurement'],
  ['1–9', 'presets'],
  [', .', 'width'],
  ['< >', 'center'],
  ['+ −', 'zoom'],
  ['Shift ↑↓←→', 'pan'],
  ['O', 'rotate'],
  ['I', 'invert'],
  ['R 0', 'reset'],
];

export function KeyHelp({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  return (
    <div className="iv-help" role="dialog" aria-label={t('imaging.viewer.help')}>
      <dl>
        {KEYS.map(([keys, name]) => (
          <div key={name}>
            <dt>{keys}</dt>
            <dd>{t(`imaging.viewer.keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
      <p>{t('imaging.viewer.mouseHelp')}</p>
      <button type="button" className="iv-button" onClick={onClose}>
        {t('imaging.viewer.close')}
      </button>
    </div>
  );
}
