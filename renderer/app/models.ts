/** Runs, and models from elsewhere, that can be asked what they see in images. */

import type { ImportedModel } from '../../preload/contract/imported-models.ts';
import type { RunHead } from '../../preload/contract/run.ts';
import { formatMetric } from '../ui/format.ts';

export interface Model {
  readonly id: string;
  readonly label: string;
  readonly note: string;
}

/** Runs with a kept model, the newest first, then models from elsewhere. */
export function modelsOf(runs: readonly RunHead[], imported: readonly ImportedModel[]): Model[] {
  const trained = runs.flatMap(({ id, model, primary_metric: { name, best, epoch } }) =>
    epoch === null ? [] : [{ id, label: `${id} ${model}`, note: `${name} ${formatMetric(best)}` }],
  );
  const others = imported.filter(({ mapping }) => mapping.kind !== 'clicks');
  return [...trained, ...others.map(({ id, name }) => ({ id, label: `${id} ${name}`, note: 'from elsewhere' }))];
}

/** Models from elsewhere that answer clicks. */
export const clickModelsOf = (imported: readonly ImportedModel[]): Model[] =>
  imported.flatMap(({ id, name, mapping }) =>
    mapping.kind === 'clicks' ? [{ id, label: `${id} ${name}`, note: 'answers clicks' }] : [],
  );
