/** `lightbench metrics`: judges any predictions, ours or not. */

import { rngFrom } from '../../native-models/core/rng.ts';
import { type ClassificationTask, isClassification, Task } from '../../preload/contract/tasks.ts';
import { type JudgedRows, readJudged } from '../data/judged-rows.ts';
import { type ReportOptions, reportClassification, reportMultilabel } from '../metrics/report.ts';
import type { CliContext } from './context.ts';
import { evaluationText } from './evaluation-text.ts';
import { type ObjectMetricsOptions, objectMetrics } from './object-metrics.ts';
import { oneOf } from './one-of.ts';
import { wholeNumber } from './whole-number.ts';

export interface MetricsOptions extends ObjectMetricsOptions {
  readonly task: string;
  readonly resamples: string;
  readonly seed: string;
}

export const METRICS_HELP = `
Classes of images: one row per image. Rows are paired by the image's address, by file name where no address is in both files, and in order
where a file names no images. Whatever is wrong with a row is named by file and line, and nothing is computed.

Truth, as for import:
  JSON Lines   {"image_url": "images/1.jpg", "label": "cat"}              "label": ["cat", "dog"] with several labels
  CSV          image,label           or a column of 0 and 1 for each class
Predictions, probabilities of all classes:
  JSON Lines   {"filename": "1.jpg", "probs": [0.9, 0.1], "labels": ["cat", "dog"]}   or "probs": {"cat": 0.9, "dog": 0.1}
  JSON         a list of such rows, as score --json prints
  CSV          image,cat,dog
With one class an image the probabilities of a row sum to 1; with several, 0.5 and more counts as predicted.

Objects in images, --task image-object-detection or image-instance-segmentation: COCO's two kinds of files.
  Truth        {"images": [{"id", "width", "height"}], "categories": [{"id", "name"}],
                "annotations": [{"id", "image_id", "category_id", "bbox": [x, y, width, height], "area", "iscrowd", "segmentation"}]}
  Predictions  [{"image_id", "category_id", "bbox", "segmentation", "score"}]
Prints COCO's twelve numbers (-1 where nothing counts), over all classes and of each; average precision of Pascal VOC,
precision and recall at the thresholds; confusion with the background; kinds of mistakes and what each costs.`;

/** Intervals get no better by more, and all of them are kept until the last. */
const MOST_RESAMPLES = 1_000_000;

/** Errors: bad-argument; those of `readJudged` and `readCocoJudged`. */
export async function metricsCommand(context: CliContext, options: MetricsOptions): Promise<void> {
  const task = oneOf('--task', options.task, Task.options);
  const resamples = wholeNumber('--resamples', options.resamples, 0, MOST_RESAMPLES);
  const draws = rngFrom(wholeNumber('--seed', options.seed, 0, Number.MAX_SAFE_INTEGER), 'bootstrap');
  if (isClassification(task)) await labelMetrics(context, options, task, { resamples, draws });
  else await objectMetrics(context, options, task, { resamples, draws });
}

async function labelMetrics(
  { output }: CliContext,
  options: MetricsOptions,
  task: ClassificationTask,
  drawing: ReportOptions,
): Promise<void> {
  const labelling = task === 'image-classification' ? 'one' : 'any';
  const rows = await readJudged(options.truth, options.predictions, labelling);
  const { evaluation, curves } = judge(task, rows, drawing);
  const result = {
    task,
    images: rows.truth.length,
    classes: rows.classes,
    warnings: rows.warnings,
    ...evaluation,
    ...(options.curves === true ? { curves } : {}),
  };
  const head = [`${rows.truth.length} images`, ...rows.warnings.map((text) => `warning: ${text}`), ''];
  output.result(result, [...head, evaluationText(result)].join('\n'));
}

function judge(task: ClassificationTask, { classes, truth, scores }: JudgedRows, options: ReportOptions) {
  switch (task) {
    case 'image-classification':
      return reportClassification(
        { scores, truth: Int32Array.from(truth, ([label]) => label!), classes: classes.length },
        options,
      );
    case 'image-classification-multilabel': {
      const sets = new Uint8Array(scores.length);
      truth.forEach((labels, row) => {
        for (const label of labels) sets[row * classes.length + label] = 1;
      });
      return reportMultilabel({ scores, truth: sets, classes: classes.length }, options);
    }
    default:
      return task satisfies never;
  }
}
