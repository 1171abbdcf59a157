/** A project with one sweep of many trials, half of them still to report, made without training: real rows, no images. */

import { systemClock } from '../../../main/clock.ts';
import { upsertEpoch } from '../../../main/store/epochs.ts';
import { createProject, type WriteProject } from '../../../main/store/project.ts';
import { createRun } from '../../../main/store/runs.ts';
import { createSweep, startSweep } from '../../../main/store/sweeps.ts';
import { addTrial, claimNext, finishTrial } from '../../../main/store/trials.ts';
import { type Rng, rngFrom } from '../../../native-models/core/rng.ts';
import { SweepPlan } from '../../../preload/contract/sweep-plan.ts';

const MODELS = ['resnet18', 'mobilenetv2', 'vits16r224'];
const SPLIT_IMAGES = 2000; // ids in a run's row, as of a project with so many images
const PLAN = {
  name: 'bench',
  task: null,
  sampling: { algorithm: 'random', seed: 1, rule: 'random' },
  space: {
    shared: {
      model_name: { type: 'choice', values: MODELS },
      learning_rate: { type: 'loguniform', min: -8, max: -2 },
      weight_decay: { type: 'uniform', min: 0, max: 0.001 },
      momentum: { type: 'uniform', min: 0.8, max: 0.99 },
      training_batch_size: { type: 'choice', values: [16, 32, 64] },
      warmup_cosine_lr_warmup_epochs: { type: 'choice', values: [0, 1, 2, 5] },
    },
    branches: [],
  },
  max_concurrent_iterations: null,
  experiment_timeout_hours: 168,
  trial_timeout_minutes: null,
  early_termination_policy: { type: 'median_stopping' },
  arguments: {},
  warm_start: [],
  is_automatic: false,
} as const;

export interface MadeSweep {
  readonly id: string;
  /** Runs of trials that are still running, in order. */
  readonly running: readonly string[];
}

/** Makes the project in a folder that is not there yet; the last `running` trials have `epochs` - `missing` epochs. */
export function makeSweepProject(
  folder: string,
  { trials, epochs, running, missing }: { trials: number; epochs: number; running: number; missing: number },
): { project: WriteProject; sweep: MadeSweep } {
  const project = createProject(folder, { task: 'image-classification', clock: systemClock, owner: 'bench:sweeps' });
  const { db } = project;
  const rng = rngFrom(1, 'bench sweeps');
  const plan = SweepPlan.parse({ ...PLAN, iterations: trials });
  const sweep = { source_text: '', plan, devices: ['cpu'], primary_metric: 'accuracy', created_at_ms: 1 };
  const open: string[] = [];
  const id = db.transaction(() => {
    const made = createSweep(db, sweep);
    startSweep(db, made, 2);
    for (let number = 1; number <= trials; number++) {
      const isOpen = number > trials - running;
      const configuration = drawn(rng);
      const run = createRun(db, { ...newRun(epochs), model: configuration.model_name });
      const trial = { sweep_id: made, number, configuration, run_id: run, reason: null, created_at_ms: 3 };
      addTrial(db, trial);
      claimNext(db, made, 60_000 * number);
      const isStopped = !isOpen && number % 4 === 0;
      const done = isOpen ? epochs - missing : isStopped ? Math.ceil(epochs / 3) : epochs;
      for (let epoch = 1; epoch <= done; epoch++) addEpoch(project, run, epoch, number);
      if (isOpen) open.push(run);
      else
        finishTrial(
          db,
          trial,
          isStopped ? 'stopped' : 'completed',
          isStopped ? 'median' : null,
          60_000 * number + 50_000,
        );
    }
    return made;
  });
  return { project, sweep: { id, running: open } };
}

/** A believable curve that no other trial has. */
export function addEpoch({ db }: Pick<WriteProject, 'db'>, run: string, epoch: number, seed: number): void {
  const top = 0.5 + 0.45 * Math.abs(Math.sin(seed));
  const accuracy = top * (1 - Math.exp(-epoch / 12)) + 0.01 * Math.sin(epoch * seed);
  const metrics = {
    accuracy,
    precision_macro: accuracy - 0.01,
    recall_macro: accuracy - 0.02,
    f1_macro: accuracy - 0.015,
  };
  upsertEpoch(db, run, {
    epoch,
    train_loss: 2 * Math.exp(-epoch / 10),
    valid_loss: 2.2 * Math.exp(-epoch / 12),
    learning_rate: 0.01,
    metrics: {
      ...metrics,
      weighted_accuracy: accuracy,
      log_loss: 1 - accuracy,
      average_precision_score_macro: accuracy,
    },
    seconds: 12.5,
    images_per_second: 310,
    data_wait_seconds: 0.1,
    per_label_metrics: null,
  });
}

function drawn(rng: Rng) {
  return {
    model_name: MODELS[Math.floor(rng.uniform() * MODELS.length)]!,
    learning_rate: Math.exp(-8 + 6 * rng.uniform()),
    weight_decay: 0.001 * rng.uniform(),
    momentum: 0.8 + 0.19 * rng.uniform(),
    training_batch_size: [16, 32, 64][Math.floor(rng.uniform() * 3)]!,
    warmup_cosine_lr_warmup_epochs: [0, 1, 2, 5][Math.floor(rng.uniform() * 4)]!,
  };
}

function newRun(epochs: number) {
  const ids = Array.from({ length: SPLIT_IMAGES }, (_, i) => i + 1);
  const params = Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`hyperparameter_${i}`, i / 7]));
  return {
    device: 'cpu',
    params: { number_of_epochs: epochs, ...params },
    primary_metric: 'accuracy',
    seed: 0,
    classes: ['a', 'b'],
    split: { train: ids, validation: [], test: [] },
    weights: null,
    notes: [],
    created_at_ms: 3,
  };
}
