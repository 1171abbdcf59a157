/** The files of a bundle whose model finds objects. */

import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { findDetector } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { AppError } from '../../preload/contract/errors.ts';
import { objectSamplesOf, picturesOf } from '../data/training-set.ts';
import { writeDurably } from '../durable-file.ts';
import { frameOf } from '../images/objects/object-views.ts';
import type { KeptModel } from '../schedule/judging.ts';
import { conventionOf, objectSettingOf } from '../schedule/run-setting.ts';
import type { ReadProject } from '../store/project.ts';
import { runInChild } from '../train/host.ts';
import { maskThresholdOf, transformsOf } from '../train/object-transforms.ts';
import type { ObjectSample } from '../train/protocol.ts';
import { bundleFacts, CHECKER } from './bundle-facts.ts';
import { DESCRIPTION_FILE } from './description.ts';
import { ObjectBundle } from './object-description.ts';

/** Of pixels and of probabilities, in shares of the largest value: other machines add floats in another order. */
const TOLERANCE = 1e-3;
const OUTPUTS = {
  letterboxed: { output: 'float32' },
  scaled: { boxes_0: 'float32', scores_0: 'float32', labels_0: 'int32' },
} as const;

/** Errors: too-few-images where no validation image is left. */
export async function fillObjectBundle(
  project: ReadProject,
  { run, epoch, file }: KeptModel,
  folder: string,
  { madeAt, threads }: { readonly madeAt: string; readonly threads: number },
): Promise<ObjectBundle> {
  const card = findDetector(run.model);
  assert(card, `model "${run.model}" is not in the catalog`);
  const params = run.params as Hyperparameters;
  const golden = goldenImage(project, run.id, objectSamplesOf(project, run.classes, run.split.validation).samples);
  const pictures = picturesOf(project, run);
  await runInChild({
    kind: 'export-objects',
    ...objectSettingOf(project, run, threads),
    checkpoint: file,
    outFolder: folder,
    params,
    pictures,
    golden,
    metadata: { labels: JSON.stringify(run.classes), lightbench_run: run.id },
    productVersion: packageJson.version,
  });
  const checker = join(dirname(fileURLToPath(import.meta.url)), 'assets', 'check-objects.mjs');
  writeDurably(join(folder, CHECKER), readFileSync(checker));
  writeDurably(join(folder, 'labels.json'), `${JSON.stringify(run.classes)}\n`);
  const { validation: transform } = transformsOf(params, card, pictures);
  const { mean, deviation } = conventionOf(run);
  const description = ObjectBundle.parse({
    format: 2,
    task: objectSettingOf(project, run, 1).task,
    model: run.model,
    labels: run.classes,
    canvas: transform.canvas,
    model_settings: params,
    preprocessing: {
      colour: 'RGB',
      resize: transform.kind === 'letterbox' ? 'letterbox to img_size' : 'by min_size and max_size',
      interpolation: 'bilinear, antialiased',
      frame: frameOf(transform),
      scale: '1/255',
      mean,
      std: deviation,
      layout: 'NCHW',
    },
    files: { model: 'model.onnx', model_pixels: 'model-pixels.onnx' },
    golden: {
      image: relative(project.folder, golden.path),
      tolerance: TOLERANCE,
      arrays: {
        ...{ input: 'float32', images: 'uint8', image_sizes: 'float32' },
        ...OUTPUTS[card.views],
        ...{ boxes: 'float32', labels: 'int32', scores: 'float32', counts: 'int32' },
        ...(maskThresholdOf(params) === null ? {} : { masks_0: 'float32', masks: 'float32' }),
      },
    },
    ...bundleFacts(project, run, epoch, folder, madeAt),
  });
  writeDurably(join(folder, DESCRIPTION_FILE), `${JSON.stringify(description, null, 2)}\n`);
  return description;
}

/** The one with the most objects, so that there is something to compare. */
function goldenImage(project: ReadProject, run: string, samples: readonly ObjectSample[]): ObjectSample {
  const [most] = samples.toSorted((a, b) => b.objects.length - a.objects.length);
  if (most !== undefined) return most;
  const message = `run ${run}: none of its validation images is left in ${project.folder} for the golden input`;
  throw new AppError('too-few-images', message, { run });
}
