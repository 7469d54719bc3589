import { useState, type ReactNode } from 'react';
import { ScreenCalibration } from './ScreenCalibration.tsx';
import { keepScreenScale } from './screen-scale.ts';
import { ScreenTestPattern } from './ScreenTestPattern.tsx';
import { useScreenScale } from './use-screen-scale.ts';

/**
 * Measuring the screen and looking at the test pattern.
 * @param onTrueSize called with CSS pixels for a millimetre, once the screen was measured for a picture in true size.
 */
export function useScreenCheck(onTrueSize: (pixelsPerMm: number) => void): {
  calibrate(options: { thenTrueSize: boolean }): void;
  showPattern(): void;
  dialogs: ReactNode;
} {
  const { pixelsPerMm } = useScreenScale();
  const [calibrating, setCalibrating] = useState<{ thenTrueSize: boolean } | null>(null);
  const [isPatternOpen, setPatternOpen] = useState(false);
  return {
    calibrate: setCalibrating,
    showPattern: () => setPatternOpen(true),
    dialogs: (
      // Keys pressed in a dialog are not the viewer's.
      <div
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Escape') setCalibrating(null);
        }}
      >
        {calibrating && (
          <ScreenCalibration
            pixelsPerMm={pixelsPerMm}
            onCancel={() => setCalibrating(null)}
            onDone={(scale) => {
              keepScreenScale(scale, globalThis.devicePixelRatio || 1);
              setCalibrating(null);
              if (calibrating.thenTrueSize && scale !== null) onTrueSize(scale);
            }}
          />
        )}
        {isPatternOpen && <ScreenTestPattern onClose={() => setPatternOpen(false)} />}
      </div>
    ),
  };
}
