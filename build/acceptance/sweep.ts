/**
 * A sweep on real pictures through the command line a user has: twelve trials of two models under the median policy, and
 * beside them each model with its default hyperparameters and as many epochs. The best trial is chosen on the validation
 * images, so it is judged again on pictures that nothing was chosen by.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSummary } from '../../preload/contract/run.ts';
import type { SweepSummary } from '../../preload/contract/sweep.ts';
import { table } from '../bench/statistics.ts';
import { folderParts, type Labelled, SHARED } from './data.ts';
import { lightbench, projectOf } from './sides.ts';

const SET = 'sign-digits';
const WEIGHTS = 'mobilenet_v2_100_in1k_f16';
const MODELS = ['mobilenetv2', 'resnet18'] as const;
const EPOCHS = 6;
const FIXED = {
  number_of_epochs: EPOCHS,
  train_crop_size: 96,
  valid_crop_size: 96,
  valid_resize_size: 104,
  early_stopping: 0,
};

const SWEEP = `name: ${SET}
hyperparameter_sampling:
  algorithm: random
  seed: 1
  space:
    model:
      type: choice
      values:
        - {model_name: mobilenetv2, optimizer: adamw, learning_rate: 'loguniform(-8, -5)'}
        - {model_name: resnet18, learning_rate: 'loguniform(-5, -3)'}
    training_batch_size: choice(16, 32)
    warmup_cosine_lr_warmup_epochs: choice(0, 1)
iterations: 12
early_termination_policy: {type: median_stopping, evaluation_interval: 1, delay_evaluation: 1}
arguments: ${JSON.stringify(FIXED)}
`;

/** Met when the best trial beats both defaults on the validation images, and no worse on those nothing was chosen by. */
export function sweep(work: string): boolean {
  const { train: rest, test } = folderParts(SET);
  const validation = rest.filter((_, i) => i % 3 === 2);
  const train = rest.filter((_, i) => i % 3 !== 2);
  const project = projectOf(work, `${SET}-sweep`, 'image-classification', { train, test: validation });
  addTestImages(work, project, test);
  lightbench(work, 'weights', 'add', join(SHARED, 'data', 'weights', `${WEIGHTS}.safetensors`));

  const settings = Object.entries(FIXED).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const defaults = MODELS.map(
    (model) => lightbench(work, 'train', project, '--model', model, ...settings) as RunSummary,
  );
  const file = join(work, `${SET}.yaml`);
  writeFileSync(file, SWEEP);
  const lines = lightbench(work, 'sweep', project, file) as readonly object[];
  const summary = lines.at(-1) as SweepSummary;

  const testOf = (run: string) =>
    (lightbench(work, 'evaluate', project, run, '--split', 'test') as { metrics: { accuracy: number } }).metrics
      .accuracy;
  const rows = [
    ...defaults.map(({ id, model, primary_metric: { best } }) => [`${model}, defaults`, best!, testOf(id)] as const),
    [`sweep, trial ${summary.best!.trial}`, summary.best!.value, testOf(summary.best!.run)] as const,
  ];
  const parts = `${train.length} training, ${validation.length} validation, ${test.length} test images`;
  console.log(`${SET}, ${parts}, ${EPOCHS} epochs at ${FIXED.train_crop_size} px`);
  console.log(
    table(
      ['', 'validation', 'test'],
      rows.map(([name, ...values]) => [name, ...values.map((x) => x.toFixed(3))]),
    ),
  );
  const { planned, saved, saved_seconds: seconds } = summary.epochs;
  const share = `${saved} of ${planned} epochs saved (${((100 * saved) / planned).toFixed(0)} %)`;
  console.log(
    `${share}, about ${(seconds / 60).toFixed(1)} minutes; the sweep took ${(summary.active_ms / 60_000).toFixed(1)}`,
  );
  const best = rows.at(-1)!;
  return rows.slice(0, -1).every(([, value, held]) => best[1] > value && best[2] >= held);
}

function addTestImages(work: string, project: string, images: readonly Labelled[]): void {
  const file = join(work, `${SET}-held.jsonl`);
  writeFileSync(
    file,
    images.map(({ path, labels }) => JSON.stringify({ image_url: path, label: labels[0] })).join('\n'),
  );
  lightbench(work, 'import', project, file, '--split', 'test');
}
