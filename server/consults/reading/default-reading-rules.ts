import type { ImagingTimes } from '../../../shared/rules/imaging-clock.ts';
import type { GradeName } from '../../../shared/rules/reading-queue.ts';

/** What a hospital starts from until it sets its own numbers. */
export interface ReadingRules {
  /** From the request to the final report. */
  minutesByGrade: Record<GradeName, number>;
  /** The same for images, until a critical value or an urgent consult makes them critical. */
  imagingMinutes: ImagingTimes;
  /** How long a claim holds without being renewed. */
  leaseMinutes: number;
  /** Between two tellings of a critical value that has not been read back. */
  criticalValueRepeatMinutes: number;
  /** Where the numbers come from. */
  edition: string;
}

/**
 * Emergency ECGs within 10 minutes, routine ones within 30; emergency radiographs and head CTs within 30, other
 * emergency CTs within 60, routine radiographs within 2 hours, CT and MR within 4 hours: hospital rules in public use,
 * not a national standard. They count working hours where we count all. Emergency MR, other examinations and the two
 * minutes are this product's own start values.
 */
export const defaultReadingRules: ReadingRules = {
  minutesByGrade: { critical: 10, urgent: 10, abnormal: 30, unremarkable: 30 },
  imagingMinutes: {
    'head-ct': { urgent: 30, routine: 240 },
    ct: { urgent: 60, routine: 240 },
    mr: { urgent: 60, routine: 240 },
    xray: { urgent: 30, routine: 120 },
    other: { urgent: 60, routine: 240 },
  },
  leaseMinutes: 10,
  criticalValueRepeatMinutes: 2,
  edition:
    '通用医院规定：急诊心电图10分钟、常规心电图30分钟内签发；急诊X线和头颅CT 30分钟、其他急诊CT 60分钟，常规X线2小时、CT和MR 4小时内签发；危急值每2分钟重复，直到复述确认',
};
