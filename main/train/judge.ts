/** What the scores of labelled images are worth, by the metrics of the task. */

import { type ClassificationEvaluation, evaluateClassification } from '../metrics/classification.ts';
import { evaluateMultilabel, type MultilabelEvaluation } from '../metrics/multilabel.ts';
import { type Reported, type ReportOptions, reportClassification, reportMultilabel } from '../metrics/report.ts';
import type { LabelledSample, ModelSetting } from './protocol.ts';
import { trueClasses, trueSets } from './truth.ts';

type Judged = Pick<ModelSetting, 'task' | 'classes'>;

/** Every scalar metric under its literal name. Shapes: scores [N,C], probabilities. */
export function metricsOf(
  { task, classes }: Judged,
  samples: readonly LabelledSample[],
  scores: Float32Array,
): Readonly<Record<string, number | null>> {
  switch (task) {
    case 'image-classification':
      return evaluateClassification({ scores, truth: trueClasses(samples), classes: classes.length }).metrics;
    case 'image-classification-multilabel':
      return evaluateMultilabel({ scores, truth: trueSets(samples, classes.length), classes: classes.length }).metrics;
    default:
      return task satisfies never;
  }
}

/** Everything there is to say of the scores. Shapes: scores [N,C], probabilities. */
export function reportOf(
  { task, classes }: Judged,
  samples: readonly LabelledSample[],
  scores: Float32Array,
  options: ReportOptions,
): Reported<ClassificationEvaluation> | Reported<MultilabelEvaluation> {
  switch (task) {
    case 'image-classification':
      return reportClassification({ scores, truth: trueClasses(samples), classes: classes.length }, options);
    case 'image-classification-multilabel': {
      const truth = trueSets(samples, classes.length);
      return reportMultilabel({ scores, truth, classes: classes.length }, options);
    }
    default:
      return task satisfies never;
  }
}
