import { assert } from '../core/assert.ts';
import type { Tensor } from '../core/tensor.ts';

export interface CrossEntropyOptions {
  /** Share of the target that is spread evenly over all classes. */
  readonly labelSmoothing?: number;
}

/**
 * Softmax cross-entropy, averaged over the batch; with class weights, the weighted mean by the weights of the labels.
 * Shapes: logits [N,C], labels int32 [N], classWeights [C] or null -> scalar [].
 * Units:  nats per image.
 * Errors: ShapeError when labels do not fit logits.
 * Source: torch.nn.CrossEntropyLoss, for the normaliser of the weighted form; smoothing by Szegedy et al. 2015,
 * https://arxiv.org/abs/1512.00567, section 7.
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  classWeights: Tensor | null = null,
  { labelSmoothing = 0 }: CrossEntropyOptions = {},
): Tensor {
  const [, classes] = logits.shape as [number, number];
  assert(logits.shape.length === 2 && labels.shape.length === 1, 'crossEntropy: needs logits [N,C], labels [N]');
  assert(labelSmoothing >= 0 && labelSmoothing <= 1, `crossEntropy: label smoothing ${labelSmoothing} is not in [0,1]`);
  const truth = labels.oneHot(classes);
  const target = labelSmoothing === 0 ? truth : truth.mul(1 - labelSmoothing).add(labelSmoothing / classes);
  const perImage = logits.logSoftmax(1).mul(target);
  if (classWeights === null) return perImage.sum([1]).mean([0]).neg();
  const weights = truth.mul(classWeights);
  return perImage
    .mul(classWeights)
    .sum([0, 1])
    .div(weights.sum([0, 1]))
    .neg();
}
