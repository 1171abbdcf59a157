/** The time of day, passed in so that everything below the composition root can be repeated in a test. */

export interface Clock {
  /** Units: milliseconds since 1970-01-01 UTC. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };
