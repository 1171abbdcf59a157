import { describe, expect, test } from 'vitest';
import {
  averageRows,
  BY_CLASS,
  classRows,
  nextClassSorting,
  sortedClasses,
} from '../../../../renderer/dash/derive/class-table.ts';
import { madeEvaluation } from '../../../kit/made-evaluations.ts';

const evaluation = madeEvaluation({ classes: ['cat', 'dog', 'hen'], images: 50, signal: 1 });

describe('rows', () => {
  test('hold the scores of the report with their intervals', () => {
    const [row] = classRows(evaluation);

    expect(row).toMatchObject({ name: 'cat', support: 17 });
    expect(row!.scores.auc).toEqual({
      value: evaluation.report.classes[0]!.auc,
      interval: evaluation.intervals!.classes[0]!.auc,
    });
  });

  test('of averages have the intervals of the metrics', () => {
    const rows = averageRows(evaluation);

    expect(rows.map(({ name }) => name)).toEqual(['macro average', 'micro average', 'weighted average']);
    expect(rows[2]!.scores['f1-score']).toEqual({
      value: evaluation.metrics['f1_score_weighted'],
      interval: evaluation.intervals!.metrics['f1_score_weighted'],
    });
  });

  test('have no intervals where there are none', () => {
    const rows = classRows({ ...evaluation, intervals: null });

    expect(rows[0]!.scores.recall.interval).toBeNull();
  });
});

describe('sorting', () => {
  const values = (key: 'recall' | 'auc', rows = classRows(evaluation)) => rows.map(({ scores }) => scores[key].value);

  test('by a score goes from the worst to the best, and back', () => {
    const rows = classRows(evaluation);
    const ascending = values('recall').toSorted((a, b) => a! - b!);

    expect(values('recall', sortedClasses(rows, { key: 'recall', direction: 'ascending' }))).toEqual(ascending);
    expect(values('recall', sortedClasses(rows, { key: 'recall', direction: 'descending' }))).toEqual(
      ascending.toReversed(),
    );
  });

  test('by class keeps the order of classes', () => {
    const rows = classRows(evaluation);

    expect(sortedClasses(rows, BY_CLASS)).toEqual(rows);
    expect(sortedClasses(rows, { key: 'class', direction: 'descending' })).toEqual(rows.toReversed());
  });

  test('puts what is undefined last, either way', () => {
    const [cat, dog, hen] = classRows(evaluation);
    const blank = { ...dog!, scores: { ...dog!.scores, auc: { value: null, interval: null } } };

    for (const direction of ['ascending', 'descending'] as const) {
      expect(sortedClasses([cat!, blank, hen!], { key: 'auc', direction }).at(-1)).toBe(blank);
    }
  });

  test('begins with the worst score, with the most images, and turns round', () => {
    expect(nextClassSorting(BY_CLASS, 'auc')).toEqual({ key: 'auc', direction: 'ascending' });
    expect(nextClassSorting(BY_CLASS, 'support')).toEqual({ key: 'support', direction: 'descending' });
    expect(nextClassSorting({ key: 'auc', direction: 'ascending' }, 'auc').direction).toBe('descending');
  });
});
