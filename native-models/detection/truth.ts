/** What is known of an image, and what of it is fed to a detector's training step beside the pixels. */

import type { Graph } from '../core/graph.ts';
import type { Rng } from '../core/rng.ts';
import type { Shape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Size } from '../geometry/box.ts';
import type { Mask } from '../geometry/mask.ts';

/** The objects of one image, none of them a crowd, each of positive size. */
export interface Truth {
  /** xyxy [T,4], flat, in canvas pixels. */
  readonly boxes: Float32Array;
  /** Classes from 0, [T]. */
  readonly labels: Int32Array;
  /** For detectors of masks: of each object the pixels of the canvas. */
  readonly masks?: readonly Mask[];
}

/** One input of a training step, as it is for one image: the step takes those of a batch one after the other. */
export interface FedTarget {
  readonly name: string;
  readonly dtype: 'int32' | 'float32' | 'uint8';
  readonly shape: Shape;
}

export type TargetValues = ReadonlyMap<string, Int32Array | Float32Array | Uint8Array>;

/** Makes what a detector is to find out of what is known of an image; for the workers that prepare images. */
export interface Targets {
  readonly canvas: Size;
  readonly fed: readonly FedTarget[];
  /** One value for each of `fed`. Equal truths and random streams give equal values. */
  of(truth: Truth, rng: Rng): TargetValues;
}

/** The inputs of a step on a batch, by name. Shapes: the targets' own with the batch in front. */
export function targetInputs(graph: Graph, batchSize: number, { fed }: Pick<Targets, 'fed'>): Map<string, Tensor> {
  return new Map(fed.map(({ name, dtype, shape }) => [name, graph.input(name, dtype, [batchSize, ...shape])] as const));
}
