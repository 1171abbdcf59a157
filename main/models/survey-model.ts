/** Looks at a model from elsewhere before it is added: what it is, and how it is probably used. */

import { existsSync, lstatSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { assert } from '../../native-models/core/assert.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ModelSource, ModelSurvey } from '../../preload/contract/imported-models.ts';
import { isClassification, type Task } from '../../preload/contract/tasks.ts';
import { DESCRIPTION_FILE, readAnyDescription } from '../bundle/description.ts';
import { runInChild } from '../train/host.ts';
import type { InspectedModel, InspectJob } from '../train/protocol.ts';
import { namesInMetadata, readClassNames } from './class-names.ts';
import { guessClicks } from './guess-clicks.ts';
import { guessClassMapping, guessMapping } from './guess-mapping.ts';

export interface SurveyedFor {
  readonly task: Task;
  readonly projectClasses: readonly string[];
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
}

/** A stranger's model may never end. */
const LONGEST_LOOK_MS = 120_000;
const CLASSIFIER_SIDE = 224;
const DETECTOR_SIDE = 640;
/** Beside a model, in this order; published ones have many names. */
const LABEL_FILES = ['labels.json', 'labels.txt', 'classes.txt', 'names.txt'];
/** Names that say nothing: the folder's name says more. */
const EMPTY_NAMES = new Set(['model', 'model-pixels', 'encoder', 'best', 'last']);

/** The files of a model as a person named it. */
export interface ModelFiles {
  readonly model: string;
  readonly decoder: string | null;
  /** Folder of the bundle that it is, or null. */
  readonly bundle: string | null;
}

/** Errors: file-missing, bundle-invalid. */
export function filesOf({ path, decoder }: Pick<ModelSource, 'path' | 'decoder'>): ModelFiles {
  const full = resolve(path);
  const found = statSync(full, { throwIfNoEntry: false });
  if (found === undefined) throw new AppError('file-missing', `${path} does not exist`, { file: path });
  const folder = found.isDirectory() ? full : dirname(full);
  const isBundle = decoder === null && existsSync(join(folder, DESCRIPTION_FILE));
  if (!isBundle && found.isDirectory()) {
    throw new AppError('file-missing', `${path} is a folder without ${DESCRIPTION_FILE}; name the ONNX file`, {
      file: path,
    });
  }
  if (!isBundle) return { model: full, decoder: decoder === null ? null : resolve(decoder), bundle: null };
  const description = readAnyDescription(folder);
  const [file, expected] =
    'canvas' in description
      ? [description.files.model_pixels, 'model-pixels.onnx']
      : [description.files.model, 'model.onnx'];
  if (file === expected) return { model: join(folder, file), decoder: null, bundle: folder };
  throw new AppError('bundle-invalid', `${folder}: its model is called ${file}; expected ${expected}`, { folder });
}

/** Errors: file-missing, file-unreadable, bundle-invalid, model-invalid; cancelled, timed-out, training-process-died. */
export async function surveyModel(source: ModelSource, given: SurveyedFor): Promise<ModelSurvey> {
  const files = filesOf(source);
  const side = isClassification(given.task) ? CLASSIFIER_SIDE : DETECTOR_SIDE;
  const look = (file: string) =>
    inspected({ kind: 'inspect-model', file, side, device: 'cpu', threads: given.threads }, given.signal);
  const [{ metadata, ...model }, second] = await Promise.all([
    look(files.model),
    files.decoder === null ? null : look(files.decoder),
  ]);
  const decoder = second && withoutMetadata(second);
  const facts = { name: nameOf(files), model, decoder };
  if (files.bundle !== null) return { ...facts, ...ofBundle(files.bundle, given) };
  if (decoder !== null) return { ...facts, ...guessClicks(model, decoder) };
  const names = namesFor(source, files.model) ?? namesInMetadata(metadata);
  return { ...facts, ...guessMapping(model, { ...given, names }) };
}

const withoutMetadata = ({ metadata: _, ...facts }: InspectedModel) => facts;

function ofBundle(folder: string, { projectClasses }: SurveyedFor): Pick<ModelSurvey, 'mapping' | 'guesses'> {
  const { labels, ...description } = readAnyDescription(folder);
  const { classes, words } = guessClassMapping(labels.length, { names: labels, projectClasses });
  const finds = 'canvas' in description ? 'objects' : 'classes';
  return {
    mapping: { kind: 'bundle', finds, classes },
    guesses: [`a bundle of Lightbench, of the run ${description.run.id} of "${description.run.project}"`, ...words],
  };
}

function namesFor({ labels }: ModelSource, model: string): string[] | null {
  if (labels !== null) return readClassNames(resolve(labels));
  const own = `${basename(model, extname(model))}.txt`;
  const places = [own, ...LABEL_FILES].map((name) => join(dirname(model), name));
  // A link could lead to what is none of a window's business.
  const beside = places.find((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true);
  return beside === undefined ? null : readClassNames(beside);
}

function nameOf({ model, bundle }: ModelFiles): string {
  const own = basename(model, extname(model));
  return bundle === null && !EMPTY_NAMES.has(own) ? own : basename(dirname(model)) || own;
}

async function inspected(job: InspectJob, signal: AbortSignal | undefined): Promise<InspectedModel> {
  let facts: InspectedModel | null = null;
  const late = AbortSignal.timeout(LONGEST_LOOK_MS);
  try {
    await runInChild(job, {
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      onMessage: (message) => {
        if (message.type === 'inspected') facts = message.facts;
      },
    });
  } catch (error) {
    if (!late.aborted || signal?.aborted === true) throw error;
    const message = `${job.file} took longer than ${LONGEST_LOOK_MS / 1000} s for a grey picture`;
    throw new AppError('timed-out', message, { file: job.file, limitMs: LONGEST_LOOK_MS }, { cause: error });
  }
  assert(facts !== null, `a look at ${job.file} ended without facts`);
  return facts;
}
