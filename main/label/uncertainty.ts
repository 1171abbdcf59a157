/** How unsure a model is of an image, and how far two models are apart: 0 for certain and alike, 1 for what to look at first. */

import { boxIou } from '../../native-models/geometry/box.ts';
import type { Found, FoundObject } from '../store/predictions.ts';

/** Objects that overlap so much and have one class are the same object. */
const SAME_OVERLAP = 0.5;
/** Fainter objects are not what a model says. */
const SAID_SCORE = 0.5;

/** Of the classes' probabilities over its greatest; of objects, of the one that is least certain to be one. */
export function entropy01(found: Found): number {
  if (found.kind === 'objects') return most(found.objects.map(({ score }) => binaryEntropy01(score)));
  const { classes } = found;
  if (!isDistribution(found)) return most(classes.map(({ probability }) => binaryEntropy01(probability)));
  const nats = classes.reduce((sum, { probability: p }) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
  return classes.length < 2 ? 0 : Math.min(1, nats / Math.log(classes.length));
}

/** How close the decision was: one less the margin between the two most probable classes; of objects, between there and not. */
export function closeness01(found: Found): number {
  const toHalf = (p: number) => 1 - Math.abs(2 * p - 1);
  if (found.kind === 'objects') return most(found.objects.map(({ score }) => toHalf(score)));
  if (!isDistribution(found)) return most(found.classes.map(({ probability }) => toHalf(probability)));
  const [first = 1, second = 0] = found.classes.map(({ probability }) => probability).sort((a, b) => b - a);
  return 1 - (first - second);
}

/**
 * Of classes, half the sum of differences of their probabilities (where each stands alone, the greatest of them); of
 * objects, the part of what either says that the other does not.
 */
export function disagreement01(a: Found, b: Found): number | null {
  if (a.kind === 'classes' && b.kind === 'classes') {
    const others = new Map(b.classes.map(({ class_name, probability }) => [class_name, probability]));
    const names = new Set([...a.classes, ...b.classes].map(({ class_name }) => class_name));
    const own = new Map(a.classes.map(({ class_name, probability }) => [class_name, probability]));
    const apart = [...names].map((name) => Math.abs((own.get(name) ?? 0) - (others.get(name) ?? 0)));
    return isDistribution(a) ? Math.min(1, apart.reduce((sum, value) => sum + value, 0) / 2) : most(apart);
  }
  if (a.kind !== 'objects' || b.kind !== 'objects') return null;
  const [ours, theirs] = [a.objects, b.objects].map((objects) => objects.filter(({ score }) => score >= SAID_SCORE));
  const total = ours!.length + theirs!.length;
  return total === 0 ? 0 : 1 - (2 * matches(ours!, theirs!)) / total;
}

/** Each of ours with the best of theirs that is left. */
function matches(ours: readonly FoundObject[], theirs: readonly FoundObject[]): number {
  const left = new Set(theirs);
  let count = 0;
  for (const one of ours) {
    let best: FoundObject | null = null;
    let most = SAME_OVERLAP;
    for (const other of left) {
      const overlap = other.class_name === one.class_name ? boxIou(one.xyxy, other.xyxy) : 0;
      if (overlap >= most) [best, most] = [other, overlap];
    }
    if (best === null) continue;
    left.delete(best);
    count++;
  }
  return count;
}

/** Where an image has one class, probabilities add up to one; where it may have several, each stands alone. */
function isDistribution({ classes }: Extract<Found, { kind: 'classes' }>): boolean {
  return Math.abs(classes.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-3;
}

function binaryEntropy01(p: number): number {
  return p <= 0 || p >= 1 ? 0 : -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
}

const most = (values: readonly number[]): number => Math.max(0, ...values);
