/** The optimizers as one: what each keeps per parameter, which scalars a step takes in, and the step itself. */

import { assert } from '../core/assert.ts';
import type { Tensor } from '../core/tensor.ts';
import { type AdamMoments, type AdamOptions, adamCorrections, adamStep } from './adam.ts';
import { type SgdOptions, sgdStep } from './sgd.ts';

export type OptimizerOptions = SgdOptions | AdamOptions;

/** A tensor of the parameter's shape that an optimizer keeps; all start at zero. */
export type Slot = 'velocity' | 'first_moment' | 'second_moment' | 'largest_second_moment';

/** A scalar that is fed with every update. */
export type Scalar = 'learning_rate' | 'adam_rate' | 'adam_epsilon';

/** What is kept for each parameter, in the order of the state. */
export function slotsOf(options: OptimizerOptions): readonly Slot[] {
  switch (options.kind) {
    case 'sgd':
      return options.momentum === 0 ? [] : ['velocity'];
    case 'adam':
    case 'adamw':
      return ['first_moment', 'second_moment', ...(options.amsgrad ? (['largest_second_moment'] as const) : [])];
    default:
      return options satisfies never;
  }
}

/**
 * Values of the scalars at one update.
 * Units: `update` counts a run's updates from 1.
 */
export function scalarsAt(
  options: OptimizerOptions,
  learningRate: number,
  update: number,
): Partial<Readonly<Record<Scalar, number>>> {
  if (options.kind === 'sgd') return { learning_rate: learningRate };
  const { rate, epsilon } = adamCorrections(options, update);
  return { learning_rate: learningRate, adam_rate: rate, adam_epsilon: epsilon };
}

export interface OptimizerStep {
  readonly parameter: Tensor;
  readonly slots: ReadonlyMap<Slot, Tensor>;
}

/**
 * New value of one parameter and of what is kept for it.
 * Shapes: parameter, gradient and slots alike.
 */
export type UpdateRule = (
  parameter: Tensor,
  gradient: Tensor,
  slots: ReadonlyMap<Slot, Tensor>,
  isDecayed: boolean,
) => OptimizerStep;

/** The rule for all parameters of one graph; what is alike for all of them is computed once. Shapes: scalars []. */
export function updateRule(options: OptimizerOptions, scalar: (name: Scalar) => Tensor): UpdateRule {
  return options.kind === 'sgd' ? sgdRule(options, scalar) : adamRule(options, scalar);
}

function sgdRule(options: SgdOptions, scalar: (name: Scalar) => Tensor): UpdateRule {
  const descent = scalar('learning_rate').neg();
  return (parameter, gradient, slots, isDecayed) => {
    const weightDecay = isDecayed ? options.weightDecay : 0;
    const velocity = slots.get('velocity') ?? null;
    const next = sgdStep(parameter, gradient, velocity, descent, { ...options, weightDecay });
    return { parameter: next.parameter, slots: present([['velocity', next.velocity]]) };
  };
}

function adamRule(options: AdamOptions, scalar: (name: Scalar) => Tensor): UpdateRule {
  const learningRate = scalar('learning_rate');
  const rate = scalar('adam_rate');
  const descent = learningRate.mul(rate).neg();
  const epsilon = scalar('adam_epsilon');
  const shrinks = options.kind === 'adamw' && options.weightDecay !== 0;
  const pull = shrinks ? rate.graph.scalar(options.weightDecay, 'float32').div(rate) : null;
  return (parameter, gradient, slots, isDecayed) => {
    const weightDecay = isDecayed ? options.weightDecay : 0;
    const [first, second] = [slots.get('first_moment'), slots.get('second_moment')];
    assert(first && second, `${options.kind}: a parameter came without its moments`);
    const moments = { first, second, largest: slots.get('largest_second_moment') ?? null };
    const scalars = { descent, epsilon, pull: isDecayed ? pull : null };
    const next = adamStep(parameter, gradient, moments, scalars, { ...options, weightDecay });
    return { parameter: next.parameter, slots: keptSlots(next.moments) };
  };
}

const keptSlots = ({ first, second, largest }: AdamMoments) =>
  present([
    ['first_moment', first],
    ['second_moment', second],
    ['largest_second_moment', largest],
  ]);

function present(entries: readonly (readonly [Slot, Tensor | null])[]): Map<Slot, Tensor> {
  return new Map(entries.flatMap(([name, tensor]) => (tensor === null ? [] : [[name, tensor] as const])));
}
