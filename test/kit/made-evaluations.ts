/** Evaluations of runs that never were: real reports over made-up scores. */

import { reportObjects } from '../../main/metrics/detection/object-report.ts';
import { overlapOf } from '../../main/metrics/detection/overlap.ts';
import { thresholdCurves } from '../../main/metrics/detection/threshold-curves.ts';
import { reportClassification, reportMultilabel } from '../../main/metrics/report.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import type { Evaluation } from '../../preload/contract/evaluation.ts';
import type { ObjectEvaluation } from '../../preload/contract/object-evaluation.ts';
import { type MadeDetection, type MadeTruth, setOf } from './detection-cases.ts';

export interface MadeEvaluation {
  readonly run?: string;
  readonly split?: Evaluation['split'];
  readonly classes?: readonly string[];
  readonly images?: number;
  /** How much better than chance, in standard deviations of the noise. */
  readonly signal?: number;
}

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
const RESAMPLES = 50;

function factsOf({ run = 'r0001', split = 'validation', classes = DIGITS, images = 125 }: MadeEvaluation) {
  return { run, split, epoch: 15, images, classes, loss: 0.31, warnings: [] } as const;
}

/** One class an image, every class as often. */
export function madeEvaluation(made: MadeEvaluation = {}): Evaluation {
  const facts = factsOf(made);
  const { classes, images } = facts;
  const rng = rngFrom(7, 'made evaluation', facts.run, facts.split);
  const truth = Int32Array.from({ length: images }, (_, i) => i % classes.length);
  const scores = new Float32Array(images * classes.length);
  for (let row = 0; row < images; row++) {
    const powers = classes.map((_, c) => Math.exp(1.5 * rng.normal() + (c === truth[row] ? (made.signal ?? 4) : 0)));
    const sum = powers.reduce((total, power) => total + power, 0);
    scores.set(powers.map((power) => power / sum), row * classes.length); // biome-ignore format: one thought
  }
  const options = { resamples: RESAMPLES, draws: rngFrom(7, 'draws') };
  const { evaluation, curves } = reportClassification({ scores, truth, classes: classes.length }, options);
  return { ...facts, task: 'image-classification', ...evaluation, curves };
}

/** Any number of classes an image, each with one in three. */
export function madeLabelEvaluation(made: MadeEvaluation = {}): Evaluation {
  const facts = factsOf(made);
  const { classes, images } = facts;
  const rng = rngFrom(7, 'made evaluation', facts.run, facts.split);
  const truth = Uint8Array.from({ length: images * classes.length }, () => (rng.uniform() < 1 / 3 ? 1 : 0));
  const signal = made.signal ?? 2.5;
  const scores = Float32Array.from(truth, (label) => 1 / (1 + Math.exp(-(rng.normal() + signal * (label - 0.5)))));
  const options = { resamples: RESAMPLES, draws: rngFrom(7, 'draws') };
  const { evaluation, curves } = reportMultilabel({ scores, truth, classes: classes.length }, options);
  return { ...facts, task: 'image-classification-multilabel', ...evaluation, curves };
}

const CELLS = ['Platelets', 'RBC', 'WBC'];
const SIDE_PX = 600;

/** Five objects an image, each found more or less in its place or not at all, and a false alarm in every image. */
export function madeObjectEvaluation(made: MadeEvaluation = {}): ObjectEvaluation {
  const { run, split, epoch, images, classes, warnings } = factsOf({ classes: CELLS, images: 60, ...made });
  const rng = rngFrom(7, 'made objects', run, split);
  const box = () =>
    [SIDE_PX * rng.uniform(), SIDE_PX * rng.uniform(), 30 + 60 * rng.uniform(), 30 + 60 * rng.uniform()] as const;
  const truths: MadeTruth[] = [];
  const detections: MadeDetection[] = [];
  for (let image = 0; image < images; image++) {
    for (let i = 0; i < 5; i++) {
      const [k, xywh] = [rng.integer(classes.length), box()];
      truths.push({ image, class: k, xywh });
      if (rng.uniform() < 0.15) continue;
      const [x, y, w, h] = xywh.map((value) => value + 6 * (1 + k) * (rng.uniform() - 0.5)) as [
        number,
        number,
        number,
        number,
      ];
      const taken = rng.uniform() < 0.08 ? rng.integer(classes.length) : k;
      detections.push({ image, class: taken, xywh: [x, y, w, h], score: 0.35 + 0.65 * rng.uniform() });
    }
    detections.push({ image, class: rng.integer(classes.length), xywh: box(), score: 0.3 + 0.4 * rng.uniform() });
  }
  const set = setOf(truths, detections);
  const options = { overlap: 'boxes', resamples: RESAMPLES, draws: rngFrom(7, 'draws') } as const;
  const { coco, voc, confusion, mistakes, intervals, curves } = reportObjects(set, options);
  const { mean_average_precision, precision, recall, classes: per_label_metrics } = voc;
  return {
    ...{ run, split, epoch, images, classes, warnings, task: 'image-object-detection' },
    ...{ objects: truths.length, found: detections.length },
    metrics: { mean_average_precision, precision, recall, ...coco.numbers },
    ...{ per_label_metrics, coco, confusion, mistakes, intervals, curves },
    threshold_curves: thresholdCurves(set, overlapOf(set, 'boxes')),
  };
}
