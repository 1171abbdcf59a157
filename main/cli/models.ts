/** `lightbench models`. */

import { aliasesOf } from '../../native-models/catalog/aliases.ts';
import { describe } from '../../native-models/catalog/hyperparameters.ts';
import { hyperparametersOf, MODELS, type ModelCard } from '../../native-models/catalog.ts';
import { Task } from '../../preload/contract/tasks.ts';
import type { CliContext } from './context.ts';
import { table } from './format.ts';
import { oneOf } from './one-of.ts';

/** Defaults are those of the task that was asked for, else of a model's first one, with what other tasks have instead. */
export function modelsCommand({ output }: CliContext, options: { task?: string }): void {
  const task = options.task === undefined ? null : oneOf('--task', options.task, Task.options);
  const cards = MODELS.filter(({ tasks }) => task === null || tasks.includes(task));
  const value = cards.map((card) => ({
    name: card.name,
    tasks: card.tasks,
    title: card.title,
    source: card.source,
    hyperparameters: hyperparametersOf(card, task ?? card.tasks[0]!).map((entry) => ({
      ...entry,
      aliases: aliasesOf(entry.name),
    })),
    ...(task === null ? { task_defaults: card.taskDefaults } : {}),
  }));
  const text = value.map(({ name, title, hyperparameters }, i) => {
    const rows = hyperparameters.map((entry) => [
      entry.name,
      String(entry.default ?? 'none'),
      describe(entry.domain),
      entry.aliases.length === 0 ? entry.meaning : `${entry.meaning} (also: ${entry.aliases.join(', ')})`,
    ]);
    const others = task === null ? otherDefaults(cards[i]!) : [];
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
