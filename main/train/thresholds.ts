/**
 * From which probability on a class counts as there, chosen on images that were not trained on.
 *
 * The criterion is the F1 of the class, the usual one where positives are rare and both kinds of mistake matter (SCut of
 * Yang 2001, "A study on thresholding strategies for text categorization"). SCut follows the noise of rare classes, and
 * for a class that the scores cannot tell the threshold of best F1 calls every image positive (Lipton et al. 2014,
 * https://arxiv.org/abs/1402.1892, section 5). So 0.5, to which training with cross-entropy calibrates, stays unless
 * the images speak clearly:
 *
 * - with fewer than `FEWEST` images of the class, or without it, nothing is tuned;
 * - a cut lies between two scores that occur, so that some image is always refused;
 * - of equal F1 the threshold nearest to 0.5 wins, and 0.5 itself over all others.
 */

import type { ClassThreshold } from '../../preload/contract/run.ts';
import { DECISION_THRESHOLD } from '../metrics/predictions.ts';

/** With fewer, a single image moves recall by more than a fifth. */
const FEWEST = 5;

/** Shapes: scores [N,C], probabilities; truth [N,C], 1 where an image has the class. One entry per class, in order. */
export function tuneThresholds(
  classes: readonly string[],
  scores: ArrayLike<number>,
  truth: ArrayLike<number>,
): ClassThreshold[] {
  const images = truth.length / classes.length;
  return classes.map((label, index) => {
    const answers = Array.from({ length: images }, (_, row) => {
      const at = row * classes.length + index;
      return { score: scores[at]!, isTrue: truth[at] === 1 };
    });
    return { label, ...tuneOne(answers) };
  });
}

interface Answer {
  readonly score: number;
  readonly isTrue: boolean;
}

function tuneOne(answers: readonly Answer[]): Omit<ClassThreshold, 'label'> {
  const positives = answers.filter(({ isTrue }) => isTrue).length;
  const usual = { threshold: DECISION_THRESHOLD, f1: f1At(answers, DECISION_THRESHOLD, positives) };
  const isEnough = Math.min(positives, answers.length - positives) >= FEWEST;
  const best = isEnough ? bestCut(answers, positives, usual) : usual;
  return { ...best, positives, is_tuned: best !== usual };
}

interface Cut {
  readonly threshold: number;
  readonly f1: number;
}

/** Goes down the scores; after each group of equal ones, all above count as predicted. */
function bestCut(answers: readonly Answer[], positives: number, usual: Cut): Cut {
  const ranked = answers.toSorted((a, b) => b.score - a.score);
  let best = usual;
  let hits = 0;
  for (let i = 0; i + 1 < ranked.length; i++) {
    if (ranked[i]!.isTrue) hits += 1;
    const [above, below] = [ranked[i]!.score, ranked[i + 1]!.score];
    if (above === below) continue;
    const cut = { threshold: (above + below) / 2, f1: f1Of(hits, i + 1, positives) };
    if (cut.f1 > best.f1 || (cut.f1 === best.f1 && distance(cut) < distance(best))) best = cut;
  }
  return best;
}

const distance = ({ threshold }: Cut): number => Math.abs(threshold - DECISION_THRESHOLD);

function f1At(answers: readonly Answer[], threshold: number, positives: number): number {
  const predicted = answers.filter(({ score }) => score >= threshold);
  return f1Of(predicted.filter(({ isTrue }) => isTrue).length, predicted.length, positives);
}

/** 0 where nothing is true and nothing predicted. */
function f1Of(hits: number, predicted: number, positives: number): number {
  return predicted + positives === 0 ? 0 : (2 * hits) / (predicted + positives);
}
