import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { readCaliper } from './caliper-geometry.ts';
import type { Caliper } from './caliper-geometry.ts';

/** A caliper in words: interval, the rate it would be as an RR interval, amplitude. */
export function useCaliperText(): (caliper: Caliper, polarity?: 1 | -1) => string {
  const { t } = useTranslation();
  return useCallback(
    (caliper, polarity = 1) => {
      const { intervalMs, ratePerMinute, amplitudeMillivolts } = readCaliper(caliper, polarity);
      const parts = [t('ecg.viewer.caliper.interval', { milliseconds: Math.round(intervalMs) })];
      if (ratePerMinute !== null) parts.push(t('ecg.viewer.caliper.rate', { rate: Math.round(ratePerMinute) }));
      const millivolts = amplitudeMillivolts.toFixed(2).replace('-0.00', '0.00').replace('-', '−');
      parts.push(t('ecg.viewer.caliper.amplitude', { millivolts }));
      return parts.join(' · ');
    },
    [t],
  );
}
