/** A model in evaluation with a class to be explained: what all explanation programs begin with. */

import type { Graph } from '../core/graph.ts';
import type { Program } from '../core/program.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Module } from '../nn/module.ts';
import { fold } from '../passes/fold.ts';
import { prune } from '../passes/prune.ts';
import { verify } from '../passes/verify.ts';
import { bind } from '../training/bind.ts';

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

export interface ClassScore {
  /** Shapes: [N,classes]. */
  readonly logits: Tensor;
  /** 1 for the class that is explained, else 0: the derivative of its logit by the logits. Shapes: [N,classes]. */
  readonly cotangent: Tensor;
}

/** The bound model's graph with the inputs that every explanation has. `image`: normalised. Shapes: [1,3,H,W]. */
export function imageGraph(model: Module, { height, width }: ImageSize): { graph: Graph; image: Tensor } {
  const { graph } = bind(model, { training: false });
  return { graph, image: graph.input('image', 'float32', [1, 3, height, width]) };
}

/**
 * The logits of `images`, and the class by the input `target` [1,classes].
 * Scores are logits: probabilities of a sure model hardly change with the picture, and so would explain nothing.
 */
export function classScore(model: Module, images: Tensor): ClassScore {
  const logits = model.call(images);
  const [, classes] = logits.shape as [number, number];
  const target = images.graph.input('target', 'float32', [1, classes]);
  return { logits, cotangent: target.expand(logits.shape) };
}

/** The program for the named outputs; parameters that have no part in them are no longer its inputs. */
export function explanationProgram(outputs: Readonly<Record<string, Tensor>>): Program {
  const program = fold(prune(new Map(Object.entries(outputs))));
  verify(program);
  return program;
}
