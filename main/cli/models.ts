/** `lightbench models`. */

import { aliasesOf } from '../../native-models/catalog/aliases.ts';
import { describe } from '../../native-models/catalog/hyperparameters.ts';
import { hyperparametersOf, MODELS, type ModelCard } from '../../native-models/catalog.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { CliContext } from './context.ts';
import { table } from './format.ts';

/** Defaults are those of the task that was asked for, else of a model's first one, with what other tasks have instead. */
export function modelsCommand({ output }: CliContext, options: { task?: string }): void {
  const cards = MODELS.filter(({ tasks }) => options.task === undefined || tasks.includes(options.task));
  if (cards.length === 0) throw new AppError('bad-argument', `no model does "${options.task}" yet`);
  const value = cards.map((card) => ({
    name: card.name,
    tasks: card.tasks,
    title: card.title,
    source: card.source,
    hyperparameters: hyperparametersOf(card, options.task ?? card.tasks[0]!).map((entry) => ({
      ...entry,
      aliases: aliasesOf(entry.name),
    })),
    ...(options.task === undefined ? { task_defaults: card.taskDefaults } : {}),
  }));
  const text = value.map(({ name, title, hyperparameters }, i) => {
    const rows = hyperparameters.map((entry) => [
      entry.name,
      String(entry.default ?? 'none'),
      describe(entry.domain),
      entry.aliases.length === 0 ? entry.meaning : `${entry.meaning} (also: ${entry.aliases.join(', ')})`,
    ]);
    const others = options.task === undefined ? otherDefaults(cards[i]!) : [];
    return [`${name}: ${title}`, table(['hyperparameter', 'default', 'range', 'meaning'], rows), ...others].join('\n');
  });
  output.result(value, text.join('\n\n'));
}

function otherDefaults({ taskDefaults }: ModelCard): string[] {
  return Object.entries(taskDefaults).flatMap(([task, defaults]) => {
    const values = Object.entries(defaults).map(([name, value]) => `${name} ${value}`);
    return values.length === 0 ? [] : [`for ${task}: ${values.join(', ')}`];
  });
}
