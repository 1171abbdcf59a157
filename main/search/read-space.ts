/** A search space as people write it, in all its forms, or everything that is wrong with it and where. */

import { Distribution, type Scalar, type SearchSpace } from '../../preload/contract/sweep-plan.ts';
import { isDistributionText, parseDistributionText } from './distribution-text.ts';
import type { Report } from './problems.ts';

type Path = readonly (string | number)[];
type Mapping = Readonly<Record<string, unknown>>;

/** Calls a hyperparameter by the name it has here; `branch` are all names and values beside it. */
export type Rename = (name: string, branch: Mapping) => string;

/** How what is read is spelt here. */
export interface Spelling {
  readonly nameOf: Rename;
  /** Of one value; that of another type, such as a list of two numbers, may become a text. */
  readonly valueOf: (name: string, value: unknown) => unknown;
}

/**
 * A mapping of hyperparameters, where one key may hold a choice of mappings, or a list of mappings.
 * Source: product specification, sections 4.2 and 10.3.
 */
export function readSpace(raw: unknown, path: Path, report: Report, spelling: Spelling): SearchSpace {
  if (Array.isArray(raw)) {
    if (raw.length === 0) report(path, 'a list of sub-spaces needs at least one');
    return { shared: {}, branches: raw.map((each, i) => readBranch(each, [...path, i], report, spelling)) };
  }
  if (!isMapping(raw)) {
    report(path, `a search space is a mapping of hyperparameters or a list of such; got ${JSON.stringify(raw)}`);
    return { shared: {}, branches: [] };
  }
  const conditional = Object.entries(raw).filter(([, value]) => subspacesOf(value) !== null);
  if (conditional.length > 1) {
    const names = conditional.map(([name]) => name).join(' and ');
    report([...path, conditional[1]![0]], `only one key may hold a choice of sub-spaces; here ${names} do`);
  }
  const plain = Object.fromEntries(Object.entries(raw).filter(([, value]) => subspacesOf(value) === null));
  const shared = readBranch(plain, path, report, spelling);
  const [first] = conditional;
  if (first === undefined) return { shared, branches: [] };
  const at = [...path, first[0], 'values'];
  const branches = subspacesOf(first[1])!.map((each, i) => readBranch(each, [...at, i], report, spelling));
  branches.forEach((branch, i) => {
    for (const name of Object.keys(branch).filter((key) => Object.hasOwn(shared, key))) {
      report([...at, i, name], `${name} is given inside and outside of this sub-space`);
    }
  });
  return { shared, branches };
}

/** The mappings that a key chooses from; null when its value is something else. */
function subspacesOf(value: unknown): readonly Mapping[] | null {
  if (!isMapping(value) || value['type'] !== 'choice' || !Array.isArray(value['values'])) return null;
  const values = value['values'] as unknown[];
  return values.length > 0 && values.every(isMapping) ? (values as Mapping[]) : null;
}

function readBranch(raw: unknown, path: Path, report: Report, spelling: Spelling): Record<string, Distribution> {
  if (!isMapping(raw)) {
    report(path, `a sub-space is a mapping of hyperparameters; got ${JSON.stringify(raw)}`);
    return {};
  }
  const read = new Map<string, Distribution>();
  for (const [written, value] of Object.entries(raw)) {
    const at = [...path, written];
    const name = spelling.nameOf(written, raw);
    const spelt = (one: unknown) => spelling.valueOf(name, one);
    if (read.has(name)) report(at, `${written} is another name of ${name}, which is given as well`);
    const distribution = readDistribution(withValues(value, spelt), at, report);
    if (distribution !== null) read.set(name, withChoices(distribution, spelt));
  }
  return Object.fromEntries(read);
}

/** A plain value, or the values of a choice, spelt anew. */
function withValues(raw: unknown, spelt: (value: unknown) => unknown): unknown {
  if (!isMapping(raw)) return spelt(raw);
  return Array.isArray(raw['values']) ? { ...raw, values: raw['values'].map(spelt) } : raw;
}

/** The same of a choice that was a text. */
function withChoices(distribution: Distribution, spelt: (value: unknown) => unknown): Distribution {
  if (distribution.type !== 'choice') return distribution;
  return { ...distribution, values: distribution.values.map((value) => spelt(value) as Scalar) };
}

/** A plain value is a choice of one. */
function readDistribution(raw: unknown, path: Path, report: Report): Distribution | null {
  if (typeof raw === 'string' && isDistributionText(raw)) {
    const parsed = parseDistributionText(raw);
    if ('problem' in parsed) report(path, parsed.problem);
    return 'problem' in parsed ? null : checked(parsed, path, report);
  }
  if (typeof raw === 'string' || typeof raw === 'boolean' || typeof raw === 'number') {
    return { type: 'choice', values: [raw as Scalar] };
  }
  if (!isMapping(raw)) {
    const hint = Array.isArray(raw) ? ': write {type: choice, values: [...]} for one of several values' : '';
    report(path, `expected a distribution or a value, got ${JSON.stringify(raw)}${hint}`);
    return null;
  }
  const parsed = Distribution.safeParse(canonical(raw));
  if (parsed.success) return checked(parsed.data, path, report);
  for (const issue of parsed.error.issues) {
    const place = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    report(
      path,
      `${raw['type'] === undefined ? 'a distribution needs a type' : `${raw['type']}: ${place}${issue.message}`}`,
    );
  }
  return null;
}

/** `min_value` and `max_value` of the second generation are `min` and `max`. */
function canonical(raw: Mapping): Mapping {
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key.replace(/^(min|max)_value$/, '$1'), value]));
}

function checked(distribution: Distribution, path: Path, report: Report): Distribution {
  if ('min' in distribution && distribution.min > distribution.max) {
    report(path, `${distribution.type}: min ${distribution.min} is above max ${distribution.max}`);
  }
  return distribution;
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
