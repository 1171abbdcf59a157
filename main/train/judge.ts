/** What the scores of labelled images are worth, by the metrics of the task. */

import { type ClassificationEvaluation, evaluateClassification } from '../metrics/classification.ts';
import { type ClassificationCurves, classificationCurves } from '../metrics/curves.ts';
import { evaluateMultilabel, type MultilabelEvaluation } from '../metrics/multilabel.ts';
import type { LabelledSample, ModelSetting } from './protocol.ts';
import { trueClasses, trueSets } from './truth.ts';

export type Evaluation = ClassificationEvaluation | MultilabelEvaluation;

type Judged = Pick<ModelSetting, 'task' | 'classes'>;

/** Everything there is to say of the scores. Shapes: scores [N,C], probabilities. */
export function evaluationOf(
  { task, classes }: Judged,
  samples: readonly LabelledSample[],
  scores: Float32Array,
): Evaluation {
  switch (task) {
    case 'image-classification':
      return evaluateClassification({ scores, truth: trueClasses(samples), classes: classes.length });
    case 'image-classification-multilabel':
      return evaluateMultilabel({ scores, truth: trueSets(samples, classes.length), classes: classes.length });
    default:
      return task satisfies never;
  }
}

/** Every scalar metric under its literal name. Shapes: scores [N,C], probabilities. */
export function metricsOf(
  judged: Judged,
  samples: readonly LabelledSample[],
  scores: Float32Array,
): Readonly<Record<string, number | null>> {
  return evaluationOf(judged, samples, scores).metrics;
}

/** What is drawn of the scores; nothing yet where an image may have several classes. Shapes: scores [N,C]. */
export function curvesOf(
  { task, classes }: Judged,
  samples: readonly LabelledSample[],
  scores: Float32Array,
): ClassificationCurves | null {
  if (task !== 'image-classification') return null;
  return classificationCurves({ scores, truth: trueClasses(samples), classes: classes.length });
}
