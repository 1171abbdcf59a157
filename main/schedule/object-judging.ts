/** Judging models that find objects. */

import { relative } from 'node:path';
import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { assert } from '../../native-models/core/assert.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { type Size, toFractions, type Xyxy } from '../../native-models/geometry/box.ts';
import type { ObjectEvaluation } from '../../preload/contract/object-evaluation.ts';
import { objectSamplesOf, picturesOf } from '../data/training-set.ts';
import { reportObjects } from '../metrics/detection/object-report.ts';
import { aboveScore } from '../metrics/detection/objects.ts';
import { overlapOf } from '../metrics/detection/overlap.ts';
import { thresholdCurves } from '../metrics/detection/threshold-curves.ts';
import { detectionSet, judgeObjects } from '../train/object-judge.ts';
import { numberOf } from '../train/plan.ts';
import type { FoundObjects, ObjectEvaluateJob, ObjectSample, Scored } from '../train/protocol.ts';
import type { Judging, WrittenJudgement } from './judging.ts';
import { objectSettingOf } from './run-setting.ts';

export const objectJudging: Judging<ObjectSample> = {
  samples: (project, run, split) => objectSamplesOf(project, run.classes, run.split[split]),

  job(project, { run, file }, samples, threads): ObjectEvaluateJob {
    const setting = objectSettingOf(project, run, threads);
    const params = run.params as Hyperparameters;
    return { kind: 'evaluate', ...setting, checkpoint: file, samples, params, pictures: picturesOf(project, run) };
  },

  judged(project, { run, epoch, split, samples, warnings }, scored): WrittenJudgement<ObjectEvaluation> {
    const { classes } = run;
    const found = foundObjects(scored);
    const params = run.params as Hyperparameters;
    const set = detectionSet(samples, found, classes.length);
    const scoreThreshold = numberOf(params, 'box_score_thresh');
    const { coco, voc, confusion, mistakes, intervals, curves } = reportObjects(set, {
      overlap: 'boxes',
      scoreThreshold,
      overlapThreshold: numberOf(params, 'validation_iou_threshold'),
      draws: rngFrom(run.seed, 'bootstrap', split),
    });
    const evaluation = {
      ...{ run: run.id, task: objectSettingOf(project, run, 1).task, split, epoch, images: samples.length, classes },
      warnings,
      objects: set.truths.image.length,
      found: aboveScore(set, scoreThreshold).detections.image.length,
      // Whatever was measured while it trained, the report has both kinds.
      metrics: judgeObjects({ params: { ...params, validation_metric_type: 'coco_voc' }, classes }, samples, found)
        .metrics,
      per_label_metrics: voc.classes,
      coco,
      confusion,
      mistakes,
      intervals,
      curves,
      threshold_curves: thresholdCurves(set, overlapOf(set, 'boxes')),
    };
    const perImage = Map.groupBy(found.images.keys(), (i) => found.images[i]!);
    const rows = samples.map((sample, image) => ({
      image: relative(project.folder, sample.path),
      boxes: (perImage.get(image) ?? []).map((i) => rowOf(found, i, sample.size, classes)),
    }));
    return { evaluation, rows };
  },
};

/** As the scoring service answers. Source: product specification, section 16.5. */
function rowOf(found: FoundObjects, i: number, size: Size, classes: readonly string[]) {
  const xyxy = found.boxes.subarray(4 * i, 4 * i + 4) as unknown as Xyxy;
  const [topX, topY, bottomX, bottomY] = toFractions(xyxy, size);
  return { box: { topX, topY, bottomX, bottomY }, label: classes[found.labels[i]!]!, score: found.scores[i]! };
}

/** Errors: a bug where the job was to tell classes. */
function foundObjects(scored: Scored): FoundObjects {
  assert(scored.kind === 'objects', `a job of objects answered with ${scored.kind}`);
  return scored.found;
}
