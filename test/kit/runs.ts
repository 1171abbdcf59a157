/** A run as the command line would create it, with what a test wants to be different. */

import type { NewRun } from '../../main/store/runs.ts';

export function newRun(changes: Partial<NewRun> = {}): NewRun {
  return {
    model: 'resnet18',
    device: 'cpu',
    params: { learning_rate: 0.01, number_of_epochs: 15 },
    primary_metric: 'accuracy',
    seed: 7,
    classes: ['can', 'carton'],
    split: { train: [1, 2, 3], validation: [4], test: [] },
    weights: null,
    notes: ['trained from scratch'],
    created_at_ms: 1_700_000_000_000,
    ...changes,
  };
}
