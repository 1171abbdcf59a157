/** Model, loss and optimizer made into one graph: the whole training step, and the same model for evaluation. */

import { Graph } from './core/graph.ts';
import type { Program } from './core/program.ts';
import type { Tensor } from './core/tensor.ts';
import type { ModelBinding } from './nn/binding.ts';
import { type Module, namedParameters } from './nn/module.ts';
import { LossScaler, type ScalingOptions } from './optim/loss-scale.ts';
import { GRADIENT, NEXT, type StateTensor } from './optim/state.ts';
import { blended } from './optim/statistics.ts';
import { type Unit, unitsOf } from './optim/units.ts';
import { averageOutputs, type Slope, type UpdateOptions, updateOutputs } from './optim/update.ts';
import { gradients } from './passes/gradients.ts';
import { prune } from './passes/prune.ts';
import { verify } from './passes/verify.ts';
import { shapeRules } from './rules/shape.ts';
import { bind } from './training/bind.ts';
import { type Activation, classificationLoss, probabilities } from './training/classification-loss.ts';
import { finishedProgram, nameOf, type TrainingProgram } from './training/program.ts';

export type { Activation } from './training/classification-loss.ts';
export type { TrainingProgram } from './training/program.ts';

/** How pixels 0..255 become the network's input: (pixel / 255 - mean) / deviation, per channel R, G, B. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

export interface ModelOptions {
  readonly batchSize: number;
  readonly height: number;
  readonly width: number;
  /** Null: `images` come as float32, already normalised. */
  readonly normalisation: Normalisation | null;
}

export interface TrainingOptions extends ModelOptions, UpdateOptions {
  readonly frozenPrefixes?: readonly string[];
  /** By default softmax: one class an image. */
  readonly activation?: Activation;
  /** One weight per class, or null for the plain mean. */
  readonly classWeights?: readonly number[] | null;
  /** Scales the loss for gradients in half precision; the scale is part of the state. Absent: not at all. */
  readonly lossScaling?: ScalingOptions;
}

/**
 * The training step of a classifier.
 * Inputs: `images` uint8 [B,3,H,W], `labels` as the loss takes them, the scalars of the update, and the state.
 * Outputs: `loss` [], `gradient_norm` [] where gradients are clipped, the state.
 */
export function trainingProgram(model: Module, options: TrainingOptions): TrainingProgram {
  const forward = forwardOf(model, options);
  const { graph, binding, loss, units } = forward;
  const outputs = new Map<string, Tensor>([['loss', loss]]);
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
   * Inputs: `images`, `labels`, `gradient_carry` [] (0 at the first batch of an update, then 1), `gradient_scale` []
   * (one over the number of batches), and the state. Outputs: `loss` [], running statistics, `gradient:` tensors.
   */
  readonly gradient: TrainingProgram;
  /** Inputs: the scalars of the update and the state. Outputs: `gradient_norm` [] where clipped, the state. */
  readonly update: TrainingProgram;
}

export const GRADIENT_CARRY = 'gradient_carry';
export const GRADIENT_SCALE = 'gradient_scale';

/**
 * The training step of a classifier whose gradient is the mean over several batches. Without batch norm and class
 * weights this equals a step on one batch of all their images. Batch norm normalises by the statistics of each batch of
 * its own, and every batch enters the running ones.
 */
export function accumulationPrograms(model: Module, options: TrainingOptions): AccumulationPrograms {
  const gradient = gradientProgram(model, options);
  const statistics = gradient.state.filter(({ role }) => role === 'statistic');
  return { gradient, update: updateProgram(model, options, statistics) };
}

function gradientProgram(model: Module, options: TrainingOptions): TrainingProgram {
  const forward = forwardOf(model, options);
  const { graph, binding, loss, units } = forward;
  const [carry, scale] = [GRADIENT_CARRY, GRADIENT_SCALE].map((name) => graph.input(name, 'float32', []));
  const outputs = new Map<string, Tensor>([['loss', loss]]);
  const statistics = blended(graph, binding.blends);
  for (const { name, value } of statistics) outputs.set(NEXT + name, value);
  for (const { name, gradient } of slopesOf(forward, loss.mul(scale!))) {
    const before = graph.input(GRADIENT + name, 'float32', gradient.shape);
    outputs.set(NEXT + GRADIENT + name, before.scaleAdd(carry!, gradient));
  }
  return finishedProgram(outputs, forward.inputs, binding.parameters, [...units, ...statistics]);
}

function updateProgram(model: Module, options: TrainingOptions, statistics: readonly StateTensor[]): TrainingProgram {
  const graph = new Graph(shapeRules);
  const parameters = namedParameters(model);
  const units = unitsOf(parameters, frozenBy(options.frozenPrefixes ?? []), options.decays);
  const slopes = units.map(({ name, shape, isDecayed }) => {
    const parameter = graph.input(name, 'float32', shape);
    return { name, parameter, gradient: graph.input(GRADIENT + name, 'float32', shape), isDecayed };
  });
  const outputs = updateOutputs(graph, slopes, options);
  if (options.averages) {
    const values = new Map([
      ...units.map(({ name }) => [name, outputs.get(NEXT + name)!] as const),
      ...statistics.map(({ name, shape }) => [name, graph.input(name, 'float32', shape)] as const),
    ]);
    for (const [name, value] of averageOutputs(graph, values)) outputs.set(name, value);
  }
  return finishedProgram(outputs, [], parameters, [...units, ...statistics]);
}

/**
 * The same model in evaluation.
 * Inputs: `images` uint8 [B,3,H,W] and the parameters. Outputs: `logits` [B,classes].
 */
export function evaluationProgram(model: Module, options: ModelOptions): Program {
  const { graph } = bind(model, { training: false });
  const images = imageInput(graph, options);
  const program = prune(new Map([['logits', model.call(normalise(images, options.normalisation))]]));
  verify(program);
  return program;
}

/**
 * The model as it is exported. Source: product specification, section 18.1.
 * Inputs: `input1` float32 [N,3,H,W], already normalised. Outputs: `output1` [N,classes], logits.
 */
export function exportProgram(model: Module, height: number, width: number): Program {
  const { graph } = bind(model, { training: false });
  const input = graph.input('input1', 'float32', [1, 3, height, width]);
  const program = prune(new Map([['output1', model.call(input)]]));
  verify(program);
  return program;
}

/**
 * The model with everything but resizing inside.
 * Inputs: `pixels` uint8 [N,H,W,3], RGB. Outputs: `probabilities` [N,classes].
 */
export function exportPixelProgram(
  model: Module,
  height: number,
  width: number,
  normalisation: Normalisation,
  activation: Activation = 'softmax',
): Program {
  const { graph } = bind(model, { training: false });
  const pixels = graph.input('pixels', 'uint8', [1, height, width, 3]);
  const images = pixels.transpose([0, 3, 1, 2]);
  const logits = model.call(normalise(images, normalisation));
  const program = prune(new Map([['probabilities', probabilities(logits, activation)]]));
  verify(program);
  return program;
}

interface Forward {
  readonly graph: Graph;
  readonly binding: ModelBinding;
  readonly units: readonly Unit[];
  readonly loss: Tensor;
  /** What stays part of the interface even where nothing reads it. */
  readonly inputs: readonly Tensor[];
}

/** The model on a batch in training, and its loss. */
function forwardOf(model: Module, options: TrainingOptions): Forward {
  const frozenPrefixes = options.frozenPrefixes ?? [];
  const units = unitsOf(namedParameters(model), frozenBy(frozenPrefixes), options.decays);
  const joined = units.flatMap(({ name, parts }) => (parts === null ? [] : [{ name, parts }]));
  const { binding, graph } = bind(model, { training: true, frozenPrefixes, joined });
  const images = imageInput(graph, options);
  const logits = model.call(normalise(images, options.normalisation));
  const { activation = 'softmax', classWeights = null } = options;
  const { loss, labels } = classificationLoss(logits, activation, classWeights);
  return { graph, binding, units, loss, inputs: [images, labels] };
}

const frozenBy = (prefixes: readonly string[]) => (name: string) => prefixes.some((prefix) => name.startsWith(prefix));

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

function imageInput(graph: Graph, options: ModelOptions): Tensor {
  const dtype = options.normalisation === null ? 'float32' : 'uint8';
  return graph.input('images', dtype, [options.batchSize, 3, options.height, options.width]);
}

/** One pass over the pixels: batch norm's inference form with the data set's statistics is exactly this formula. */
function normalise(images: Tensor, normalisation: Normalisation | null): Tensor {
  if (normalisation === null) return images;
  const { mean, deviation } = normalisation;
  const { graph } = images;
  const vector = (values: readonly number[]) => graph.constant(values, [3]);
  const statistics = [vector(mean.map((m) => 255 * m)), vector(deviation.map((d) => (255 * d) ** 2))];
  const inputs = [images.cast('float32'), vector([1, 1, 1]), vector([0, 0, 0]), ...statistics];
  return graph.apply('BatchNormInference', inputs, { epsilon: 0 })[0]!;
}
