/**
 * Integrated gradients: the pixels' shares in what separates the picture's class score from a baseline's. They add up
 * to that difference.
 * Source: Sundararajan et al. 2017, https://arxiv.org/abs/1703.01365, equations 1 and 3.
 */

import type { Program } from '../core/program.ts';
import type { Module } from '../nn/module.ts';
import { pulledBack } from '../passes/gradients.ts';
import { classScore, explanationProgram, type ImageSize, imageGraph } from './class-score.ts';

/**
 * A batch of points on the straight path from the baseline to the picture.
 * Inputs: `image` and `baseline` [1,3,H,W], `target` [1,classes], `fractions` [B,1,1,1] of the way to the picture and
 * `weights` [B,1,1,1] of the points in the integral, the parameters.
 * Outputs: `attribution` [3,H,W], these points' part of the sum; `scores` [B], the class's logit at each point.
 */
export function integratedGradientsProgram(model: Module, size: ImageSize, batchSize: number): Program {
  const { graph, image } = imageGraph(model, size);
  const baseline = graph.input('baseline', 'float32', image.shape);
  const [fractions, weights] = ['fractions', 'weights'].map((name) =>
    graph.input(name, 'float32', [batchSize, 1, 1, 1]),
  );
  const way = image.sub(baseline);
  const points = baseline.add(way.mul(fractions!));
  const { logits, cotangent } = classScore(model, points);
  const [slopes] = pulledBack(logits, cotangent, [points]);
  const mean = slopes!.mul(weights!).sum([0], true);
  return explanationProgram({
    attribution: mean.mul(way).reshape([3, size.height, size.width]),
    scores: logits.mul(cotangent).sum([1]),
  });
}
