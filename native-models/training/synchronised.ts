/**
 * A training step whose batch norms see all batches of an update as one: the program of a batch, cut where all batches
 * must have said something before any goes on.
 */

import type { Graph } from '../core/graph.ts';
import type { Tensor } from '../core/tensor.ts';
import { momentsFrom } from '../nn/batch-statistics.ts';
import type { AwaitedStatistic } from '../nn/binding.ts';
import type { Network } from '../nn/module.ts';
import { type Blend, blended } from '../optim/statistics.ts';
import { fold } from '../passes/fold.ts';
import { prune } from '../passes/prune.ts';
import { ACROSS, stagesOf } from '../passes/stages.ts';
import { finishedProgram, nameOf, type TrainingProgram } from './program.ts';
import {
  type BuildObjective,
  forwardOf,
  GRADIENT_SCALE,
  gradientOutputs,
  losses,
  type StepOptions,
  updateProgram,
} from './step.ts';

/** A program of one stage: all batches of an update run it before one runs the next. */
export interface StageProgram extends TrainingProgram {
  /** Names of what no stage after this one reads. */
  readonly lastReads: readonly string[];
}

/** All programs work on one state. */
export interface SynchronisedPrograms {
  /**
   * Inputs beside those of `AccumulationPrograms.gradient`: `across:` vectors, the mean of what all batches have said,
   * and what earlier stages have `kept:` of the same batch. Outputs besides: `said:` vectors, and what is `kept:`.
   */
  readonly stages: readonly StageProgram[];
  /** Inputs: the scalars of the update, `gradient_scale`, the `across:` vectors, the state. Outputs as without stages. */
  readonly update: TrainingProgram;
}

/** The training step whose gradient, and whose batch norms, are those of all batches together. */
export function synchronisedStep(model: Network, options: StepOptions, build: BuildObjective): SynchronisedPrograms {
  const forward = forwardOf(model, options, build, true);
  const { binding, units } = forward;
  const whole = fold(prune(new Map([...losses(forward), ...gradientOutputs(forward)]), forward.inputs));
  const ofBatch = new Set([...forward.inputs, ...binding.noises].map(nameOf));
  const stages = stagesOf(whole, (name) => ofBatch.has(name)).map(({ outputs, lastReads }) => {
    return { ...finishedProgram(outputs, [], binding.parameters, units), lastReads };
  });
  const renewed = (graph: Graph) => blended(graph, awaitedBlends(graph, binding.awaited));
  return { stages, update: updateProgram(model, options, [], renewed) };
}

/** What all batches together say of running statistics: as of one batch of all their elements. */
function awaitedBlends(graph: Graph, awaited: readonly AwaitedStatistic[]): Blend[] {
  if (awaited.length === 0) return [];
  const batches = graph.scalar(1, 'float32').div(graph.input(GRADIENT_SCALE, 'float32', []));
  const known = new Map<string, Tensor>();
  const statistic = (name: string, channels: number) => {
    const tensor = known.get(name) ?? graph.input(name, 'float32', [channels]);
    known.set(name, tensor);
    return tensor;
  };
  return awaited.flatMap(({ name, mean, variance, channels, count, momentum }) => {
    const shift = statistic(mean, channels);
    const [centre, spread] = momentsFrom(graph.input(ACROSS + name, 'float32', [2 * channels]), shift);
    const elements = batches.mul(count);
    const unbiased = spread.mul(elements.div(elements.sub(1).maximum(1)));
    return [
      { name: mean, statistic: shift, batch: centre, momentum },
      { name: variance, statistic: statistic(variance, channels), batch: unbiased, momentum },
    ];
  });
}
