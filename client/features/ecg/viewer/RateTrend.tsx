import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { paperInk } from './paper-drawing.ts';

export const rateTrendPx = 60;
const ticks = [50, 100, 150] as const;
const lowest = 20;
/** Faster ones reach the upper edge and stay there. */
const highest = 180;

interface RateTrendProps {
  /** Beats per minute of each minute; null where none is known. */
  rates: readonly (number | null)[];
  durationSeconds: number;
  width: number;
  theme: 'light' | 'dark';
}

/** The heart rate of each minute over the whole recording, as the computer detected it: for finding the place. */
export const RateTrend = memo(function RateTrend({ rates, durationSeconds, width, theme }: RateTrendProps) {
  const { t } = useTranslation();
  const ink = paperInk[theme];
  const xOf = (minute: number) => (Math.min(durationSeconds, minute * 60) / durationSeconds) * width;
  const yOf = (rate: number) =>
    ((highest - Math.min(highest, Math.max(lowest, rate))) / (highest - lowest)) * rateTrendPx;
  let path = '';
  let previous: number | null = null;
  rates.forEach((rate, minute) => {
    if (rate !== null) {
      // Each minute is a step, so that a lone one between unknown ones is seen too.
      path += `${previous === null ? 'M' : 'L'}${xOf(minute).toFixed(1)} ${yOf(rate).toFixed(1)}`;
      path += `H${xOf(minute + 1).toFixed(1)}`;
    }
    previous = rate;
  });
  return (
    <svg className="ecg-rates" width={width} height={rateTrendPx} role="img" aria-label={t('ecg.viewer.long.trend')}>
      <rect width={width} height={rateTrendPx} fill={ink.paper} />
      {ticks.map((rate) => (
        <line key={rate} x1={0} x2={width} y1={yOf(rate)} y2={yOf(rate)} stroke={ink.strongLine} />
      ))}
      <path d={path} fill="none" stroke={ink.trace} strokeWidth={1.2} data-testid="ecg-rate-trend" />
      {ticks.map((rate) => (
        <text
          key={rate}
          x={4}
          y={yOf(rate) + 5}
          fill={ink.faintLabel}
          stroke={ink.paper}
          strokeWidth={3}
          paintOrder="stroke"
        >
          {rate}
        </text>
      ))}
    </svg>
  );
});
