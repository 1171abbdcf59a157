/**
 * Edits made faster than the engine answers: each is made of what was on show, which the edits before it change. Once
 * those are answered, a change is made of what they have left; what anybody else has changed meanwhile stays a conflict.
 */

import type { Annotation, Change } from '../../../preload/contract/labelling.ts';

/** `present`: what our own edits have made since of what the change was made of. */
export function rebasedObject(change: Extract<Change, { before: Annotation }>, present: Annotation): Change {
  if (change.type === 'remove') return { type: 'remove', before: present };
  const { before, after } = change;
  const keys = Object.keys(after) as (keyof Annotation)[];
  const isChanged = (key: keyof Annotation) => JSON.stringify(after[key]) !== JSON.stringify(before[key]);
  const own = Object.fromEntries(keys.filter(isChanged).map((key) => [key, after[key]]));
  return { type: 'replace', before: present, after: { ...present, ...own } };
}

/** Classes that were added and taken away, of those the image has now; one for another stays one. */
export function rebasedLabels(change: Extract<Change, { type: 'labels' }>, present: readonly string[]): Change {
  const { before, after } = change;
  if (after.length <= 1 && before.length <= 1) return { ...change, before: present };
  const added = after.filter((name) => !before.includes(name));
  const kept = present.filter((name) => after.includes(name) || !before.includes(name));
  return { type: 'labels', before: present, after: [...new Set([...kept, ...added])].sort() };
}

/** An answer and the word of it to all windows are two copies. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Objects and classes as our own edits have left them. */
export class OwnEdits {
  private readonly objects = new Map<number, Annotation>();
  private labels: readonly string[] | null = null;

  /** An edit of ours was answered. */
  note(changes: readonly Change[], put: readonly Annotation[], labels: readonly string[]): void {
    for (const annotation of put) this.objects.set(annotation.id, annotation);
    if (changes.some(({ type }) => type === 'labels')) this.labels = labels;
  }

  /** The changes, made of what our own edits have left; `get` and `labels` are what is there now. */
  rebased(
    changes: readonly Change[],
    get: (id: number) => Annotation | undefined,
    labels: readonly string[],
  ): readonly Change[] {
    return changes.map((change) => {
      if (change.type === 'labels') return isSame(labels, this.labels) ? rebasedLabels(change, labels) : change;
      if (change.type !== 'remove' && change.type !== 'replace') return change;
      const own = this.objects.get(change.before.id);
      return own !== undefined && isSame(get(own.id), own) ? rebasedObject(change, own) : change;
    });
  }
}
