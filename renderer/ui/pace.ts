/** How long work will still take, as far as that can be said honestly. */

import { formatDuration } from './format.ts';

/** Units: milliseconds since it began. */
export interface Pace {
  readonly done: number;
  /** Null while the end is not known. */
  readonly total: number | null;
  readonly elapsed_ms: number;
}

/** Before so much is done, a guess would be worse than none. */
const [FEWEST_DONE, LEAST_MS] = [20, 2_000];

/** Seconds at the pace so far; null while nobody can know. */
export function remainingSeconds({ done, total, elapsed_ms }: Pace): number | null {
  if (total === null || done >= total || done < FEWEST_DONE || elapsed_ms < LEAST_MS) return null;
  return ((total - done) * elapsed_ms) / done / 1000;
}

/** How long it took, or will take. */
export function paceWords(pace: Pace): string {
  const seconds = remainingSeconds(pace);
  return seconds === null
    ? `${formatDuration(pace.elapsed_ms / 1000)} so far`
    : `about ${formatDuration(seconds)} to go at this pace`;
}

/** Of 1; null while the end is not known. */
export function fraction01({ done, total }: Pick<Pace, 'done' | 'total'>): number | null {
  if (total === null || total === 0) return null;
  return Math.min(1, done / total);
}
