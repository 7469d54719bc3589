import type { GradeName } from '../../../shared/rules/reading-queue.ts';

/** What a hospital starts from until it sets its own numbers. */
export interface ReadingRules {
  /** From the request to the final report. */
  minutesByGrade: Record<GradeName, number>;
  /** How long a claim holds without being renewed. */
  leaseMinutes: number;
  /** Between two tellings of a critical value that has not been read back. */
  criticalValueRepeatMinutes: number;
  /** Where the numbers come from. */
  edition: string;
}

/**
 * Emergency ECGs within 10 minutes, routine ones within 30: hospital rules in public use, not a national standard. The
 * two minutes are this product's own start value.
 */
export const defaultReadingRules: ReadingRules = {
  minutesByGrade: { critical: 10, urgent: 10, abnormal: 30, unremarkable: 30 },
  leaseMinutes: 10,
  criticalValueRepeatMinutes: 2,
  edition: '通用医院规定：急诊心电图10分钟、常规心电图30分钟内签发；危急值每2分钟重复，直到复述确认',
};
