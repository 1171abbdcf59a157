/** One thing that was looked at, and how it is. */

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or what is missing and how to get it. */
  readonly found: string;
}
