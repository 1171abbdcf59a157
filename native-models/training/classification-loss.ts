/** The loss of a classifier, by how its logits become probabilities. */

import type { Tensor } from '../core/tensor.ts';
import { binaryCrossEntropy } from '../losses/binary-cross-entropy.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';

/** Softmax where an image has one class, sigmoid of each logit by itself where it has any number of them. */
export type Activation = 'softmax' | 'sigmoid';

export interface LabelledLoss {
  readonly loss: Tensor;
  /** What is fed as truth: `labels` int32 [N] for softmax, float32 [N,C] of 0 and 1 for sigmoid. */
  readonly labels: Tensor;
}

/**
 * Cross-entropy of the probabilities, averaged over the images, and for sigmoid over the classes as well. Class weights
 * multiply what an image of the class contributes: for softmax the weighted mean, for sigmoid the positive part alone,
 * since there the images without the class outnumber those with it.
 * Shapes: logits [N,C], classWeights C numbers or null -> scalar [].
 * Units:  nats per image, or per image and class.
 * Source: product specification, section 6.7.4; torch.nn.CrossEntropyLoss, torch.nn.BCEWithLogitsLoss (`pos_weight`).
 */
export function classificationLoss(
  logits: Tensor,
  activation: Activation,
  classWeights: readonly number[] | null,
): LabelledLoss {
  const { graph } = logits;
  const [images, classes] = logits.shape as [number, number];
  const weights = classWeights === null ? null : graph.constant(classWeights, [classes]);
  switch (activation) {
    case 'softmax': {
      const labels = graph.input('labels', 'int32', [images]);
      return { labels, loss: crossEntropy(logits, labels, weights) };
    }
    case 'sigmoid': {
      const labels = graph.input('labels', 'float32', [images, classes]);
      return { labels, loss: binaryCrossEntropy(logits, labels, { positiveWeights: weights }) };
    }
    default:
      return activation satisfies never;
  }
}

/** Shapes: logits [N,C] -> probabilities [N,C]. */
export function probabilities(logits: Tensor, activation: Activation): Tensor {
  return activation === 'softmax' ? logits.softmax(1) : logits.sigmoid();
}
