/** A sweep from its YAML: ours, or a job file of the product's second generation. Everything wrong is told with its line. */

import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { canonicalValue } from '../../native-models/catalog/aliases.ts';
import { messageOf } from '../../preload/contract/errors.ts';
import type { ReadSweep } from '../../preload/contract/sweep-draft.ts';
import { SweepFile } from '../../preload/contract/sweep-file.ts';
import {
  DEFAULT_TIMEOUT_HOURS,
  Policy,
  type Scalar,
  type SearchSpace,
  type SweepPlan,
} from '../../preload/contract/sweep-plan.ts';
import { collector, type Report } from './problems.ts';
import { isMapping, readSpace, type Spelling } from './read-space.ts';
import { fromV2Job, isV2Job, seedName } from './v2-job.ts';

type Mapping = Readonly<Record<string, unknown>>;

const MOST_CHARACTERS = 1_000_000;
const EMPTY: SearchSpace = { shared: {}, branches: [] };
/** Names and values of later generations become the seed's. */
const SEED: Spelling = { nameOf: seedName, valueOf: canonicalValue };

export function readSweep(text: string): ReadSweep {
  const failed = (message: string, line: number | null = null): ReadSweep => ({
    plan: null,
    problems: [{ path: '', line, message, branch: null }],
    notes: [],
  });
  if (text.length > MOST_CHARACTERS) return failed(`a sweep file has at most ${MOST_CHARACTERS} characters`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) return failed(error.message, lines.linePos(error.pos[0]).line);
  let root: unknown;
  try {
    root = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    return failed(messageOf(cause));
  }
  if (!isMapping(root)) return failed('a sweep file is a mapping that begins with `iterations:` or the like');
  const { problems, report } = collector(document, lines);
  const { plan, notes } = isV2Job(root) ? readV2(root, report) : readOurs(root, report);
  return { plan: problems.length === 0 ? plan : null, problems, notes: [...notes] };
}

/** Everything of a file but its space, which has messages of its own. */
const FileWithoutSpace = SweepFile.omit({ hyperparameter_sampling: true }).extend({
  sampling: SweepFile.shape.hyperparameter_sampling.unwrap().omit({ space: true }).optional(),
});
type FileWithoutSpace = z.infer<typeof FileWithoutSpace>;

function readOurs(root: Mapping, report: Report): { plan: SweepPlan | null; notes: readonly string[] } {
  const { hyperparameter_sampling: sampling, ...rest } = root;
  const place = (path: readonly (string | number)[]) =>
    path[0] === 'sampling' ? ['hyperparameter_sampling', ...path.slice(1)] : path;
  if (sampling === undefined)
    return { plan: planOf(rest, null, (path, message) => report(place(path), message)), notes: [] };
  if (!isMapping(sampling) || !('space' in sampling)) {
    report(['hyperparameter_sampling'], 'needs a mapping with the key `space`');
    return { plan: null, notes: [] };
  }
  const { space: raw, ...how } = sampling;
  const space = readSpace(raw, ['hyperparameter_sampling', 'space'], report, SEED);
  return {
    plan: planOf({ ...rest, sampling: how }, space, (path, message) => report(place(path), message)),
    notes: [],
  };
}

function readV2(root: Mapping, report: Report): { plan: SweepPlan | null; notes: readonly string[] } {
  const { file, space: place, notes, placeOf } = fromV2Job(root, report);
  const space = place === null ? null : readSpace(place.raw, place.path, report, SEED);
  return { plan: planOf(file, space, (path, message) => report(placeOf(path), message)), notes };
}

/** `space` null: none was given. Null when the rest is not well formed. */
function planOf(raw: Mapping, space: SearchSpace | null, report: Report): SweepPlan | null {
  const parsed = FileWithoutSpace.safeParse(raw);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) report(issue.path as (string | number)[], issueWords(issue));
    return null;
  }
  const file = parsed.data;
  const { algorithm = 'random', seed = 0, rule = 'random' } = file.sampling ?? {};
  return {
    name: file.name ?? null,
    task: file.task ?? null,
    sampling: { algorithm, seed, rule },
    space: space ?? EMPTY,
    iterations: file.iterations,
    max_concurrent_iterations: cappedConcurrency(file),
    experiment_timeout_hours: file.experiment_timeout_hours ?? DEFAULT_TIMEOUT_HOURS,
    trial_timeout_minutes: file.trial_timeout_minutes ?? null,
    early_termination_policy: policyOf(file, report),
    arguments: argumentsOf(file, report),
    warm_start: file.warm_start ?? [],
    is_automatic: space === null && file.iterations > 1,
  };
}

/** Source: product specification, section 22, conflicting limits. */
const cappedConcurrency = ({ max_concurrent_iterations: most, iterations }: FileWithoutSpace): number | null =>
  most === undefined ? null : Math.min(most, iterations);

function policyOf({ early_termination_policy: given = 'none' }: FileWithoutSpace, report: Report): Policy {
  const policy = typeof given === 'string' ? Policy.parse({ type: given }) : given;
  if (policy.type !== 'bandit') return policy;
  const slacks = [policy.slack_factor, policy.slack_amount].filter((slack) => slack !== undefined).length;
  if (slacks !== 1) report(['early_termination_policy'], 'bandit takes exactly one of slack_factor and slack_amount');
  return policy;
}

/** A flat list of `--name`, value, or a mapping. Source: product specification, section 13. */
function argumentsOf({ arguments: given = {} }: FileWithoutSpace, report: Report): Record<string, Scalar> {
  const entries = Array.isArray(given) ? pairsOf(given, report) : Object.entries(given);
  const all = Object.fromEntries(entries);
  const read = new Map<string, Scalar>();
  for (const [written, value] of entries) {
    const name = seedName(written, all);
    if (read.has(name)) report(['arguments'], `${written} is given twice`);
    read.set(name, canonicalValue(name, value) as Scalar);
  }
  return Object.fromEntries(read);
}

function pairsOf(given: readonly Scalar[], report: Report): [string, Scalar][] {
  const pairs: [string, Scalar][] = [];
  for (let i = 0; i < given.length; i += 2) {
    const [flag, value] = [given[i], given[i + 1]];
    const name = typeof flag === 'string' && flag.startsWith('--') ? flag.slice(2) : null;
    const expected = `expected a name with two dashes, as "--early_stopping"; got ${JSON.stringify(flag)}`;
    if (name === null) report(['arguments', i], expected);
    else if (value === undefined) report(['arguments', i], `${flag} has no value`);
    else pairs.push([name, value]);
  }
  return pairs;
}

/** Zod's words, with the keys and values there are. */
function issueWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `unknown ${issue.keys.map((key) => `"${key}"`).join(', ')}; there are ${Object.keys(SweepFile.shape).join(', ')}`;
  }
  if (issue.code !== 'invalid_union') return issue.message;
  const inner = issue.errors.flat().filter(({ code }) => code !== 'invalid_type');
  return inner.length === 0
    ? issue.message
    : inner.map((each) => `${each.path.join('.')} ${each.message}`.trim()).join('; ');
}
