/** Ways to explain a decision, and which of them a model is open to. */

import type { Module } from '../nn/module.ts';
import { classScore, type ImageSize, imageGraph } from './class-score.ts';
import { isRectifier } from './guided.ts';
import { attentionsOf, lastMapOf } from './landmarks.ts';

/** The names of the product specification, section 19, and after them those it does not have. */
export const METHODS = [
  'xrai',
  'integrated_gradients',
  'guided_gradcam',
  'guided_backprop',
  'gradcam',
  'attention_rollout',
  'gradient_rollout',
] as const;
export type Method = (typeof METHODS)[number];

/** How else people write them. */
const ALIASES: Readonly<Record<string, Method>> = {
  ig: 'integrated_gradients',
  grad_cam: 'gradcam',
  guided_grad_cam: 'guided_gradcam',
  guided_backpropagation: 'guided_backprop',
  rollout: 'attention_rollout',
  gradient_attention_rollout: 'gradient_rollout',
};

/** Null for a name nobody has. Capitals do not matter, nor whether words are joined by `-` or `_`. */
export function methodNamed(text: string): Method | null {
  const name = text
    .trim()
    .toLowerCase()
    .replaceAll(/[-\s]+/g, '_');
  return METHODS.find((method) => method === name) ?? ALIASES[name] ?? null;
}

/** The methods that work for a model, in the order of `METHODS`. */
export function methodsFor(model: Module, size: ImageSize): Method[] {
  const { graph, image } = imageGraph(model, size);
  const { logits } = classScore(model, image);
  const isConvolutional = lastMapOf(logits) !== null;
  const isRectified = graph.ops.some(isRectifier);
  const isAttentive = attentionsOf(logits).length > 0;
  const works: { readonly [M in Method]: boolean } = {
    xrai: true,
    integrated_gradients: true,
    guided_gradcam: isConvolutional && isRectified,
    guided_backprop: isRectified,
    gradcam: isConvolutional,
    attention_rollout: isAttentive,
    gradient_rollout: isAttentive,
  };
  return METHODS.filter((method) => works[method]);
}
