/** Judging models that find objects. */

import { relative } from 'node:path';
import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { assert } from '../../native-models/core/assert.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { boxNumbers, type Size, toFractions } from '../../native-models/geometry/box.ts';
import type { ObjectEvaluation } from '../../preload/contract/object-evaluation.ts';
import { objectSamplesOf, picturesOf } from '../data/training-set.ts';
import { polygonInFractions } from '../images/objects/mask-polygon.ts';
import { evaluateCoco } from '../metrics/detection/coco.ts';
import { reportObjects } from '../metrics/detection/object-report.ts';
import { aboveScore, type DetectionSet } from '../metrics/detection/objects.ts';
import { overlapOf } from '../metrics/detection/overlap.ts';
import { thresholdCurves } from '../metrics/detection/threshold-curves.ts';
import { evaluateVoc } from '../metrics/detection/voc.ts';
import { detectionSet, judgeBy, judgeObjects } from '../train/object-judge.ts';
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
    const thresholds = { scoreThreshold, overlapThreshold: numberOf(params, 'validation_iou_threshold') };
    const hasMasks = found.masks !== null;
    const overlap = hasMasks ? 'masks' : 'boxes';
    const { coco, boundary, voc, confusion, mistakes, intervals, curves } = reportObjects(set, {
      ...{ overlap, withBoundaries: hasMasks, ...thresholds },
      draws: rngFrom(run.seed, 'bootstrap', split),
    });
    // Whatever was measured while it trained, the report has both kinds.
    const measured = { params: { ...params, validation_metric_type: 'coco_voc' }, classes };
    const evaluation = {
      ...{ run: run.id, task: objectSettingOf(project, run, 1).task, split, epoch, images: samples.length, classes },
      warnings,
      objects: set.truths.image.length,
      found: aboveScore(set, scoreThreshold).detections.image.length,
      metrics: judgeObjects(measured, samples, found).metrics,
      per_label_metrics: voc.classes,
      coco,
      ...(hasMasks ? { boxes: { metrics: judgeBy('boxes', set, measured).metrics, ...boxesOf(set, thresholds) } } : {}),
      ...(boundary === undefined ? {} : { boundary }),
      confusion,
      mistakes,
      intervals,
      curves,
      threshold_curves: thresholdCurves(set, overlapOf(set, overlap)),
    };
    const perImage = Map.groupBy(found.images.keys(), (i) => found.images[i]!);
    const rows = samples.map((sample, image) => ({
      image: relative(project.folder, sample.path),
      boxes: (perImage.get(image) ?? []).map((i) => rowOf(found, i, sample.size, classes, params)),
    }));
    return { evaluation, rows };
  },
};

/** As the scoring service answers. Source: product specification, section 16.5. */
function rowOf(found: FoundObjects, i: number, size: Size, classes: readonly string[], params: Hyperparameters) {
  const xyxy = boxNumbers(found.boxes, 4 * i);
  const [topX, topY, bottomX, bottomY] = toFractions(xyxy, size);
  const row = { box: { topX, topY, bottomX, bottomY }, label: classes[found.labels[i]!]!, score: found.scores[i]! };
  if (found.masks === null) return row;
  const most = numberOf(params, 'max_number_of_polygon_points');
  return { ...row, polygon: polygonInFractions(found.masks[i]!, most) };
}

/** What boxes alone are worth, class by class. */
function boxesOf(
  set: DetectionSet,
  { scoreThreshold, overlapThreshold }: { readonly scoreThreshold: number; readonly overlapThreshold: number },
) {
  const kept = aboveScore(set, scoreThreshold);
  return {
    per_label_metrics: evaluateVoc(kept, overlapOf(kept, 'boxes'), overlapThreshold).evaluation.classes,
    coco: evaluateCoco(set, overlapOf(set, 'boxes')),
  };
}

/** Errors: a bug where the job was to tell classes. */
export function foundObjects(scored: Scored): FoundObjects {
  assert(scored.kind === 'objects', `a job of objects answered with ${scored.kind}`);
  return scored.found;
}
