/** The catalogue as search spaces are checked against it. */

import { describe, takes } from '../../native-models/catalog/hyperparameters.ts';
import { defaultModel, hyperparametersOf, MODELS, type ModelCard, resolveFor } from '../../native-models/catalog.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import type { HyperparameterRule, ModelRule, ModelRules } from '../search/model-rules.ts';

export function modelRules(task: Task): ModelRules {
  const models = MODELS.filter(({ tasks }) => tasks.includes(task)).map((card) => modelRule(card, task));
  const named = defaultModel(task);
  return { task, models, defaultModel: models.some(({ name }) => name === named) ? named : null };
}

function modelRule(card: ModelCard, task: Task): ModelRule {
  const rules = hyperparametersOf(card, task).map(({ name, domain }): [string, HyperparameterRule] => {
    const isRange = domain.kind === 'integer' || domain.kind === 'number';
    const rule = { accepts: (value: unknown) => takes(domain, value), expected: describe(domain) };
    return [name, { ...rule, isWhole: isRange ? domain.kind === 'integer' : null }];
  });
  return {
    name: card.name,
    hyperparameters: new Map(rules),
    problemsOf: (given) => resolveFor(card, given, task).problems.map(({ message }) => message),
  };
}
