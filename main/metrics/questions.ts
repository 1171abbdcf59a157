/**
 * Classes as binary questions: is this the sample's class? What ranks samples by a score (ROC, average precision,
 * gains, calibration) sees nothing else, whether samples have one class or several.
 */

import type { LabelPredictions, Predictions, Scores } from './predictions.ts';

/** One question put to every sample. */
export interface Question {
  readonly scores: Scores;
  /** 1 for the samples it is true of, else 0. */
  readonly truth: Uint8Array;
}

/** A table of scores and truth turned on its side, so that what belongs to a class lies in one piece. */
export class Questions {
  readonly classes: number;
  readonly samples: number;
  /** Of every pair of class and sample. Shapes: [C,N]. */
  private readonly table: Question;

  private constructor(table: Question, classes: number) {
    this.table = table;
    this.classes = classes;
    this.samples = table.truth.length / classes;
  }

  /** Each class against the rest. */
  static ofClasses({ scores, truth, classes }: Predictions): Questions {
    const samples = truth.length;
    const isTrue = new Uint8Array(samples * classes);
    for (let row = 0; row < samples; row++) isTrue[truth[row]! * samples + row] = 1;
    return new Questions({ scores: sidewaysScores(scores, classes), truth: isTrue }, classes);
  }

  /** Each label on its own. */
  static ofLabels({ scores, truth, classes }: LabelPredictions): Questions {
    return new Questions(
      {
        scores: sidewaysScores(scores, classes),
        truth: sideways(truth, classes, new Uint8Array(truth.length)),
      },
      classes,
    );
  }

  /** One value per class, in order of class index. */
  map<Value>(use: (question: Question) => Value): Value[] {
    const { scores, truth } = this.table;
    return Array.from({ length: this.classes }, (_, index) => {
      const [from, to] = [index * this.samples, (index + 1) * this.samples];
      return use({ scores: scores.subarray(from, to), truth: truth.subarray(from, to) });
    });
  }
}

/** As many rows as fit into a cache with their columns: a table is read and written by whole lines of memory. */
const ROWS_AT_ONCE = 64;

const sidewaysScores = (scores: Scores, columns: number): Scores =>
  scores instanceof Float32Array
    ? sideways(scores, columns, new Float32Array(scores.length))
    : sideways(scores, columns, new Float64Array(scores.length));

/** The transpose of [N,C] in `target`, which has its size; -0 becomes 0, so that scores compare as their bits do. */
function sideways<Values extends Scores | Uint8Array>(values: Values, columns: number, target: Values): Values {
  const rows = values.length / columns;
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const end = Math.min(first + ROWS_AT_ONCE, rows);
    for (let column = 0; column < columns; column++) {
      for (let row = first; row < end; row++) target[column * rows + row] = values[row * columns + column]! + 0;
    }
  }
  return target;
}
