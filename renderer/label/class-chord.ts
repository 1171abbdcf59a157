/** Classes by their numbers, of several digits where there are many: `1` `2` is the twelfth. */

/** How long a number may wait for its next digit. */
export const CHORD_MS = 700;

export interface ChordStep {
  /** Digits that wait for another; empty where none do. */
  readonly waiting: string;
  /** The class that is meant, counted from 0; null while digits wait, or where there is no such class. */
  readonly index: number | null;
}

/** A digit after those that wait. A number that no longer one could follow is taken at once. */
export function withDigit(waiting: string, digit: string, count: number): ChordStep {
  const joined = waiting + digit;
  const text = Number(joined) <= count ? joined : digit; // there is no such class: another number begins
  const number = Number(text);
  if (number < 1 || number > count) return { waiting: '', index: null };
  return number * 10 <= count ? { waiting: text, index: null } : { waiting: '', index: number - 1 };
}

/** No other digit has come. */
export const withoutDigit = (waiting: string): number | null => (waiting === '' ? null : Number(waiting) - 1);
