/** Model, loss and optimizer made into one graph: the whole training step, and the same model for evaluation. */

import { Graph } from './core/graph.ts';
import type { Program } from './core/program.ts';
import type { Shape } from './core/shape.ts';
import type { Tensor } from './core/tensor.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { ModelBinding } from './nn/binding.ts';
import type { Module } from './nn/module.ts';
import { type SgdOptions, sgdStep } from './optim/sgd.ts';
import { fold } from './passes/fold.ts';
import { gradients } from './passes/gradients.ts';
import { prune } from './passes/prune.ts';
import { verify } from './passes/verify.ts';
import { shapeRules } from './rules/shape.ts';

/** How pixels 0..255 become the network's input: (pixel / 255 - mean) / deviation, per channel R, G, B. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

export interface TrainingOptions {
  readonly batchSize: number;
  readonly height: number;
  readonly width: number;
  /** Null: `images` come as float32, already normalised. */
  readonly normalisation: Normalisation | null;
  readonly optimizer: SgdOptions;
  readonly frozenPrefixes?: readonly string[];
  /** One weight per class, or null for the plain mean. */
  readonly classWeights?: readonly number[] | null;
}

/** A tensor that one step takes in under `name` and hands out under `next:name`. */
export interface StateTensor {
  readonly name: string;
  readonly shape: Shape;
  /** `velocity` starts at zero and is not part of the model. */
  readonly role: 'weight' | 'statistic' | 'velocity';
}

export interface TrainingProgram {
  readonly program: Program;
  /** What changes from step to step. */
  readonly state: readonly StateTensor[];
  /** Parameters that are read but do not change: frozen ones. */
  readonly fixed: readonly StateTensor[];
  /** Inputs to be filled with fresh uniform random numbers at every step. */
  readonly noises: readonly { readonly name: string; readonly shape: Shape }[];
}

export const NEXT = 'next:';
const VELOCITY = 'velocity:';

/**
 * The training step of a classifier.
 * Inputs: `images` uint8 [B,3,H,W], `labels` int32 [B], `learning_rate` [], and the state. Outputs: `loss` [], the state.
 */
export function trainingProgram(model: Module, options: TrainingOptions): TrainingProgram {
  const { binding, graph } = bind(model, true, options.frozenPrefixes ?? []);
  const images = imageInput(graph, options);
  const labels = graph.input('labels', 'int32', [options.batchSize]);
  const learningRate = graph.input('learning_rate', 'float32', []);

  const logits = model.call(normalise(images, options.normalisation));
  const weights = options.classWeights ? graph.constant(options.classWeights, [options.classWeights.length]) : null;
  const loss = crossEntropy(logits, labels, weights);

  const outputs = new Map<string, Tensor>([['loss', loss]]);
  // Statistics first: they are small, and the runtime works back from the last output it is given.
  for (const [name, value] of binding.updates) outputs.set(NEXT + name, value);
  for (const [name, value] of optimized(binding, loss, learningRate, options.optimizer))
    outputs.set(NEXT + name, value);

  const folded = fold(prune(outputs, [images, labels, learningRate]));
  verify(folded);
  return { program: folded, ...interfaceOf(folded, binding) };
}

/**
 * The same model in evaluation.
 * Inputs: `images` uint8 [B,3,H,W] and the parameters. Outputs: `logits` [B,classes].
 */
export function evaluationProgram(model: Module, options: Omit<TrainingOptions, 'optimizer'>): Program {
  const { graph } = bind(model, false, []);
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
  const { graph } = bind(model, false, []);
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
): Program {
  const { graph } = bind(model, false, []);
  const pixels = graph.input('pixels', 'uint8', [1, height, width, 3]);
  const images = pixels.transpose([0, 3, 1, 2]);
  const program = prune(new Map([['probabilities', model.call(normalise(images, normalisation)).softmax(1)]]));
  verify(program);
  return program;
}

function bind(model: Module, training: boolean, frozenPrefixes: readonly string[]) {
  let binding: ModelBinding | null = null;
  const graph = new Graph(shapeRules, (owner) => {
    binding = new ModelBinding(owner, model, { training, frozenPrefixes });
    return binding;
  });
  return { graph, binding: binding! as ModelBinding };
}

function imageInput(graph: Graph, options: Omit<TrainingOptions, 'optimizer'>): Tensor {
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

/** New values of every trained parameter and of its velocity, in the order of the model's layers. */
function optimized(
  binding: ModelBinding,
  loss: Tensor,
  learningRate: Tensor,
  optimizer: SgdOptions,
): Map<string, Tensor> {
  const trained = [...binding.parameters].filter(([name, { role }]) => role === 'weight' && !binding.isFrozen(name));
  const tensors = trained.map(([, parameter]) => binding.parameter(parameter));
  const slopes = gradients(loss, tensors);
  const values = new Map<string, Tensor>();
  trained.forEach(([name], i) => {
    const hasVelocity = optimizer.momentum !== 0;
    const velocity = hasVelocity ? loss.graph.input(VELOCITY + name, 'float32', tensors[i]!.shape) : null;
    const step = sgdStep(tensors[i]!, slopes[i]!, velocity, learningRate, optimizer);
    values.set(name, step.parameter);
    if (step.velocity !== null) values.set(VELOCITY + name, step.velocity);
  });
  return values;
}

function interfaceOf(program: Program, binding: ModelBinding): Omit<TrainingProgram, 'program'> {
  const named = program.inputs.map((input) => ({
    name: input.source.kind === 'input' ? input.source.name : '',
    shape: input.shape,
  }));
  const state = named
    .filter(({ name }) => program.outputs.has(NEXT + name))
    .map(({ name, shape }) => ({ name, shape, role: binding.parameters.get(name)?.role ?? ('velocity' as const) }));
  const fixed = named
    .filter(({ name }) => binding.parameters.has(name) && !program.outputs.has(NEXT + name))
    .map(({ name, shape }) => ({ name, shape, role: binding.parameters.get(name)!.role }));
  const noises = named.filter(({ name }) => name.startsWith('noise.'));
  return { state, fixed, noises };
}
