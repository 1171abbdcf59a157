/**
 * A bundle's model for pictures of another size than it was exported for: the network built anew for that size, with
 * the weights out of the model file. Sizes in a model file are fixed, as the specification has them; a network of
 * convolutions takes any.
 */

import { type ClassifierCard, findClassifier, type InputConvention } from '../../native-models/catalog.ts';
import { ShapeError, sameShape } from '../../native-models/core/shape.ts';
import { type Module, namedParameters } from '../../native-models/nn/module.ts';
import { ModelFormatError, readWeights } from '../../native-models/onnx/read-weights.ts';
import { writeOnnx } from '../../native-models/onnx/write.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { exportProgram } from '../../native-models/training.ts';
import { AppError } from '../../preload/contract/errors.ts';

export interface RemadeModel {
  /** Of the catalog. */
  readonly model: string;
  readonly classes: number;
  readonly convention: InputConvention;
  readonly cropSize: number;
}

/**
 * The bytes of a model file like `file`, whose input is of another size.
 * Errors: bad-hyperparameter when the network cannot have that size; bundle-invalid when the file is not of that model.
 */
export function remade(file: Uint8Array, network: RemadeModel): Uint8Array {
  return withNetwork(network, (model, card) => {
    const program = exportProgram(model, network.cropSize, network.cropSize);
    const weights = weightsOf(file, model, card);
    return writeOnnx(program, standardBackend, { name: card.name, weights, batchInputs: ['input1'] });
  });
}

/**
 * The weights out of a model file, by name, as the network has them at that size.
 * Errors: as `remade`.
 */
export function weightsInFile(file: Uint8Array, network: RemadeModel): Map<string, Float32Array> {
  return withNetwork(network, (model, card) => weightsOf(file, model, card));
}

function withNetwork<T>(
  { model: name, classes, convention, cropSize }: RemadeModel,
  use: (model: Module, card: ClassifierCard) => T,
): T {
  const fail = (code: 'bad-hyperparameter' | 'bundle-invalid', problem: string, cause?: unknown) =>
    new AppError(code, `valid_crop_size ${cropSize}: ${problem}`, { model: name, cropSize }, { cause });
  const card = findClassifier(name);
  if (card === null) throw fail('bad-hyperparameter', `this version does not know ${name}, to make it for that size`);
  try {
    return use(card.build(classes, convention, cropSize), card);
  } catch (error) {
    if (error instanceof ShapeError)
      throw fail('bad-hyperparameter', `${name} cannot have it (${error.message})`, error);
    if (error instanceof ModelFormatError) throw fail('bundle-invalid', `the model file ${error.message}`, error);
    throw error;
  }
}

/** Values that belong to a size, as positions do, are made to fit where the model knows how. */
function weightsOf(file: Uint8Array, model: Module, { adapt }: ClassifierCard): Map<string, Float32Array> {
  const stored = readWeights(file);
  return new Map(
    [...namedParameters(model)].map(([name, { shape }]) => {
      const weight = stored.get(name);
      if (weight !== undefined && sameShape(weight.shape, shape)) return [name, weight.data] as const;
      const change = weight === undefined ? null : (adapt?.(name, weight.shape, shape) ?? null);
      if (weight !== undefined && change !== null) return [name, change(weight.data)] as const;
      const got = weight === undefined ? 'has none' : `has [${weight.shape}]`;
      throw new ModelFormatError(`needs "${name}" [${shape}], it ${got}`);
    }),
  );
}
