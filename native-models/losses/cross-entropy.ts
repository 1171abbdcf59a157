import { assert } from '../core/assert.ts';
import type { Tensor } from '../core/tensor.ts';

/**
 * Softmax cross-entropy, averaged over the batch; with class weights, the weighted mean by the weights of the labels.
 * Shapes: logits [N,C], labels int32 [N], classWeights [C] or null -> scalar [].
 * Units:  nats per image.
 * Errors: ShapeError when labels do not fit logits.
 * Source: torch.nn.CrossEntropyLoss, for the normaliser of the weighted form.
 */
export function crossEntropy(logits: Tensor, labels: Tensor, classWeights: Tensor | null = null): Tensor {
  const [, classes] = logits.shape as [number, number];
  assert(logits.shape.length === 2 && labels.shape.length === 1, 'crossEntropy: needs logits [N,C], labels [N]');
  const target = labels.oneHot(classes);
  const perImage = logits.logSoftmax(1).mul(target);
  if (classWeights === null) return perImage.sum([1]).mean([0]).neg();
  const weights = target.mul(classWeights);
  return perImage
    .mul(classWeights)
    .sum([0, 1])
    .div(weights.sum([0, 1]))
    .neg();
}
