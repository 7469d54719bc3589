import type { EcgView } from '../../../../shared/contracts/ecg.ts';
import { chinaDateTime } from '../../../../shared/rules/china-time.ts';

type Moments = Pick<EcgView, 'acquiredAt' | 'receivedAt'>;

/** When an ECG was recorded, else received: milliseconds for ordering. A device's time without offset is China's. */
export function recordedMs({ acquiredAt, receivedAt }: Moments): number {
  const text = acquiredAt === null || /(Z|[+-]\d\d:?\d\d)$/.test(acquiredAt) ? acquiredAt : `${acquiredAt}+08:00`;
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? Date.parse(receivedAt) : ms;
}

/** The same in words, China's time to the second. */
export function recordedInWords(ecg: Moments): string {
  return chinaDateTime(new Date(recordedMs(ecg)));
}

/** Other ECGs, the one before `current` first, then ever earlier ones, later ones at the end. */
export function othersByTime<T extends Moments & { id: string }>(ecgs: readonly T[], current: T): T[] {
  const now = recordedMs(current);
  const others = ecgs.filter(({ id }) => id !== current.id);
  const earlier = others.filter((ecg) => recordedMs(ecg) <= now).sort((a, b) => recordedMs(b) - recordedMs(a));
  const later = others.filter((ecg) => recordedMs(ecg) > now).sort((a, b) => recordedMs(a) - recordedMs(b));
  return [...earlier, ...later];
}
