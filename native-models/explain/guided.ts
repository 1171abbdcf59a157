/**
 * Guided backpropagation: the class score's derivative by the pixels, with only positive gradients passing a rectifier.
 * Source: Springenberg et al. 2014, https://arxiv.org/abs/1412.6806, section 3.4. ReLU6 is a rectifier here as well.
 */

import type { Program } from '../core/program.ts';
import type { Op } from '../core/tensor.ts';
import type { Module } from '../nn/module.ts';
import { type PullBack, pulledBack } from '../passes/gradients.ts';
import { pullBack } from '../rules/vjp.ts';
import { classScore, explanationProgram, type ImageSize, imageGraph } from './class-score.ts';

/**
 * Inputs: `image` [1,3,H,W], `target` [1,classes], the parameters.
 * Outputs: `logits` [1,classes]; `gradient` [3,H,W].
 */
export function guidedProgram(model: Module, size: ImageSize): Program {
  const { image } = imageGraph(model, size);
  const { logits, cotangent } = classScore(model, image);
  const [slope] = pulledBack(logits, cotangent, [image], positivelyPulled);
  return explanationProgram({ logits, gradient: slope!.reshape([3, size.height, size.width]) });
}

const positivelyPulled: PullBack = (cotangents, op) =>
  pullBack(isRectifier(op) ? cotangents.map((cotangent) => cotangent.relu()) : cotangents, op);

export function isRectifier({ prim, attrs }: Op): boolean {
  return prim === 'Relu' || (prim === 'Clip' && (attrs as Op<'Clip'>['attrs']).min === 0);
}
