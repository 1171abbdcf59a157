/**
 * Maps brought to another size. Each output row is a fixed mixture of input rows, and columns likewise, so resizing is a
 * product with a constant matrix along each axis, and its gradient the product with the transposed one.
 */

import { type Shape, ShapeError, sizeOf } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';

type Size = readonly [height: number, width: number];

/** What output place `at` of `outputs` takes from `inputs` places: pairs of place and share. */
type Mixture = (at: number, inputs: number, outputs: number) => readonly (readonly [place: number, share: number])[];

const bilinear: Mixture = (at, inputs, outputs) => {
  const position = Math.max(0, ((at + 0.5) * inputs) / outputs - 0.5);
  const low = Math.min(Math.floor(position), inputs - 1);
  const share = position - low;
  return [
    [low, 1 - share],
    [Math.min(low + 1, inputs - 1), share],
  ];
};

const nearest: Mixture = (at, inputs, outputs) => [[Math.min(inputs - 1, Math.floor((at * inputs) / outputs)), 1]];

const average: Mixture = (at, inputs, outputs) => {
  const start = Math.floor((at * inputs) / outputs);
  const count = Math.ceil(((at + 1) * inputs) / outputs) - start;
  return Array.from({ length: count }, (_, i) => [start + i, 1 / count] as const);
};

/** Shapes: -> [outputs,inputs], row-major. */
function matrixOf(mixture: Mixture, inputs: number, outputs: number): Float64Array {
  const matrix = new Float64Array(outputs * inputs);
  for (let at = 0; at < outputs; at++)
    for (const [place, share] of mixture(at, inputs, outputs)) matrix[at * inputs + place]! += share;
  return matrix;
}

function mixed(x: Tensor, [height, width]: Size, mixture: Mixture, operation: string): Tensor {
  const { graph } = x;
  if (x.shape.length !== 4) throw new ShapeError(`${operation}: needs [N,C,H,W], got [${x.shape}]`);
  if (height < 1 || width < 1) throw new ShapeError(`${operation}: to ${height}x${width}, sides are at least 1`);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const matrix = (inputs: number, outputs: number, shape: Shape) =>
    graph.constant(matrixOf(mixture, inputs, outputs), shape);
  // The axis that shrinks the map more goes first.
  const columns = (y: Tensor) => {
    if (width === w) return y;
    const rows = y.reshape([sizeOf(y.shape) / w, w]).matmul(matrix(w, width, [width, w]), { transposeB: true });
    return rows.reshape([n, c, y.shape[2]!, width]);
  };
  const rows = (y: Tensor) => (height === h ? y : matrix(h, height, [height, h]).matmul(y));
  return height * w < h * width ? columns(rows(x)) : rows(columns(x));
}

/**
 * Bilinear, pixel centres at half (torch's `align_corners=False`); taken between two pixels however much it shrinks.
 * Shapes: [N,C,H,W] -> [N,C,height,width]. Errors: ShapeError when x is not a batch of maps.
 */
export function resizeBilinear(x: Tensor, size: Size): Tensor {
  return mixed(x, size, bilinear, 'resizeBilinear');
}

/**
 * The pixel at floor(place * input / output), as torch's `nearest`.
 * Shapes: [N,C,H,W] -> [N,C,height,width]. Errors: ShapeError when x is not a batch of maps.
 */
export function resizeNearest(x: Tensor, size: Size): Tensor {
  const [down, across] = [size[0] / x.shape[2]!, size[1] / x.shape[3]!];
  const isRepeated = Number.isInteger(down) && Number.isInteger(across);
  return isRepeated ? x.upsample([down, across]) : mixed(x, size, nearest, 'resizeNearest');
}

/**
 * The mean over windows that share the map evenly, overlapping by one where it does not divide.
 * Shapes: [N,C,H,W] -> [N,C,height,width]. Errors: ShapeError when x is not a batch of maps.
 * Source: torch.nn.AdaptiveAvgPool2d.
 */
export function adaptiveAveragePool(x: Tensor, size: Size): Tensor {
  return mixed(x, size, average, 'adaptiveAveragePool');
}
