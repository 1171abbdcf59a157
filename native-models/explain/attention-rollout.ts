/**
 * What a vision transformer's class token has taken from which patch, followed through all blocks.
 *
 * Two ways to weigh the heads of a block. `mean`: by the plain mean, which follows attention and is the same for every
 * class. Source: Abnar and Zuidema 2020, https://arxiv.org/abs/2005.00928, section 3, attention rollout.
 * `gradient`: each entry by how much the class score gains by it, losses left out, so it is another map for another
 * class. Source: Chefer et al. 2021, https://arxiv.org/abs/2103.15679, equations 5 and 6.
 */

import { assert } from '../core/assert.ts';
import type { Graph } from '../core/graph.ts';
import type { Program } from '../core/program.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Module } from '../nn/module.ts';
import { pulledBack } from '../passes/gradients.ts';
import { type ClassScore, classScore, explanationProgram, type ImageSize, imageGraph } from './class-score.ts';
import { attentionsOf } from './landmarks.ts';

export type HeadWeighting = 'mean' | 'gradient';

/**
 * Inputs: `image` [1,3,H,W], `target` [1,classes], the parameters.
 * Outputs: `logits` [1,classes]; `map` [h,w] over the patches.
 */
export function rolloutProgram(model: Module, size: ImageSize, weighting: HeadWeighting): Program {
  const { graph, image } = imageGraph(model, size);
  const score = classScore(model, image);
  const attentions = attentionsOf(score.logits);
  assert(attentions.length > 0, 'rollout: the model has no attention');
  const row = weighting === 'mean' ? meanRollout(graph, attentions) : gradientRollout(graph, attentions, score);
  return explanationProgram({ logits: score.logits, map: patchMap(row, size) });
}

/** Half of each token is its own by the shortcut around attention, half is what it attends to. Shapes: -> [1,1,T]. */
function meanRollout(graph: Graph, attentions: readonly Tensor[]): Tensor {
  return attentions.reduceRight(
    (row, attention) => {
      const taken = through(attention.mean([0]), row);
      return taken.add(row).mul(0.5);
    },
    classRow(graph, attentions),
  );
}

/** Shapes: -> [1,1,T]. */
function gradientRollout(graph: Graph, attentions: readonly Tensor[], { logits, cotangent }: ClassScore): Tensor {
  const slopes = pulledBack(logits, cotangent, attentions);
  return attentions.reduceRight(
    (row, attention, block) => {
      const gains = attention.mul(slopes[block]!).relu().mean([0]);
      return row.add(through(gains, row));
    },
    classRow(graph, attentions),
  );
}

/**
 * The class token's row of the identity. The product of all blocks' tables is asked for one row only, so a row is
 * passed down from the last block to the first instead of multiplying tables.
 */
function classRow(graph: Graph, attentions: readonly Tensor[]): Tensor {
  const tokens = attentions[0]!.shape[3]!;
  return graph.constant(
    Array.from({ length: tokens }, (_, i) => Number(i === 0)),
    [1, 1, tokens],
  );
}

/** What `row` takes by way of a block. One that makes the class token alone has that row, and is the last. Shapes: -> [1,1,T]. */
function through(table: Tensor, row: Tensor): Tensor {
  return table.shape[1] === 1 ? table : row.matmul(table);
}

/** Shapes: [1,1,1+h*w], the class token first -> [h,w]. */
function patchMap(row: Tensor, { height, width }: ImageSize): Tensor {
  const tokens = row.shape[2]!;
  const sidePx = Math.sqrt((height * width) / (tokens - 1));
  const [down, across] = [height / sidePx, width / sidePx];
  assert(
    Number.isInteger(down) && down * across === tokens - 1,
    `rollout: ${tokens - 1} patches of ${height}x${width}`,
  );
  return row.slice([0, 0, 1], [1, 1, tokens]).reshape([down, across]);
}
