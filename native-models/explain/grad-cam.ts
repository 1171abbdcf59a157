/**
 * Grad-CAM: where the last convolutional stage saw what speaks for a class.
 * Source: Selvaraju et al. 2016, https://arxiv.org/abs/1610.02391, equations 1 and 2.
 */

import { assert } from '../core/assert.ts';
import type { Program } from '../core/program.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Module } from '../nn/module.ts';
import { pulledBack } from '../passes/gradients.ts';
import { classScore, explanationProgram, type ImageSize, imageGraph } from './class-score.ts';
import { lastMapOf } from './landmarks.ts';

/**
 * Inputs: `image` [1,3,H,W], `target` [1,classes], the parameters.
 * Outputs: `logits` [1,classes]; `map` [h,w] of the last stage, at least 0.
 */
export function gradCamProgram(model: Module, size: ImageSize): Program {
  const { image } = imageGraph(model, size);
  const { logits, cotangent } = classScore(model, image);
  const features = lastMapOf(logits);
  assert(features !== null, 'grad-cam: the model has no convolutional stage before its head');
  const [slope] = pulledBack(logits, cotangent, [features]);
  return explanationProgram({ logits, map: classMap(features, slope!) });
}

/** Channels weighted by how much the class score gains by them on average; what speaks against the class is left out. */
function classMap(features: Tensor, slope: Tensor): Tensor {
  const weights = slope.mean([2, 3], true);
  return features.mul(weights).sum([0, 1]).relu();
}
