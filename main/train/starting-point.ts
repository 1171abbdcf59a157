/** Where a run begins: the values of its parameters, and what it has behind it. */

import { backboneOf, type ModelCard } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import { type Network, namedParameters } from '../../native-models/nn/module.ts';
import { WARNING } from '../../preload/contract/run.ts';
import { KNOWN_WEIGHTS } from '../weights/catalogue.ts';
import { readLast } from './checkpoint.ts';
import type { Plan } from './plan.ts';
import type { EpochReport, TrainJob } from './protocol.ts';
import { fromFile, fromScratch } from './weights-file.ts';

export interface StartingPoint {
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly history: readonly EpochReport[];
  readonly notes: readonly string[];
}

/** From the last checkpoint, from a weights file, or from scratch, which is said loudly. */
export function startingPoint(job: TrainJob, card: ModelCard, network: Network, plan: Plan): StartingPoint {
  if (job.resume) {
    const { values, progress } = readLast(job.runFolder);
    const at = progress.history.at(-1)?.row.epoch;
    assert(at !== undefined, 'a checkpoint without a finished epoch');
    return { values, history: progress.history, notes: [`resumed after epoch ${at}`] };
  }
  const parameters = namedParameters(network);
  if (job.weightsFile !== null) {
    const { values, notes } = fromFile(job.weightsFile, parameters, card, plan.seed);
    return { values, history: [], notes };
  }
  return { values: fromScratch(parameters, plan.seed), history: [], notes: [scratchWarning(card.name)] };
}

function scratchWarning(model: string): string {
  const published = (name: string | null) => KNOWN_WEIGHTS.find((entry) => entry.model === name && entry.url !== null);
  const [own, ofBackbone] = [published(model), published(backboneOf(model))];
  const command = `lightbench weights fetch ${(own ?? ofBackbone)?.name}`;
  const hint = own ? `; there are some: ${command}` : ofBackbone ? `; there are some for its backbone: ${command}` : '';
  return `${WARNING}no pretrained weights for ${model}: training from scratch needs far more images to reach the same accuracy${hint}`;
}
