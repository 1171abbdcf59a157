/** The form of a sweep, and the file it stands for: each is made from the other. */

import { describe, type Hyperparameter } from '../../../native-models/catalog/hyperparameters.ts';
import { findModel, hyperparametersOf, MODELS } from '../../../native-models/catalog.ts';
import type { Dimensions, Distribution, Policy, SweepPlan } from '../../../preload/contract/sweep-plan.ts';

/** A hyperparameter with what it is drawn from in words, as `loguniform(-6, -2)`, or a value. */
export interface Drawn {
  readonly name: string;
  readonly text: string;
}

export interface SweepForm {
  readonly name: string;
  readonly algorithm: string;
  readonly seed: string;
  readonly shared: readonly Drawn[];
  readonly branches: readonly (readonly Drawn[])[];
  readonly iterations: string;
  readonly concurrent: string;
  readonly hours: string;
  readonly policy: string;
  /** Settings of the policy, by name. */
  readonly policySettings: Readonly<Record<string, string>>;
  readonly fixed: readonly Drawn[];
  /** Ids of earlier sweeps to begin with. */
  readonly warmStart: readonly string[];
}

/** What each policy can be told, with what counts when it is not. */
export const POLICY_SETTINGS: Readonly<Record<Policy['type'], Readonly<Record<string, string>>>> = {
  none: {},
  bandit: { slack_factor: '0.2', evaluation_interval: '1', delay_evaluation: '5' },
  median_stopping: { evaluation_interval: '1', delay_evaluation: '5' },
  truncation_selection: { truncation_percentage: '20', evaluation_interval: '1', delay_evaluation: '5' },
  successive_halving: { reduction_factor: '3', minimum_intervals: '1' },
};

/** A distribution in words. */
export function textOf(distribution: Distribution): string {
  if (distribution.type === 'choice') {
    const [only] = distribution.values;
    if (distribution.values.length === 1) return String(only);
    return `choice(${distribution.values.map((value) => (typeof value === 'string' ? `'${value}'` : value)).join(', ')})`;
  }
  const { type, ...numbers } = distribution;
  return `${type}(${Object.values(numbers).join(', ')})`;
}

const drawnOf = (dimensions: Dimensions): Drawn[] =>
  Object.entries(dimensions).map(([name, distribution]) => ({ name, text: textOf(distribution) }));

/** The form of a plan that was read. */
export function formOf(plan: SweepPlan): SweepForm {
  const { type, ...settings } = plan.early_termination_policy;
  return {
    name: plan.name ?? '',
    algorithm: plan.sampling.algorithm,
    seed: String(plan.sampling.seed),
    shared: drawnOf(plan.space.shared),
    branches: plan.space.branches.map(drawnOf),
    iterations: String(plan.iterations),
    concurrent: plan.max_concurrent_iterations === null ? '' : String(plan.max_concurrent_iterations),
    hours: String(plan.experiment_timeout_hours),
    policy: type,
    policySettings: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
    fixed: Object.entries(plan.arguments).map(([name, value]) => ({ name, text: String(value) })),
    warmStart: plan.warm_start,
  };
}

/** Text that is a number counts as one; an empty field is left out. */
const valueOfText = (text: string): unknown => {
  const trimmed = text.trim();
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
};

const given = (name: string, text: string): Record<string, unknown> =>
  text.trim() === '' ? {} : { [name]: valueOfText(text) };

const recordOf = (drawn: readonly Drawn[]): Record<string, unknown> =>
  Object.fromEntries(drawn.map(({ name, text }) => [name, valueOfText(text)]));

/** The file that a form stands for; what is wrong in it is told by the engine. */
export function documentOf(form: SweepForm): Record<string, unknown> {
  const model = form.branches.length === 0 ? {} : { model: { type: 'choice', values: form.branches.map(recordOf) } };
  const settings = Object.entries(form.policySettings).map(([name, text]) => given(name, text));
  const policy =
    form.policy === 'none' ? {} : { early_termination_policy: Object.assign({ type: form.policy }, ...settings) };
  return {
    ...given('name', form.name),
    hyperparameter_sampling: {
      algorithm: form.algorithm,
      ...given('seed', form.seed),
      space: { ...recordOf(form.shared), ...model },
    },
    ...given('iterations', form.iterations),
    ...given('max_concurrent_iterations', form.concurrent),
    ...given('experiment_timeout_hours', form.hours),
    ...policy,
    ...(form.fixed.length === 0 ? {} : { arguments: recordOf(form.fixed) }),
    ...(form.warmStart.length === 0 ? {} : { warm_start: form.warmStart }),
  };
}

export interface Addable {
  readonly name: string;
  readonly range: string;
  readonly meaning: string;
  /** What is put there to begin with: its default. */
  readonly text: string;
}

/** Hyperparameters of the task's models that are not in the form yet; of one model where it is named. */
export function addables(task: string, model: string | null, taken: readonly Drawn[]): Addable[] {
  const card = (model === null ? null : findModel(model)) ?? MODELS.find(({ tasks }) => tasks.includes(task));
  if (card === undefined || card === null) return [];
  const names = new Set(taken.map(({ name }) => name));
  return hyperparametersOf(card, task)
    .filter(({ name }) => !names.has(name))
    .map(({ name, domain, meaning, default: value }) => ({
      ...{ name, meaning, range: describe(domain) },
      text: value === null ? '1' : String(value),
    }));
}

/** What is known of a hyperparameter, of the model where that is named; null for none of that name. */
export function hyperparameterOf(task: string, model: string | null, name: string): Hyperparameter | null {
  const named = model === null ? null : findModel(model);
  const cards = named == null ? MODELS.filter(({ tasks }) => tasks.includes(task)) : [named];
  for (const card of cards) {
    const found = hyperparametersOf(card, task).find((each) => each.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** What a branch is called: its model, as far as it says. */
export const branchTitle = (branch: readonly Drawn[]): string =>
  branch.find(({ name }) => name === 'model_name')?.text ?? 'the usual model';

/** The model of the shared space goes into a branch of its own: it cannot be given twice. */
export function withBranch(form: SweepForm, task: string): SweepForm {
  const [mine, others] = [true, false].map((isModel) =>
    form.shared.filter(({ name }) => (name === 'model_name') === isModel),
  );
  const used = new Set(
    [...form.branches.flat(), ...mine!].filter(({ name }) => name === 'model_name').map(({ text }) => text),
  );
  const next = modelNames(task).find((name) => !used.has(name)) ?? modelNames(task)[0]!;
  const first = form.branches.length === 0 && mine!.length > 0 ? [mine!] : [];
  return { ...form, shared: others!, branches: [...form.branches, ...first, [{ name: 'model_name', text: next }]] };
}

export const modelNames = (task: string): string[] =>
  MODELS.filter(({ tasks }) => tasks.includes(task)).map(({ name }) => name);

export interface Template {
  readonly title: string;
  readonly document: (task: string) => Record<string, unknown>;
}

const MEDIAN = { type: 'median_stopping', evaluation_interval: 1, delay_evaluation: 5 };

/** Files to begin with. */
export const TEMPLATES: readonly Template[] = [
  {
    title: 'Rate of one model',
    document: (task) => ({
      hyperparameter_sampling: {
        algorithm: 'bayesian',
        space: { model_name: modelNames(task)[0], learning_rate: 'uniform(0.001, 0.05)' },
      },
      iterations: 20,
    }),
  },
  {
    title: 'Two models, each its own',
    document: (task) => ({
      hyperparameter_sampling: {
        algorithm: 'random',
        space: {
          model: {
            type: 'choice',
            values: modelNames(task)
              .slice(0, 2)
              .map((model_name) => ({ model_name, learning_rate: 'loguniform(-7, -3)' })),
          },
        },
      },
      iterations: 16,
      early_termination_policy: MEDIAN,
    }),
  },
  {
    title: 'Everything chosen for me',
    document: () => ({ iterations: 16 }),
  },
];
