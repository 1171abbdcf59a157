/** What a weights file is: for which model, and what it expects of pixels and padding. */

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { findModel, IMAGENET_CONVENTION, type InputConvention, MODELS } from '../../native-models/catalog.ts';
import { namedParameters } from '../../native-models/nn/module.ts';
import { matchWeights } from '../../native-models/weights/match.ts';
import { parseSafetensors } from '../../native-models/weights/safetensors.ts';
import { type WeightsFile, WeightsFormatError } from '../../native-models/weights/stored-tensor.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { KNOWN_WEIGHTS } from './catalogue.ts';

export interface RecognisedWeights {
  readonly file: string;
  readonly sha256: string;
  readonly model: string;
  readonly convention: InputConvention;
  /** The catalogue's name, the run's epoch, or "unknown origin". */
  readonly title: string;
  readonly licence: string | null;
}

const LARGEST_BYTES = 2 ** 31 - 1; // what one read can take in

const triple = z.tuple([z.number(), z.number(), z.number()]);

/** What our own kept models say of themselves. */
const OwnDescription = z.object({
  model: z.string(),
  epoch: z.number(),
  convention: z.object({ mean: triple, deviation: triple, stridedPadding: z.enum(['symmetric', 'same-upper']) }),
});

/**
 * By content where it is known, by its own description where we wrote it, else by the names and shapes it holds.
 * Errors: file-missing, weights-invalid when it is no safetensors file, weights-unknown when it fits no model.
 */
export function recogniseWeights(file: string): RecognisedWeights {
  const bytes = readWhole(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const known = KNOWN_WEIGHTS.find((entry) => entry.sha256 === sha256);
  if (known)
    return {
      file,
      sha256,
      model: known.model,
      convention: known.convention,
      title: known.name,
      licence: known.licence,
    };
  const parsed = parse(file, bytes);
  const own = ownDescription(parsed.metadata['lightbench']);
  if (own && findModel(own.model)) {
    return {
      file,
      sha256,
      model: own.model,
      convention: own.convention,
      title: `trained here, epoch ${own.epoch}`,
      licence: null,
    };
  }
  const model = modelThatFits(parsed);
  if (model !== null) {
    return {
      file,
      sha256,
      model,
      convention: IMAGENET_CONVENTION,
      title: 'unknown origin, taken for torchvision-style',
      licence: null,
    };
  }
  const names = [...parsed.tensors.keys()].slice(0, 3).join(', ');
  const message = `${file} fits none of ${MODELS.map((card) => card.name).join(', ')}; it holds ${names} …`;
  throw new AppError('weights-unknown', message, { file });
}

function readWhole(file: string): Buffer {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new AppError('file-missing', `weights file ${file} does not exist`, { file });
  if (size > LARGEST_BYTES) {
    throw new AppError('weights-invalid', `${file} has ${size} bytes; at most ${LARGEST_BYTES} can be read`, { file });
  }
  return readFileSync(file);
}

function parse(file: string, bytes: Uint8Array): WeightsFile {
  try {
    return parseSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof WeightsFormatError)) throw error;
    throw new AppError(
      'weights-invalid',
      `${file} is not a safetensors file: ${error.message}`,
      { file },
      { cause: error },
    );
  }
}

function ownDescription(text: string | undefined): z.infer<typeof OwnDescription> | null {
  if (text === undefined) return null;
  try {
    return OwnDescription.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null; // not ours after all: judged by its tensors instead
  }
}

const ANY_CLASSES = 2; // the head is matched apart, so the number does not matter

/** A file of a deeper network also holds every tensor of a shallower one: the model that leaves the fewest over is meant. */
function modelThatFits(parsed: WeightsFile): string | null {
  const fitting = MODELS.flatMap((card) => {
    const parameters = namedParameters(card.build(ANY_CLASSES, IMAGENET_CONVENTION));
    const { problems, unused } = matchWeights(parameters, parsed, card.headPrefixes);
    return problems.length === 0 ? [{ name: card.name, unused: unused.length }] : [];
  });
  return fitting.toSorted((a, b) => a.unused - b.unused)[0]?.name ?? null;
}
