import { useTranslation } from 'react-i18next';
import type { DisplayFilters } from '../../../../shared/ecg/display-filters.ts';
import { elapsedClock, secondOfDay, wallClock } from './long-recording.ts';
import type { LongRecording } from './long-recording.ts';

/**
 * Speed, gain and filters as they stand on the foot of real paper: "25 mm/s  10 mm/mV  0.05–150 Hz  50 Hz notch". A
 * page of a long recording says which one it is, also when it is printed.
 */
export function usePaperCaption(
  scale: { speedMmPerSecond: number; gainMmPerMillivolt: number; startSeconds: number },
  filters: DisplayFilters,
  long: Pick<LongRecording, 'acquiredAt'> | null = null,
): { scale: string; filters: string; whole: string } {
  const { t } = useTranslation();
  const { highPassHz, lowPassHz, notchHz } = filters;
  const parts: string[] = [];
  if (highPassHz !== null && lowPassHz !== null) {
    parts.push(t('ecg.viewer.caption.band', { from: highPassHz, to: lowPassHz }));
  } else if (highPassHz !== null) parts.push(t('ecg.viewer.caption.highPass', { hertz: highPassHz }));
  else if (lowPassHz !== null) parts.push(t('ecg.viewer.caption.lowPass', { hertz: lowPassHz }));
  if (notchHz !== null) parts.push(t('ecg.viewer.caption.notch', { hertz: notchHz }));
  if (parts.length === 0) parts.push(t('ecg.viewer.caption.unfiltered'));
  const written = `${scale.speedMmPerSecond} mm/s  ${scale.gainMmPerMillivolt} mm/mV`;
  const filtersInWords = parts.join('  ');
  if (long !== null) {
    const begin = secondOfDay(long.acquiredAt);
    parts.push(t('ecg.viewer.caption.elapsed', { time: elapsedClock(scale.startSeconds) }));
    if (begin !== null) parts.push(t('ecg.viewer.caption.clock', { time: wallClock(begin, scale.startSeconds) }));
  }
  return { scale: written, filters: filtersInWords, whole: [written, ...parts].join('  ') };
}
