/** What a weights file is: for which model, from where, and what it expects of pixels and padding. */

import { z } from 'zod';
import {
  defaultConvention,
  findModel,
  type InputConvention,
  MODELS,
  type ModelCard,
  networkOf,
} from '../../native-models/catalog.ts';
import { namedParameters } from '../../native-models/nn/module.ts';
import { type Match, matchWeights } from '../../native-models/weights/match.ts';
import type { WeightsFile } from '../../native-models/weights/stored-tensor.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { listed } from '../train/weights-file.ts';
import { type KnownWeights, knownByHash } from './catalogue.ts';
import { identityOf, withWeights } from './weights-source.ts';

export interface RecognisedWeights {
  readonly file: string;
  /** Of the file as it was published: a copy in the library is written anew. */
  readonly sha256: string;
  readonly model: string;
  readonly convention: InputConvention;
  /** What it was trained on, the run's epoch, or "unknown origin". */
  readonly title: string;
  readonly licence: string | null;
  /** The catalogue's name; null for weights it does not know. */
  readonly name: string | null;
}

const triple = z.tuple([z.number(), z.number(), z.number()]);
const deviations = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);
const fileName = z.string().regex(/^[\w.-]+$/);

/** What our own files say of themselves: kept models their epoch, copies in the library where they came from. */
const OwnDescription = z.object({
  model: z.string(),
  convention: z.object({ mean: triple, deviation: deviations, stridedPadding: z.enum(['symmetric', 'same-upper']) }),
  epoch: z.number().optional(),
  source: z
    .object({ sha256: z.string(), title: z.string(), licence: z.string().nullable(), name: fileName.nullable() })
    .optional(),
});
type OwnDescription = z.infer<typeof OwnDescription>;

/** Under this key, in a file's metadata, lies what we wrote of it. */
export const DESCRIPTION_KEY = 'lightbench';

/** What a copy in the library says of itself. */
export function describeCopy({ model, convention, sha256, title, licence, name }: RecognisedWeights): string {
  return JSON.stringify({ format: 1, model, convention, source: { sha256, title, licence, name } });
}

/**
 * By its own description where we wrote it, by what the caller knows it to be, by content where that is known, else by the names and shapes it holds.
 * Errors: file-missing, file-unreadable; weights-invalid when it is no weights file or a damaged one; weights-unknown
 * when it fits no model, with the nearest one and what it lacks.
 */
export function recogniseWeights(file: string, expected: KnownWeights | null = null): RecognisedWeights {
  return withWeights(file, (contents) => {
    const own = ownDescription(contents.metadata[DESCRIPTION_KEY]);
    if (own?.source) return { file, model: own.model, convention: own.convention, ...own.source };
    const { sha256 } = identityOf(file);
    const known = expected ?? knownByHash(sha256);
    if (known) return asKnown(file, sha256, known, contents);
    if (own && findModel(own.model)) {
      const title = `trained here, epoch ${own.epoch}`;
      return { file, sha256, model: own.model, convention: own.convention, title, licence: null, name: null };
    }
    const model = modelThatFits(file, contents);
    const title = 'unknown origin, taken for torchvision-style';
    const convention = defaultConvention(findModel(model)!);
    return { file, sha256, model, convention, title, licence: null, name: null };
  });
}

function ownDescription(text: string | undefined): OwnDescription | null {
  if (text === undefined) return null;
  try {
    return OwnDescription.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null; // not ours after all: judged by its tensors instead
  }
}

function asKnown(file: string, sha256: string, known: KnownWeights, contents: WeightsFile): RecognisedWeights {
  const card = findModel(known.model);
  const problems = card ? matchOf(card, contents).problems : [];
  if (problems.length > 0) {
    const message = `${file} should be ${known.name} by its hash, but does not fit ${known.model}: ${listed(problems)}`;
    throw new AppError('weights-invalid', message, { file, problems });
  }
  const { model, convention, trainedOn, licence, name } = known;
  return { file, sha256, model, convention, title: trainedOn, licence, name };
}

const ANY_CLASSES = 2; // the head is matched apart, so the number does not matter

function matchOf(card: ModelCard, contents: WeightsFile): Match {
  const parameters = namedParameters(networkOf(card, ANY_CLASSES));
  const { headPrefixes, adapt } = card; // a backbone by itself is its own model
  return matchWeights(parameters, contents, { headPrefixes, ...(adapt ? { adapt } : {}) });
}

/** A file of a deeper network also holds every tensor of a shallower one: the model that leaves the fewest over is meant. */
function modelThatFits(file: string, contents: WeightsFile): string {
  const matches = MODELS.map((card) => ({ name: card.name, match: matchOf(card, contents) }));
  const fitting = matches.filter(({ match }) => match.problems.length === 0);
  const [best] = fitting.toSorted((a, b) => a.match.unused.length - b.match.unused.length);
  if (best) return best.name;
  throw unknown(file, contents, matches);
}

function unknown(
  file: string,
  contents: WeightsFile,
  matches: readonly { readonly name: string; readonly match: Match }[],
): AppError {
  const holds = [...contents.tensors].map(([name, { shape }]) => `${name} [${shape}]`);
  const nearest = matches.toSorted((a, b) => b.match.found.size - a.match.found.size)[0]!;
  const { found, problems, unused } = nearest.match;
  const message =
    found.size === 0
      ? `${file} fits no model here: it holds ${listed(holds)}`
      : `${file} fits no model; nearest is ${nearest.name} with ${found.size} parameters, but: ${listed(problems)}${leftOver(unused)}`;
  return new AppError('weights-unknown', message, {
    file,
    tensors: holds.length,
    nearest: found.size === 0 ? null : nearest.name,
    problems,
    unused,
  });
}

const leftOver = (unused: readonly string[]): string => (unused.length > 0 ? `; not of it: ${listed(unused)}` : '');
