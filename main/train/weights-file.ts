/** Starting values of a model, from a weights file or from random numbers, with what a person should know of the fit. */

import { initialValues } from '../../native-models/nn/init.ts';
import type { Parameter } from '../../native-models/nn/module.ts';
import { type Match, type MatchOptions, matchWeights, valuesOf } from '../../native-models/weights/match.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { knownByHash } from '../weights/catalogue.ts';
import { inOurTerms } from '../weights/our-terms.ts';
import { identityOf, withWeights } from '../weights/weights-source.ts';

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
  options: MatchOptions,
  seed: number,
): StartingValues {
  return withWeights(path, (published) => {
    const file = inOurTerms(published, () => knownByHash(identityOf(path).sha256));
    const match = matchWeights(parameters, file, options);
    if (match.problems.length > 0) {
      const message = `${path} does not fit the model: ${listed(match.problems)}`;
      throw new AppError('weights-invalid', message, { file: path, problems: match.problems });
    }
    const found = valuesOf(match);
    const values = [...parameters].map(([name, { shape, init }]) => {
      return [name, found.get(name) ?? initialValues(name, shape, init, seed)] as const;
    });
    return { values: new Map(values), notes: notesOf(match) };
  });
}

function notesOf({ replacedHead, besideBackbone, adapted, unused }: Match): string[] {
  const notes: string[] = [];
  if (besideBackbone.length > 0) {
    const parts = [...new Set(besideBackbone.map(partOf))].join(', ');
    notes.push(`the weights are of the backbone alone; all else begins with random values: ${parts}`);
  }
  if (replacedHead.length > 0) {
    const names = replacedHead.join(', ');
    notes.push(`the head of the weights file is missing or has another class count and was replaced: ${names}`);
  }
  if (adapted.length > 0) notes.push(`made to fit from another size: ${adapted.join(', ')}`);
  if (unused.length > 0) notes.push(`the weights file holds tensors the model has no use for: ${listed(unused)}`);
  return notes;
}

/** The first two names of the path to a parameter. */
const partOf = (name: string): string => name.split('.').slice(0, 2).join('.');

/** The first few, and how many more there are. */
export function listed(items: readonly string[]): string {
  const rest = items.length - NAMED;
  return items.slice(0, NAMED).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}
