/** Evaluations of runs that never were: real reports over made-up scores. */

import { reportClassification, reportMultilabel } from '../../main/metrics/report.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import type { Evaluation } from '../../preload/contract/evaluation.ts';

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
