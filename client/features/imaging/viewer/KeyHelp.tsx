import { useTranslation } from 'react-i18next';

/** Keys by what they do; the words stand in `imaging.viewer.keys.*`. */
const KEYS: readonly [string, string][] = [
  ['↑ ↓', 'slice'],
  ['PgUp PgDn', 'tenSlices'],
  ['Home End', 'ends'],
  ['B N', 'series'],
  ['Y U', 'panes'],
  ['Shift+M', 'reformat'],
  ['[ ] \\', 'slab'],
  ["; '", 'link'],
  ['Space', 'cine'],
  ['[ ]', 'cineSpeed'],
  ['W S P Z', 'dragTools'],
  ['G', 'magnifier'],
  [', .', 'width'],
  ['< >', 'center'],
  ['I', 'invert'],
  ['O', 'rotate'],
  ['H V', 'flip'],
  ['F X', 'fit'],
  ['Shift+X', 'trueSize'],
  ['+ −', 'zoom'],
  ['Shift ↑↓←→', 'pan'],
  ['R 0', 'reset'],
  ['L A C K', 'measureTools'],
  ['E Q D', 'regionTools'],
  ['J T', 'writeTools'],
  ['Enter', 'crosshair'],
  ['M', 'nextMeasurement'],
  ['Del', 'removeMeasurement'],
  ['Ctrl+Z Ctrl+Y', 'undo'],
  ['/', 'list'],
  ['*', 'keyImage'],
  ['1–9', 'presets'],
];

export function KeyHelp({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  return (
    <div className="iv-help" role="dialog" aria-label={t('imaging.viewer.help')}>
      <dl>
        {KEYS.map(([keys, name]) => (
          <div key={name} className={name === 'presets' ? 'iv-help-wide' : undefined}>
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
