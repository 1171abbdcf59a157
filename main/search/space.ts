/** A search space as samplers see it: one or several branches, each a list of dimensions over the unit interval. */

import type { Distribution, Scalar, SearchSpace } from '../../preload/contract/sweep-plan.ts';
import { categoriesOf, unitOf, valueAt } from './distributions.ts';

/** Hyperparameters of one trial, in order of declaration; what was not searched is not in it. */
export type Configuration = Readonly<Record<string, Scalar>>;

export interface Dimension {
  readonly name: string;
  readonly distribution: Distribution;
  /** Null where near values are alike; else the number of values, between which there is no order. */
  readonly categories: number | null;
}

export type Branch = readonly Dimension[];

/** The sub-spaces a configuration is drawn from; one where the space has no conditions. */
export function branchesOf({ shared, branches }: SearchSpace): readonly Branch[] {
  const parts = branches.length === 0 ? [{}] : branches;
  return parts.map((branch) =>
    Object.entries({ ...shared, ...branch }).map(([name, distribution]) => ({
      name,
      distribution,
      categories: categoriesOf(distribution),
    })),
  );
}

/** Which branch `u` in [0, 1] falls into; each is as likely. */
export function branchAt(branches: readonly Branch[], u: number): Branch {
  return branches[Math.min(branches.length - 1, Math.floor(u * branches.length))]!;
}

/** The configuration at a point of the unit cube. */
export function fromUnit(branch: Branch, point: readonly number[]): Configuration {
  return Object.fromEntries(branch.map(({ name, distribution }, d) => [name, valueAt(distribution, point[d]!)]));
}

/** The point of the unit cube where a configuration of the branch lies. */
export function toUnit(branch: Branch, configuration: Configuration): number[] {
  return branch.map(({ name, distribution }) => unitOf(distribution, configuration[name]!));
}

/** Whether a configuration can have come from this branch: the same names, and each fixed or chosen value among them. */
export function isOfBranch(branch: Branch, configuration: Configuration): boolean {
  if (Object.keys(configuration).length !== branch.length) return false;
  return branch.every(({ name, distribution }) => {
    const value = configuration[name];
    return value !== undefined && (distribution.type !== 'choice' || distribution.values.includes(value));
  });
}

/** How many configurations there are; null when any dimension is a range. */
export function sizeOf(branches: readonly Branch[]): number | null {
  let total = 0;
  for (const branch of branches) {
    let size = 1;
    for (const { distribution } of branch) {
      if (distribution.type !== 'choice') return null;
      size *= distribution.values.length;
    }
    total += size;
  }
  return total;
}
