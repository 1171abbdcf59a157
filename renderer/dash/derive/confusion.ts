/** Who is taken for whom: the matrix as it is shown, and the mistakes worth a look. */

import type { Evaluation } from '../../../preload/contract/evaluation.ts';

export interface ConfusionCell {
  readonly count: number;
  /** Of the images of the true class, in [0, 1]; 0 where it has none. */
  readonly share01: number;
  readonly isRight: boolean;
}

/** Which class was taken for which: rows are true classes, columns predicted ones. */
export type Confused = Pick<Evaluation, 'confusion' | 'classes'>;

export interface ConfusionView {
  readonly names: readonly string[];
  readonly rows: readonly (readonly ConfusionCell[])[];
  /** The largest count, which is drawn darkest. */
  readonly most: number;
  /** Classes that are not shown. */
  readonly leftOut: number;
}

/** A larger matrix is no longer read. */
export const WIDEST_MATRIX = 30;

/** Null where images may have several classes. Of many classes those with the most mistakes are shown. */
export function confusionView({ confusion, classes }: Confused): ConfusionView | null {
  if (confusion === undefined) return null;
  const shown = classes.length <= WIDEST_MATRIX ? [...classes.keys()] : mostMistaken(confusion, WIDEST_MATRIX);
  const rows = shown.map((truth) => {
    const images = sum(confusion[truth]!);
    return shown.map((predicted) => {
      const count = confusion[truth]![predicted]!;
      return { count, share01: images === 0 ? 0 : count / images, isRight: truth === predicted };
    });
  });
  const most = Math.max(1, ...rows.flat().map(({ count }) => count));
  return { names: shown.map((index) => classes[index]!), rows, most, leftOut: classes.length - shown.length };
}

/** Class indices, ascending, of the classes with the most mistakes from or to them. */
function mostMistaken(confusion: readonly (readonly number[])[], count: number): number[] {
  const mistakes = confusion.map((row, c) => sum(row) - row[c]!);
  confusion.forEach((row, truth) => {
    row.forEach((images, predicted) => {
      if (truth !== predicted) mistakes[predicted]! += images;
    });
  });
  const byMistakes = [...mistakes.keys()].sort((a, b) => mistakes[b]! - mistakes[a]! || a - b);
  return byMistakes.slice(0, count).sort((a, b) => a - b);
}

export interface ConfusedPair {
  readonly truth: string;
  readonly predicted: string;
  readonly count: number;
  /** Images of the true class. */
  readonly images: number;
}

/** The most frequent mistakes, the largest first. */
export function confusedPairs({ confusion, classes }: Confused, most: number): ConfusedPair[] {
  const pairs = (confusion ?? []).flatMap((row, truth) =>
    row.flatMap((count, predicted) =>
      truth === predicted || count === 0
        ? []
        : [{ truth: classes[truth]!, predicted: classes[predicted]!, count, images: sum(row) }],
    ),
  );
  return pairs.toSorted((a, b) => b.count - a.count || b.count / b.images - a.count / a.images).slice(0, most);
}

/** What became of the images of one class, and of the others, where images may have several. */
export interface LabelOutcome {
  readonly name: string;
  readonly found: number;
  readonly missed: number;
  readonly falseAlarms: number;
  readonly rightlyNot: number;
}

/** In order of class; empty where an image has one class. */
export function labelOutcomes({ label_confusion, classes }: Evaluation): LabelOutcome[] {
  return (label_confusion ?? []).map(([without, having], c) => ({
    name: classes[c]!,
    found: having![1]!,
    missed: having![0]!,
    falseAlarms: without![1]!,
    rightlyNot: without![0]!,
  }));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
