/** Starting values of a model from a weights file, with what a person should know of the fit. */

import { readFileSync } from 'node:fs';
import { initialValues } from '../../native-models/nn/init.ts';
import type { Parameter } from '../../native-models/nn/module.ts';
import { matchWeights } from '../../native-models/weights/match.ts';
import { parseSafetensors } from '../../native-models/weights/safetensors.ts';
import { WeightsFormatError } from '../../native-models/weights/stored-tensor.ts';
import { AppError } from '../../preload/contract/errors.ts';

export interface StartingValues {
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly notes: readonly string[];
}

const NAMED = 3; // how many names a message lists before it counts the rest

/** Random values for every parameter, each from the seed and its name. */
export function fromScratch(parameters: ReadonlyMap<string, Parameter>, seed: number): Map<string, Float32Array> {
  return new Map(
    [...parameters].map(([name, { shape, init }]) => [name, initialValues(name, shape, init, seed)] as const),
  );
}

/**
 * Values of the file where it has them; a head of another class count starts from random values.
 * Errors: file-missing, weights-invalid when the file is damaged or belongs to another model.
 */
export function fromFile(
  path: string,
  parameters: ReadonlyMap<string, Parameter>,
  headPrefixes: readonly string[],
  seed: number,
): StartingValues {
  const match = read(path, parameters, headPrefixes);
  if (match.problems.length > 0) {
    const message = `${path} does not fit the model: ${list(match.problems)}`;
    throw new AppError('weights-invalid', message, { file: path, problems: match.problems });
  }
  const random = fromScratch(parameters, seed);
  const values = new Map(
    [...parameters.keys()].map((name) => [name, match.values.get(name) ?? random.get(name)!] as const),
  );
  const notes = [
    ...(match.replacedHead.length > 0
      ? [`the head of the weights file has another class count and was replaced: ${match.replacedHead.join(', ')}`]
      : []),
    ...(match.unused.length > 0
      ? [`the weights file holds tensors the model has no use for: ${list(match.unused)}`]
      : []),
  ];
  return { values, notes };
}

function read(path: string, parameters: ReadonlyMap<string, Parameter>, headPrefixes: readonly string[]) {
  try {
    return matchWeights(parameters, parseSafetensors(readFileSync(path)), headPrefixes);
  } catch (error) {
    if (error instanceof WeightsFormatError) {
      throw new AppError('weights-invalid', `${path}: ${error.message}`, { file: path }, { cause: error });
    }
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new AppError('file-missing', `weights file ${path} does not exist`, { file: path }, { cause: error });
    }
    throw error;
  }
}

function list(items: readonly string[]): string {
  const rest = items.length - NAMED;
  return items.slice(0, NAMED).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}
