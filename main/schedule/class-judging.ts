/** Judging models that tell classes of whole images. */

import { relative } from 'node:path';
import { assert } from '../../native-models/core/assert.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import type { Evaluation } from '../../preload/contract/evaluation.ts';
import { samplesOf } from '../data/training-set.ts';
import { reportOf } from '../train/judge.ts';
import type { ClassEvaluateJob, LabelledSample, Scored, Scores } from '../train/protocol.ts';
import { activationOf } from '../train/truth.ts';
import type { JudgedPart, Judging, WrittenJudgement } from './judging.ts';
import { classSettingOf } from './run-setting.ts';

export const classJudging: Judging<LabelledSample> = {
  samples: (project, run, split) => samplesOf(project, run.classes, run.split[split]),

  job(project, { run, file }, samples, threads): ClassEvaluateJob {
    const params = run.params as Record<string, number>;
    return {
      kind: 'evaluate',
      ...classSettingOf(project, run, threads),
      checkpoint: file,
      samples,
      resizeSize: params['valid_resize_size']!,
      cropSize: params['valid_crop_size']!,
      batchSize: Math.min(params['validation_batch_size']!, samples.length),
      workers: params['number_of_workers']!,
    };
  },

  judged(project, part: JudgedPart<LabelledSample>, scored): WrittenJudgement<Evaluation> {
    const { run, epoch, split, samples, warnings } = part;
    const { classes } = run;
    const { probabilities, loss } = classScores(scored);
    const setting = classSettingOf(project, run, 1);
    const { evaluation, curves } = reportOf(setting, samples, probabilities, {
      draws: rngFrom(run.seed, 'bootstrap', split),
    });
    const facts = { run: run.id, task: setting.task, split, epoch, images: samples.length, classes, loss, warnings };
    const isOne = activationOf(setting.task) === 'softmax';
    const rows = samples.map(({ path, labels }, i) => ({
      image: relative(project.folder, path),
      label: isOne ? classes[labels[0]!] : labels.map((k) => classes[k]!),
      probs: [...probabilities.subarray(i * classes.length, (i + 1) * classes.length)],
      labels: classes,
    }));
    return { evaluation: { ...facts, ...evaluation, curves }, rows };
  },
};

/** Errors: a bug where the job was to find objects. */
export function classScores(scored: Scored): Scores {
  assert(scored.kind === 'classes', `a job of whole images answered with ${scored.kind}`);
  return scored.scores;
}
