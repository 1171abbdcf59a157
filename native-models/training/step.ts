/**
 * Any objective and an optimizer made into one graph: the whole training step, or one in two programs where an update
 * waits for several batches. What a network predicts and how that is judged is the objective's business.
 */

import { Graph } from '../core/graph.ts';
import type { Tensor } from '../core/tensor.ts';
import type { ModelBinding } from '../nn/binding.ts';
import { type Network, namedParameters } from '../nn/module.ts';
import { LossScaler, type ScalingOptions } from '../optim/loss-scale.ts';
import { GRADIENT, NEXT, type StateTensor } from '../optim/state.ts';
import { type Blended, blended } from '../optim/statistics.ts';
import { type Unit, type UnitOptions, unitsOf } from '../optim/units.ts';
import { averageOutputs, type Slope, type UpdateOptions, updateOutputs } from '../optim/update.ts';
import { gradients } from '../passes/gradients.ts';
import { shapeRules } from '../rules/shape.ts';
import { bind } from './bind.ts';
import { finishedProgram, nameOf, type TrainingProgram } from './program.ts';

/** What a step makes smaller. */
export interface Objective {
  /** Shapes: []. */
  readonly loss: Tensor;
  /** Parts of the loss, each handed out under its name. Shapes: [] each. */
  readonly terms?: ReadonlyMap<string, Tensor>;
  /** What is fed anew at every step; it stays part of the interface even where nothing reads it. */
  readonly inputs: readonly Tensor[];
}

/** Calls the model on a graph that it is bound to, in training, and judges what comes out. */
export type BuildObjective = (graph: Graph) => Objective;

export interface StepOptions extends UpdateOptions {
  readonly frozenPrefixes?: readonly string[];
  /** Batch norm keeps the statistics that training starts from. */
  readonly keepsStatistics?: boolean;
  /** How many numbers a wide layer makes at a time; absent: all. */
  readonly elementsAtOnce?: number;
  /** Scales the loss for gradients in half precision; the scale is part of the state. Absent: not at all. */
  readonly lossScaling?: ScalingOptions;
}

/**
 * One training step.
 * Inputs: those of the objective, the scalars of the update, and the state.
 * Outputs: `loss` [], the terms of the loss, `gradient_norm` [] where gradients are clipped, the state.
 */
export function stepProgram(model: Network, options: StepOptions, build: BuildObjective): TrainingProgram {
  const forward = forwardOf(model, options, build);
  const { graph, binding, loss, units } = forward;
  const outputs = losses(forward);
  // Statistics first: they are small, and the runtime works back from the last output it is given.
  const statistics = blended(graph, binding.blends);
  for (const { name, value } of statistics) outputs.set(NEXT + name, value);
  const scaler = options.lossScaling ? new LossScaler(graph, options.lossScaling) : null;
  const slopes = scaler ? scaler.unscaled(slopesOf(forward, scaler.scaled(loss))) : slopesOf(forward, loss);
  for (const [name, value] of updateOutputs(graph, slopes, options)) outputs.set(name, value);
  const averaged = options.averages ? [...units, ...statistics] : [];
  const values = new Map(averaged.map(({ name }) => [name, outputs.get(NEXT + name)!] as const));
  for (const [name, value] of averageOutputs(graph, values)) outputs.set(name, value);
  const all = scaler ? scaler.guarded(outputs, slopes) : outputs;
  return finishedProgram(all, forward.inputs, binding.parameters, [...units, ...statistics]);
}

/** A training step in two, for updates that wait for several batches; both work on one state. */
export interface AccumulationPrograms {
  /**
   * Adds a batch's gradient to what was added up before.
   * Inputs: those of the objective, `gradient_carry` [] (0 at the first batch of an update, then 1), `gradient_scale` []
   * (one over the number of batches), and the state. Outputs: the losses, running statistics, `gradient:` tensors.
   */
  readonly gradient: TrainingProgram;
  /** Inputs: the scalars of the update and the state. Outputs: `gradient_norm` [] where clipped, the state. */
  readonly update: TrainingProgram;
}

export const GRADIENT_CARRY = 'gradient_carry';
export const GRADIENT_SCALE = 'gradient_scale';

/** The training step whose gradient is the mean over several batches. */
export function stepPrograms(model: Network, options: StepOptions, build: BuildObjective): AccumulationPrograms {
  const gradient = gradientProgram(model, options, build);
  const statistics = gradient.state.filter(({ role }) => role === 'statistic');
  return { gradient, update: updateProgram(model, options, statistics) };
}

function gradientProgram(model: Network, options: StepOptions, build: BuildObjective): TrainingProgram {
  const forward = forwardOf(model, options, build);
  const { graph, binding, units } = forward;
  const statistics = blended(graph, binding.blends);
  const outputs = new Map([
    ...losses(forward),
    ...statistics.map(({ name, value }) => [NEXT + name, value] as const),
    ...gradientOutputs(forward),
  ]);
  return finishedProgram(outputs, forward.inputs, binding.parameters, [...units, ...statistics]);
}

/** The gradient of every unit, added to what was there before. */
export function gradientOutputs(forward: Forward): [name: string, value: Tensor][] {
  const { graph, loss } = forward;
  const [carry, scale] = [GRADIENT_CARRY, GRADIENT_SCALE].map((name) => graph.input(name, 'float32', []));
  return slopesOf(forward, loss.mul(scale!)).map(({ name, gradient }) => {
    const before = graph.input(GRADIENT + name, 'float32', gradient.shape);
    return [NEXT + GRADIENT + name, before.scaleAdd(carry!, gradient)];
  });
}

/** `renewed` makes new values of running statistics, where the batches' own programs do not. */
export function updateProgram(
  model: Network,
  options: StepOptions,
  statistics: readonly StateTensor[],
  renewed: (graph: Graph) => readonly Blended[] = () => [],
): TrainingProgram {
  const graph = new Graph(shapeRules);
  const blends = renewed(graph);
  const parameters = namedParameters(model);
  const units = unitsOf(parameters, unitOptions(options));
  const slopes = units.map(({ name, shape, isDecayed }) => {
    const parameter = graph.input(name, 'float32', shape);
    return { name, parameter, gradient: graph.input(GRADIENT + name, 'float32', shape), isDecayed };
  });
  const outputs = new Map([
    ...blends.map(({ name, value }) => [NEXT + name, value] as const),
    ...updateOutputs(graph, slopes, options),
  ]);
  if (options.averages) {
    const values = new Map([
      ...[...units, ...blends].map(({ name }) => [name, outputs.get(NEXT + name)!] as const),
      ...statistics.map(({ name, shape }) => [name, graph.input(name, 'float32', shape)] as const),
    ]);
    for (const [name, value] of averageOutputs(graph, values)) outputs.set(name, value);
  }
  return finishedProgram(outputs, [], parameters, [...units, ...blends, ...statistics]);
}

export interface Forward extends Objective {
  readonly graph: Graph;
  readonly binding: ModelBinding;
  readonly units: readonly Unit[];
}

/** `areBatchesOne`: batch norm sees all batches of an update as one. */
export function forwardOf(model: Network, options: StepOptions, build: BuildObjective, areBatchesOne = false): Forward {
  const { frozenPrefixes = [], keepsStatistics = false, elementsAtOnce = Number.POSITIVE_INFINITY } = options;
  const units = unitsOf(namedParameters(model), unitOptions(options));
  const joined = units.flatMap(({ name, parts }) => (parts === null ? [] : [{ name, parts }]));
  const layers = { frozenPrefixes, keepsStatistics, joined, areBatchesOne, elementsAtOnce };
  const { binding, graph } = bind(model, { training: true, ...layers });
  return { graph, binding, units, ...build(graph) };
}

export const losses = ({ loss, terms = new Map() }: Objective): Map<string, Tensor> =>
  new Map([['loss', loss], ...terms]);

/** Where wide layers are made in parts, for the cache's sake, what is summed from them is summed while it is there. */
const unitOptions = ({ frozenPrefixes = [], decays, elementsAtOnce }: StepOptions): UnitOptions => ({
  isFrozen: (name) => frozenPrefixes.some((prefix) => name.startsWith(prefix)),
  ...(decays ? { decays } : {}),
  cutAtMatrices: elementsAtOnce !== undefined,
});

/** The derivative of `loss` by every unit; nothing is computed below the first layer that trains. */
function slopesOf({ graph, binding, units }: Forward, loss: Tensor): Slope[] {
  const tensorOf = (name: string) => binding.parameter(binding.parameters.get(name)!);
  const names = units.flatMap(({ name, parts }) => parts?.map((part) => part.name) ?? [name]);
  const found = gradients(loss, names.map(tensorOf));
  const byName = new Map(names.map((name, i) => [name, found[i]!] as const));
  return units.map(({ name, parts, isDecayed }) => {
    const [first, ...others] = (parts?.map((part) => part.name) ?? [name]).map((part) => byName.get(part)!);
    const gradient = others.length === 0 ? first! : first!.concat(others, 0);
    const parameter = parts === null ? tensorOf(name) : graph.inputs.find((input) => nameOf(input) === name)!;
    return { name, parameter, gradient, isDecayed };
  });
}
