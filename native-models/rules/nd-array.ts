import type { Shape } from '../core/shape.ts';

/** A row-major array of the reference evaluator. */
export interface NdArray {
  readonly shape: Shape;
  readonly data: Float64Array;
}
