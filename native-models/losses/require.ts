import { ShapeError, sameShape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';

/** Errors: ShapeError, naming both, when the second tensor has not the first one's shape. */
export function requireSameShape(loss: string, tensors: Readonly<Record<string, Tensor>>): void {
  const [[first, a], [second, b]] = Object.entries(tensors) as [[string, Tensor], [string, Tensor]];
  if (sameShape(a.shape, b.shape)) return;
  throw new ShapeError(`${loss}: ${first} are [${a.shape}], ${second} [${b.shape}]`);
}

/** Errors: ShapeError when the tensor's last axis does not hold the four sides of a box. */
export function requireBoxes(loss: string, name: string, { shape }: Tensor): void {
  if (shape.at(-1) !== 4) throw new ShapeError(`${loss}: ${name} are [${shape}], boxes need a last axis of 4`);
}
