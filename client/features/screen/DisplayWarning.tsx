import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shortcomingOf } from './display-fitness.ts';
import './display-warning.css';
import { useScreenScale } from './use-screen-scale.ts';

const dismissedKey = 'lianzhen.screen-warning-understood';

/** Storage can be denied: then the warning stays away until the page is loaded anew. */
function wasDismissed(): boolean {
  try {
    return sessionStorage.getItem(dismissedKey) === 'yes';
  } catch {
    return false;
  }
}

/** Says once a session that this display is too poor for a diagnosis on such images. */
export function DisplayWarning({ modality }: { modality: string }) {
  const { t } = useTranslation();
  const [isDismissed, setDismissed] = useState(wasDismissed);
  const { pixelsPerMm, isCalibrated } = useScreenScale();
  if (isDismissed) return null;
  const { width, height } = globalThis.screen;
  const display = {
    width,
    height,
    devicePixelRatio: globalThis.devicePixelRatio || 1,
    pixelsPerMm: isCalibrated ? pixelsPerMm : null,
  };
  // Where a browser hides its screen nothing can be said of it.
  const lacking = width > 0 && height > 0 ? shortcomingOf(display, modality) : null;
  if (!lacking) return null;
  const dismiss = (): void => {
    setDismissed(true);
    try {
      sessionStorage.setItem(dismissedKey, 'yes');
    } catch {
      // As above.
    }
  };
  return (
    <div className="display-warning" role="note" data-testid="display-warning">
      <span>
        {lacking.kind === 'resolution'
          ? t('screen.warning.resolution', {
              columns: lacking.columns,
              rows: lacking.rows,
              megapixels: lacking.megapixels.toFixed(1),
              wanted: lacking.wanted,
              kind: t(`screen.warning.kind.${lacking.images}`),
            })
          : t('screen.warning.size', { inches: lacking.inches.toFixed(0), wanted: lacking.wanted })}
      </span>
      <button type="button" onClick={dismiss}>
        {t('screen.warning.understood')}
      </button>
    </div>
  );
}
