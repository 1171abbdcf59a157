/** Which part of the form each problem of a file belongs to. */

import type { SweepProblem } from '../../../preload/contract/sweep-draft.ts';
import type { Drawn } from './sweep-form.ts';

export interface GroupProblems {
  /** By the name of the field. */
  readonly fields: ReadonlyMap<string, string>;
  /** Of the group as a whole. */
  readonly others: readonly string[];
}

const fieldOf = ({ path }: SweepProblem): string =>
  path
    .replace(/\[\d+\]/g, '')
    .split('.')
    .at(-1)!;

/** Of a group of hyperparameters; `branch` null for those of every trial. */
export function problemsOfGroup(
  problems: readonly SweepProblem[],
  drawn: readonly Drawn[],
  branch: number | null,
): GroupProblems {
  const names = new Set(drawn.map(({ name }) => name));
  const own = problems.filter((problem) => problem.branch === branch);
  const fields = own.filter((problem) => names.has(fieldOf(problem)));
  const others = branch === null ? [] : own.filter((problem) => !fields.includes(problem));
  return {
    fields: new Map(fields.map((problem) => [fieldOf(problem), problem.message])),
    others: others.map(({ message }) => message),
  };
}

/** By the key of the file. */
export const problemsOfFile = (problems: readonly SweepProblem[]): ReadonlyMap<string, string> =>
  new Map(problems.filter(({ branch }) => branch === null).map((problem) => [fieldOf(problem), problem.message]));
