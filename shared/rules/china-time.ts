/** All of China keeps one time, eight hours ahead of UTC, without summer time. */
const offsetMs = 8 * 3600 * 1000;

/** The wall clock in China as `YYYY-MM-DDTHH:mm:ss.sssZ` read without its Z. */
const shifted = (moment: Date) => new Date(moment.getTime() + offsetMs).toISOString();

/** YYYY-MM-DD in China. */
export const chinaDate = (moment: Date): string => shifted(moment).slice(0, 10);

/** MM-DD HH:mm:ss in China. */
export const chinaClock = (moment: Date): string => shifted(moment).slice(5, 19).replace('T', ' ');

/** YYYY-MM-DD HH:mm:ss in China. */
export const chinaDateTime = (moment: Date): string => shifted(moment).slice(0, 19).replace('T', ' ');
