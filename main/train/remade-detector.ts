/**
 * A detector's bundle for other settings than it was exported with: the network built anew, with the weights out of the
 * model file. Sizes and thresholds are fixed in a model file, as the specification has it; the weights fit any.
 */

import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { findDetector, type InputConvention } from '../../native-models/catalog.ts';
import { sameShape } from '../../native-models/core/shape.ts';
import type { DetectionThresholds } from '../../native-models/detection/detector.ts';
import type { Size } from '../../native-models/geometry/box.ts';
import { namedParameters } from '../../native-models/nn/module.ts';
import { readWeights } from '../../native-models/onnx/read-weights.ts';
import { writeOnnx } from '../../native-models/onnx/write.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { detectionProgram } from '../../native-models/training/detection.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { weightsFor } from './export.ts';

export interface RemadeDetector {
  /** Of the catalog. */
  readonly model: string;
  readonly classes: number;
  /** What the network was built by. */
  readonly params: Hyperparameters;
  readonly convention: Pick<InputConvention, 'mean' | 'deviation'>;
  readonly thresholds: DetectionThresholds;
}

/**
 * The bytes of a model file like `file`, which takes pictures as bytes, for another canvas and other thresholds.
 * Errors: bundle-invalid when the file is not of that model.
 */
export function remadeDetector(file: Uint8Array, canvas: Size, asked: RemadeDetector): Uint8Array {
  const { model, classes, params, convention, thresholds } = asked;
  const card = findDetector(model);
  if (card === null)
    throw new AppError('bundle-invalid', `this version does not know ${model}, to make it anew`, { model });
  const detector = card.build({ classes, params, slots: 1 });
  const stored = readWeights(file);
  const weights = [...namedParameters(detector)].map(([name, { shape }]) => {
    const weight = stored.get(name);
    if (weight !== undefined && sameShape(weight.shape, shape)) return [name, weight.data] as const;
    const got = weight === undefined ? 'none' : `[${weight.shape}]`;
    throw new AppError('bundle-invalid', `the model file needs "${name}" [${shape}], it has ${got}`, { model, name });
  });
  const program = detectionProgram(detector, { batchSize: 1, ...canvas, normalisation: convention }, thresholds);
  return writeOnnx(program, standardBackend, { name: model, weights: weightsFor(program, new Map(weights)) });
}
