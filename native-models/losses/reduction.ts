import type { Tensor } from '../core/tensor.ts';

/** What becomes of one loss per element: kept, added up, or averaged over all of them. */
export type Reduction = 'none' | 'sum' | 'mean';

/** Shapes: any -> scalar [], or unchanged for `none`. */
export function reduceLoss(perElement: Tensor, reduction: Reduction): Tensor {
  const axes = perElement.shape.map((_, axis) => axis);
  switch (reduction) {
    case 'none':
      return perElement;
    case 'sum':
      return perElement.sum(axes);
    case 'mean':
      return perElement.mean(axes);
    default:
      return reduction satisfies never;
  }
}
