/** The class names of a record, put in order. */

import { described, RecordProblem } from './record-problem.ts';

/** Whether an image has exactly one class, or any number of them. */
export type Labelling = 'one' | 'any';

export interface ReadLabels {
  /** Each once, in the order of the source. */
  readonly labels: readonly string[];
  /** What was put right, in words. */
  readonly repairs: readonly string[];
}

/**
 * The value of a JSON field: a text where an image has one class, else a list of texts, which may be empty. A lone text
 * is taken for a list of one.
 * Errors: RecordProblem.
 */
export function labelsOfValue(value: unknown, labelling: Labelling): ReadLabels {
  if (labelling === 'one') {
    if (typeof value === 'string' && value.trim() !== '') return cleanLabels([value]);
    const hint = Array.isArray(value) ? '; lists of classes are for image-classification-multilabel' : '';
    throw new RecordProblem('bad-label', `label: expected one class name as text, got ${described(value)}${hint}`);
  }
  const names = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(names)) {
    throw new RecordProblem('bad-label', `label: expected a list of class names, got ${described(value)}`);
  }
  const wrong = names.findIndex((name) => typeof name !== 'string' || name.trim() === '');
  if (wrong >= 0) {
    const message = `label: entry ${wrong + 1} of the list must be a class name as text, got ${described(names[wrong])}`;
    throw new RecordProblem('bad-label', message);
  }
  const { labels, repairs } = cleanLabels(names as string[]);
  return typeof value === 'string'
    ? { labels, repairs: [`label "${value}": taken for a list of this one class`, ...repairs] }
    : { labels, repairs };
}

/** Names without the spaces around them, each once. */
export function cleanLabels(names: readonly string[]): ReadLabels {
  const repairs: string[] = [];
  const labels = new Set<string>();
  for (const name of names) {
    const label = name.trim();
    if (label !== name) repairs.push(`label "${name}": spaces around the name left out`);
    if (labels.has(label)) repairs.push(`label "${label}": given more than once, counted once`);
    labels.add(label);
  }
  return { labels: [...labels], repairs };
}
