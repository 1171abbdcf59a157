/** Classifiers as programs: the whole training step in one graph, the same model for evaluation and for export. */

import type { Program } from './core/program.ts';
import type { Module } from './nn/module.ts';
import { prune } from './passes/prune.ts';
import { verify } from './passes/verify.ts';
import { bind } from './training/bind.ts';
import { type Activation, classificationLoss, probabilities } from './training/classification-loss.ts';
import { imageInput, type ModelOptions, type Normalisation, normalise } from './training/images.ts';
import type { TrainingProgram } from './training/program.ts';
import {
  type AccumulationPrograms,
  type BuildObjective,
  type StepOptions,
  stepProgram,
  stepPrograms,
} from './training/step.ts';
import { type SynchronisedPrograms, synchronisedStep } from './training/synchronised.ts';

export type { Activation } from './training/classification-loss.ts';
export type { ModelOptions, Normalisation } from './training/images.ts';
export type { TrainingProgram } from './training/program.ts';
export { type AccumulationPrograms, GRADIENT_CARRY, GRADIENT_SCALE } from './training/step.ts';
export type { StageProgram, SynchronisedPrograms } from './training/synchronised.ts';

/** A classifier's loss is that of its logits. */
export interface TrainingOptions extends ModelOptions, StepOptions {
  /** By default softmax: one class an image. */
  readonly activation?: Activation;
  /** One weight per class, or null for the plain mean. */
  readonly classWeights?: readonly number[] | null;
}

/**
 * The training step of a classifier.
 * Inputs: `images` uint8 [B,3,H,W], `labels` as the loss takes them, the scalars of the update, and the state.
 * Outputs: `loss` [], `gradient_norm` [] where gradients are clipped, the state.
 */
export function trainingProgram(model: Module, options: TrainingOptions): TrainingProgram {
  return stepProgram(model, options, classifying(model, options));
}

/**
 * The training step of a classifier whose gradient is the mean over several batches. Without batch norm and class
 * weights this equals a step on one batch of all their images. Batch norm normalises by the statistics of each batch of
 * its own, and every batch enters the running ones.
 */
export function accumulationPrograms(model: Module, options: TrainingOptions): AccumulationPrograms {
  return stepPrograms(model, options, classifying(model, options));
}

/** The same where batch norm normalises by the statistics of all batches: with it, too, one batch of all their images. */
export function synchronisedPrograms(model: Module, options: TrainingOptions): SynchronisedPrograms {
  return synchronisedStep(model, options, classifying(model, options));
}

function classifying(model: Module, options: TrainingOptions): BuildObjective {
  return (graph) => {
    const images = imageInput(graph, options);
    const logits = model.call(normalise(images, options.normalisation));
    const { activation = 'softmax', classWeights = null } = options;
    const { loss, labels } = classificationLoss(logits, activation, classWeights);
    return { loss, inputs: [images, labels] };
  };
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
