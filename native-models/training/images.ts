/** Images as programs take them. */

import type { Graph } from '../core/graph.ts';
import type { Tensor } from '../core/tensor.ts';

/** How pixels 0..255 become the network's input: (pixel / 255 - mean) / deviation, per channel R, G, B. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

export interface ModelOptions {
  readonly batchSize: number;
  readonly height: number;
  readonly width: number;
  /** Null: `images` come as float32, already normalised. */
  readonly normalisation: Normalisation | null;
}

/** Input `images` [B,3,H,W]: bytes, or floats where nothing is left to be normalised. */
export function imageInput(graph: Graph, options: ModelOptions): Tensor {
  const dtype = options.normalisation === null ? 'float32' : 'uint8';
  return graph.input('images', dtype, [options.batchSize, 3, options.height, options.width]);
}

/** One pass over the pixels: batch norm's inference form with the data set's statistics is exactly this formula. */
export function normalise(images: Tensor, normalisation: Normalisation | null): Tensor {
  if (normalisation === null) return images;
  const { mean, deviation } = normalisation;
  const { graph } = images;
  const vector = (values: readonly number[]) => graph.constant(values, [3]);
  const statistics = [vector(mean.map((m) => 255 * m)), vector(deviation.map((d) => (255 * d) ** 2))];
  const inputs = [images.cast('float32'), vector([1, 1, 1]), vector([0, 0, 0]), ...statistics];
  return graph.apply('BatchNormInference', inputs, { epsilon: 0 })[0]!;
}
