/** Rows of files that cannot be used, collected until all are known. */

import { AppError } from '../../preload/contract/errors.ts';

export interface BadRow {
  /** `predictions.jsonl:7`. */
  readonly where: string;
  readonly problem: string;
}

/** Beyond these, a message only counts them. */
export const LISTED = 20;

/** Errors: bad-predictions where there are any, naming the first of them. */
export function refuseBadRows(problems: readonly BadRow[], count: number = problems.length): void {
  if (count === 0) return;
  const listed = problems.slice(0, LISTED).map(({ where, problem }) => `${where}: ${problem}`);
  const more = count > LISTED ? [`… and ${count - LISTED} more`] : [];
  throw new AppError('bad-predictions', [...listed, ...more].join('\n'), { problems });
}

/** Keeps the first problems and the number of all, so that a file of nothing else takes no memory. */
export class BadRows {
  private readonly first: BadRow[] = [];
  private count = 0;

  add(where: string, problem: string): void {
    this.count += 1;
    if (this.first.length < LISTED) this.first.push({ where, problem });
  }

  /** Errors: bad-predictions where there are any. */
  refuse(): void {
    refuseBadRows(this.first, this.count);
  }
}
