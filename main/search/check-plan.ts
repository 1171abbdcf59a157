/**
 * Whether a sweep can work, asked before anything runs: its sampler takes its space, and every value it can draw is one
 * that its models take.
 * Source: product specification, sections 8, 10, 13 and 22; conflicts C4, C5 and C15 of its section 21.
 */

import type { Distribution, Scalar, SweepPlan } from '../../preload/contract/sweep-plan.ts';
import { boundsOf, isWhole } from './distributions.ts';
import type { HyperparameterRule, ModelRule, ModelRules } from './model-rules.ts';
import type { OpenDraws } from './samplers/sampler.ts';
import { SAMPLERS } from './samplers/samplers.ts';
import { SOBOL_DIMENSIONS } from './samplers/sobol.ts';
import { MODEL_NAME, settingsOf } from './settings.ts';
import { type Branch, branchesOf, fromUnit } from './space.ts';

export interface PlanProblem {
  /** Key of the sweep file, or name of a hyperparameter. */
  readonly name: string;
  /** Which branch it is in; null where it is in none or the space has none. */
  readonly branch: number | null;
  readonly message: string;
}

export interface CheckedPlan {
  readonly problems: readonly PlanProblem[];
  readonly notes: readonly string[];
}

export function checkPlan(plan: SweepPlan, rules: ModelRules, draws: OpenDraws): CheckedPlan {
  const notes: string[] = [];
  const problems: PlanProblem[] = [...taskProblems(plan, rules), ...samplerProblems(plan), ...argumentProblems(plan)];
  const branches = branchesOf(plan.space);
  branches.forEach((branch, i) => {
    const at = plan.space.branches.length === 0 ? null : i;
    const checked = checkBranch(plan, branch, rules, draws);
    const placed = (name: string) => (Object.hasOwn(plan.space.shared, name) || name in plan.arguments ? null : at);
    problems.push(...checked.problems.map((problem) => ({ ...problem, branch: placed(problem.name) })));
    notes.push(...checked.notes);
  });
  return { problems: distinct(problems), notes: [...new Set(notes)] };
}

/** A problem of a shared hyperparameter is found in every branch. */
function distinct(problems: readonly PlanProblem[]): PlanProblem[] {
  const seen = new Map(problems.map((problem) => [`${problem.branch} ${problem.name}: ${problem.message}`, problem]));
  return [...seen.values()];
}

const of = (name: string, message: string): PlanProblem => ({ name, branch: null, message });

function taskProblems({ task }: SweepPlan, rules: ModelRules): PlanProblem[] {
  return task === null || task === rules.task
    ? []
    : [of('task', `the sweep is for ${task}, the project for ${rules.task}`)];
}

function samplerProblems({ sampling, space, early_termination_policy: policy }: SweepPlan): PlanProblem[] {
  const { algorithm, rule } = sampling;
  const sampler = SAMPLERS[algorithm];
  const problems: PlanProblem[] = [];
  for (const { name, distribution } of branchesOf(space).flat()) {
    if (sampler.takes === null || sampler.takes.includes(distribution.type)) continue;
    const message = `${algorithm} sampling takes ${sampler.takes.join(', ')} only; ${name} is ${distribution.type}`;
    problems.push(of(name, message));
  }
  if (space.branches.length > 0 && !sampler.takesBranches) {
    const able = Object.values(SAMPLERS).filter(({ takesBranches }) => takesBranches);
    const names = able.map(({ name }) => name).join(' or ');
    problems.push(of('algorithm', `${algorithm} sampling takes no conditional space; use ${names}`));
  }
  if (policy.type !== 'none' && !sampler.takesPolicy) {
    const message = `${algorithm} sampling takes no early termination policy: it learns from what trials come to in the end`;
    problems.push(of('early_termination_policy', message));
  }
  if (rule === 'sobol' && algorithm !== 'random') problems.push(of('rule', 'sobol is a rule of random sampling'));
  const widest = Math.max(...branchesOf(space).map((branch) => branch.length));
  if (rule === 'sobol' && widest >= SOBOL_DIMENSIONS) {
    problems.push(of('rule', `sobol takes up to ${SOBOL_DIMENSIONS - 1} hyperparameters, there are ${widest}`));
  }
  return problems;
}

function argumentProblems(plan: SweepPlan): PlanProblem[] {
  const names = new Set(branchesOf(plan.space).flatMap((branch) => branch.map(({ name }) => name)));
  const twice = Object.keys(plan.arguments).filter((name) => names.has(name));
  return twice.map((name) => of(name, `${name} is given in arguments and in the search space`));
}

function checkBranch(plan: SweepPlan, branch: Branch, rules: ModelRules, draws: OpenDraws): CheckedPlan {
  const { names, notes } = modelsOf(plan, branch, rules);
  const problems: PlanProblem[] = [];
  const allNotes = [...notes];
  for (const name of names) {
    const model = rules.models.find((each) => each.name === name);
    if (model === undefined) {
      const there = rules.models.map((each) => each.name).join(', ');
      problems.push(of(MODEL_NAME, `there is no model "${name}" for ${rules.task}; there are: ${there}`));
      continue;
    }
    const found = [
      ...argumentMisfits(plan, model),
      ...branch.flatMap((each) => misfits(each.name, each.distribution, model)),
    ];
    problems.push(...found.filter((each) => 'branch' in each));
    allNotes.push(...found.flatMap((each) => ('note' in each ? [each.note] : [])));
    if (problems.length > 0) continue;
    const whole = wholeProblems(plan, branch, model, rules, draws);
    problems.push(...whole.problems);
    allNotes.push(...whole.notes);
  }
  return { problems, notes: allNotes };
}

/** The models a branch can draw. Source: C15 of section 21. */
function modelsOf(plan: SweepPlan, branch: Branch, rules: ModelRules): { names: string[]; notes: string[] } {
  const searched = branch.find(({ name }) => name === MODEL_NAME)?.distribution;
  if (searched !== undefined)
    return { names: searched.type === 'choice' ? searched.values.map(String) : [], notes: [] };
  const fixed = plan.arguments[MODEL_NAME] ?? rules.defaultModel;
  if (fixed === null) return { names: [], notes: [] };
  const isDefault = plan.arguments[MODEL_NAME] === undefined;
  return { names: [String(fixed)], notes: isDefault ? [`no model_name is given: ${fixed} is used`] : [] };
}

function argumentMisfits(plan: SweepPlan, model: ModelRule): Misfit[] {
  return Object.entries(plan.arguments).flatMap(([name, value]) =>
    misfits(name, { type: 'choice', values: [value] }, model),
  );
}

type Misfit = PlanProblem | { readonly note: string };

function misfits(name: string, distribution: Distribution, model: ModelRule): Misfit[] {
  if (name === MODEL_NAME) {
    return distribution.type === 'choice' ? [] : [of(name, `${name} must be a choice, it is ${distribution.type}`)];
  }
  const rule = model.hyperparameters.get(name);
  if (rule === undefined) {
    const [message] = model.problemsOf({ [name]: 0 }).filter((text) => text.includes(name));
    return [of(name, `${model.name}: ${message ?? `takes no ${name}`}`)];
  }
  return distribution.type === 'choice'
    ? choiceMisfits(name, distribution.values, rule, model)
    : rangeMisfits(name, distribution, rule, model);
}

function choiceMisfits(name: string, values: readonly Scalar[], rule: HyperparameterRule, model: ModelRule): Misfit[] {
  const none = values.find((value) => name === 'validation_metric_type' && value === 'none');
  if (none !== undefined) return [of(name, 'a sweep needs a primary metric: validation_metric_type cannot be none')];
  return values
    .filter((value) => !rule.accepts(value))
    .map((value) => of(name, `${model.name}: ${name} must be ${rule.expected}, got ${JSON.stringify(value)}`));
}

function rangeMisfits(
  name: string,
  distribution: Exclude<Distribution, { type: 'choice' }>,
  rule: HyperparameterRule,
  model: ModelRule,
): Misfit[] {
  const must = `${model.name}: ${name} must be ${rule.expected}`;
  const [low, high] = boundsOf(distribution);
  if (rule.isWhole === null) {
    const values = distribution.type === 'randint' ? Array.from({ length: high + 1 }, (_, i) => i) : [];
    if (values.length > 0 && values.every((value) => rule.accepts(value))) return [];
    return [of(name, `${must}; use choice, not ${distribution.type}`)];
  }
  if (rule.isWhole && !isWhole(distribution)) {
    return [
      of(name, `${must}, and ${distribution.type} gives others; use randint, choice or a distribution with a whole q`),
    ];
  }
  if (!Number.isFinite(high) || !Number.isFinite(low)) {
    const note = `${name} is ${distribution.type}, which has no bound: a draw that is not ${rule.expected} is recorded as a failed trial`;
    return [{ note }];
  }
  const outside = [low, high].filter((value) => !rule.accepts(value));
  return outside.length === 0
    ? []
    : [of(name, `${must}, and ${distribution.type} gives values as ${outside.join(' and ')}`)];
}

const TRIED_DRAWS = 64;

/** Values that fit one by one but not together, as a crop larger than the picture it is cut from. */
function wholeProblems(
  plan: SweepPlan,
  branch: Branch,
  model: ModelRule,
  rules: ModelRules,
  draws: OpenDraws,
): CheckedPlan {
  const stream = draws('check', model.name);
  const isUnbounded = branch.some(({ distribution: d }) => d.type !== 'choice' && !boundsOf(d).every(Number.isFinite));
  const messages = new Set<string>();
  let wrong = 0;
  for (let i = 0; i < TRIED_DRAWS; i++) {
    const configuration = {
      ...fromUnit(
        branch,
        branch.map(() => stream.uniform()),
      ),
      [MODEL_NAME]: model.name,
    };
    const found = model.problemsOf(settingsOf(plan, configuration, rules.defaultModel).given);
    wrong += found.length > 0 ? 1 : 0;
    for (const message of found) messages.add(message);
  }
  const [first = ''] = messages;
  if (wrong === TRIED_DRAWS)
    return { problems: [of('space', `${model.name}: no draw can be trained: ${first}`)], notes: [] };
  if (wrong === 0 || isUnbounded) return { problems: [], notes: [] };
  const share = Math.round((100 * wrong) / TRIED_DRAWS);
  return {
    problems: [],
    notes: [`${model.name}: about ${share} % of draws cannot be trained and are recorded as failed trials: ${first}`],
  };
}
