/**
 * The lines of the charts from one ranking, with every corner. Corners lie only where positives are met, so a line has at
 * most two points per distinct score of a positive.
 */

import { type Line, LineBuilder } from './line.ts';
import type { Ranking } from './ranking.ts';

/**
 * True positive rate over false positive rate, from (0, 0) to (1, 1). Between two scores of positives only false
 * positives are added, a horizontal line; at a tie the line is oblique. Null without positives or negatives.
 */
export function rocLine({ positives, negatives, ...ranking }: Ranking): Line | null {
  if (positives === 0 || negatives === 0) return null;
  return risingLine(ranking, positives, (_, alarms) => alarms / negatives);
}

/**
 * The share of all positives found among the samples of highest score, over the share of samples looked at, from (0, 0) to
 * (1, 1). Null without positives.
 */
export function gainsLine({ positives, negatives, ...ranking }: Ranking): Line | null {
  if (positives === 0) return null;
  const samples = positives + negatives;
  return risingLine(ranking, positives, (hits, alarms) => (hits + alarms) / samples);
}

/** The share of positives found over `place`, of how many positives and negatives that took. */
function risingLine(
  { truePositives, negativesAbove, falsePositives }: Omit<Ranking, 'positives' | 'negatives'>,
  positives: number,
  place: (hits: number, alarms: number) => number,
): Line {
  const line = new LineBuilder(2 * truePositives.length + 2);
  line.to(0, 0);
  let hits = 0;
  for (let k = 0; k < truePositives.length; k++) {
    line.to(place(hits, negativesAbove[k]!), hits / positives);
    hits = truePositives[k]!;
    line.to(place(hits, falsePositives[k]!), hits / positives);
  }
  line.to(1, 1);
  return line.line();
}

/**
 * Precision over recall, from recall 0, where precision is 1 by convention, to recall 1. Between two scores of positives
 * precision only falls, a vertical line. Null without positives.
 */
export function precisionRecallLine({ positives, negatives, ...ranking }: Ranking): Line | null {
  if (positives === 0) return null;
  const { truePositives, negativesAbove, falsePositives } = ranking;
  const line = new LineBuilder(2 * truePositives.length + 2);
  const at = (hits: number, alarms: number) => line.to(hits / positives, hits / (hits + alarms));
  line.to(0, 1);
  let [hitsBefore, alarmsBefore] = [0, 0];
  for (let k = 0; k < truePositives.length; k++) {
    if (negativesAbove[k]! > alarmsBefore) at(hitsBefore, negativesAbove[k]!);
    hitsBefore = truePositives[k]!;
    alarmsBefore = falsePositives[k]!;
    at(hitsBefore, alarmsBefore);
  }
  at(positives, negatives);
  return line.line();
}

/** Between two corners of the gains a lift curve bends; its points there lie at most this factor apart. */
const LIFT_FACTOR = 1.05;

/**
 * The gain over that of a random order: cumulative gains divided by the share of samples looked at. It starts at the
 * height it has just right of 0, and is within a thousandth of its height between its points.
 */
export function liftLine({ x, y }: Line): Line {
  const first = x.findIndex((value) => value > 0);
  const line = new LineBuilder(x.length + 2 + Math.ceil(-Math.log(x[first]!) / Math.log(LIFT_FACTOR)));
  line.to(0, y[first]! / x[first]!);
  line.to(x[first]!, y[first]! / x[first]!);
  for (let i = first + 1; i < x.length; i++) {
    const slope = (y[i]! - y[i - 1]!) / (x[i]! - x[i - 1]!);
    for (let at = x[i - 1]! * LIFT_FACTOR; at < x[i]!; at *= LIFT_FACTOR) {
      line.to(at, (y[i - 1]! + slope * (at - x[i - 1]!)) / at);
    }
    line.to(x[i]!, y[i]! / x[i]!);
  }
  return line.line();
}
