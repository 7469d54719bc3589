/** The server's clock orders everything; tests may hand in another. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
