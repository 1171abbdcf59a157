/** Runs that can be asked what they see in images. */

import type { RunHead } from '../../preload/contract/run.ts';
import { formatMetric } from '../ui/format.ts';

export interface Model {
  readonly id: string;
  readonly label: string;
  readonly note: string;
}

/** Runs with a kept model, the newest first. */
export function modelsOf(runs: readonly RunHead[]): Model[] {
  return runs.flatMap(({ id, model, primary_metric: { name, best, epoch } }) =>
    epoch === null ? [] : [{ id, label: `${id} ${model}`, note: `${name} ${formatMetric(best)}` }],
  );
}
