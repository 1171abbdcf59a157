/** What detections of labelled images are worth, by the metrics of the task. */

import { type Mask, maskArea } from '../../native-models/geometry/mask.ts';
import type { EpochLabel } from '../../preload/contract/run.ts';
import { maskOf } from '../images/objects/objects.ts';
import { evaluateCoco } from '../metrics/detection/coco.ts';
import type { DetectionSet, Objects } from '../metrics/detection/objects.ts';
import { overlapOf } from '../metrics/detection/overlap.ts';
import { evaluateVoc } from '../metrics/detection/voc.ts';
import { numberOf } from './plan.ts';
import type { FoundObjects, ObjectSample, ObjectTrainJob } from './protocol.ts';

type Judged = Pick<ObjectTrainJob, 'params' | 'classes'>;

export interface JudgedObjects {
  /** Every scalar metric under its literal name; none where `validation_metric_type` is none. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** In order of class; null where the metric type has none. */
  readonly perLabel: EpochLabel[] | null;
}

/**
 * Where masks are found these count, and `box_mean_average_precision` says beside them what the boxes are worth.
 * Source: product specification, section 9.3: with `coco` alone the mean average precision at an overlap of 0.5 is shown,
 * and neither precision nor recall, nor anything of single classes; section 22: objects with masks overlap by these.
 */
export function judgeObjects(
  { params, classes }: Judged,
  samples: readonly ObjectSample[],
  found: FoundObjects,
): JudgedObjects {
  if (params['validation_metric_type'] === 'none') return { metrics: {}, perLabel: null };
  const set = detectionSet(samples, found, classes.length);
  if (found.masks === null) return judgeBy('boxes', set, { params, classes });
  const { metrics, perLabel } = judgeBy('masks', set, { params, classes });
  const { mean_average_precision } = judgeBy('boxes', set, { params, classes }).metrics;
  return { metrics: { ...metrics, box_mean_average_precision: mean_average_precision ?? null }, perLabel };
}

/** The same by one kind of overlap. */
export function judgeBy(overlapKind: 'boxes' | 'masks', set: DetectionSet, { params, classes }: Judged): JudgedObjects {
  const kind = params['validation_metric_type'];
  const overlap = overlapOf(set, overlapKind);
  const coco = kind === 'coco' || kind === 'coco_voc' ? evaluateCoco(set, overlap).numbers : null;
  const named = Object.fromEntries(Object.entries(coco ?? {}).map(([name, value]) => [name, value < 0 ? null : value]));
  if (kind === 'coco') {
    return { metrics: { mean_average_precision: named['AP50'] ?? null, ...named }, perLabel: null };
  }
  const { evaluation } = evaluateVoc(set, overlap, numberOf(params, 'validation_iou_threshold'));
  const { mean_average_precision, precision, recall } = evaluation;
  const perLabel = evaluation.classes.map((row, k) => ({
    label: classes[k]!,
    average_precision: row.average_precision,
    precision: row.precision,
    recall: row.recall,
  }));
  return { metrics: { mean_average_precision, precision, recall, ...named }, perLabel };
}

/** With masks where some were found; what is true of them is then drawn as COCO draws it. */
export function detectionSet(samples: readonly ObjectSample[], found: FoundObjects, classes: number): DetectionSet {
  const truths = samples.flatMap(({ objects, size }, image) => objects.map((object) => ({ image, size, ...object })));
  return {
    images: samples.length,
    classes,
    truths: {
      ...objectsOf(
        truths.map(({ image }) => image),
        truths.map(({ label }) => label),
        truths.flatMap(({ xyxy }) => [...xyxy]),
        found.masks && truths.map((object) => maskOf(object, object.size)),
      ),
      isCrowd: Uint8Array.from(truths, ({ isCrowd }) => Number(isCrowd)),
    },
    detections: {
      ...objectsOf(found.images, found.labels, found.boxes, found.masks),
      score: Float64Array.from(found.scores),
    },
  };
}

/** Shapes: images and labels [N], boxes xyxy [N,4], masks [N]. Objects are as large as their masks, where they have some. */
function objectsOf(
  images: ArrayLike<number>,
  labels: ArrayLike<number>,
  boxes: ArrayLike<number>,
  masks: readonly Mask[] | null,
): Objects {
  const count = images.length;
  const xywh = Float64Array.from({ length: 4 * count }, (_, i) => {
    return i % 4 < 2 ? boxes[i]! : boxes[i]! - boxes[i - 2]!;
  });
  const boxArea = (i: number) => xywh[4 * i + 2]! * xywh[4 * i + 3]!;
  return {
    image: Int32Array.from(images),
    class: Int32Array.from(labels),
    xywh,
    area: Float64Array.from({ length: count }, (_, i) => (masks === null ? boxArea(i) : maskArea(masks[i]!))),
    masks,
  };
}
