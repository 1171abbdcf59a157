/** Weights of whole models, of numbers that tell tensors apart. */

import { fromScratch } from '../../main/train/weights-file.ts';
import { findClassifier, findModel, IMAGENET_CONVENTION, networkOf } from '../../native-models/catalog.ts';
import { sizeOf } from '../../native-models/core/shape.ts';
import { namedParameters } from '../../native-models/nn/module.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';

/** Every parameter of a model of the catalog; tensor number i is filled with i, and i + seed / 1000. */
export function weightsOf(model: string, classes: number, seed = 0): Map<string, FloatTensor> {
  const parameters = namedParameters(networkOf(findModel(model)!, classes));
  return new Map(
    [...parameters].map(([name, { shape }], i) => {
      return [name, { shape, data: new Float32Array(sizeOf(shape)).fill(i + seed / 1000) }] as const;
    }),
  );
}

/** The same tensors under other names. */
export const renamedWeights = (
  tensors: ReadonlyMap<string, FloatTensor>,
  rename: (name: string) => string,
): Map<string, FloatTensor> => new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));

/** What training from scratch would start from: weights that can be trained on. */
export function initialWeightsOf(model: string, classes: number): Map<string, FloatTensor> {
  const parameters = namedParameters(findClassifier(model)!.build(classes, IMAGENET_CONVENTION));
  const values = fromScratch(parameters, 1);
  return new Map([...parameters].map(([name, { shape }]) => [name, { shape, data: values.get(name)! }] as const));
}
