/** `lightbench models`. */

import { describe } from '../../native-models/catalog/hyperparameters.ts';
import { MODELS } from '../../native-models/catalog.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { CliContext } from './context.ts';
import { table } from './format.ts';

export function modelsCommand({ output }: CliContext, options: { task?: string }): void {
  const cards = MODELS.filter(({ tasks }) => options.task === undefined || tasks.includes(options.task));
  if (cards.length === 0) throw new AppError('bad-argument', `no model does "${options.task}" yet`);
  const value = cards.map(({ name, tasks, title, source, hyperparameters }) => ({
    name,
    tasks,
    title,
    source,
    hyperparameters,
  }));
  const text = cards.map(({ name, title, hyperparameters }) => {
    const rows = hyperparameters.map((entry) => [
      entry.name,
      String(entry.default ?? 'none'),
      describe(entry.domain),
      entry.meaning,
    ]);
    return `${name}: ${title}\n${table(['hyperparameter', 'default', 'range', 'meaning'], rows)}`;
  });
  output.result(value, text.join('\n\n'));
}
