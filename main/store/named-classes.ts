/** Classes as journalled changes name them: by what they are called now, however they were called, or merged, since. */

import { classIds, presentName } from './classes.ts';
import type { ReadDb } from './db.ts';
import type { MadeChange } from './made-change.ts';

/** The ids of all classes that changes name, for the journal. */
export function idsOfNamed(db: ReadDb, changes: readonly MadeChange[]): Record<string, number> {
  const names = changes.flatMap((change) => {
    if (change.type === 'labels') return [...change.before, ...change.after];
    if (change.type !== 'object') return [];
    return [change.before, change.after].flatMap((object) => object?.class_name ?? []);
  });
  return classIds(db, [...new Set(names)]);
}

/** The changes with the names that their classes have now; one that is gone keeps the name it had. */
export function withPresentNames(
  db: ReadDb,
  changes: readonly MadeChange[],
  ids: Readonly<Record<string, number>>,
): readonly MadeChange[] {
  const renamed = new Map(
    Object.entries(ids).flatMap(([name, id]) => {
      const present = presentName(db, id);
      return present === null || present === name ? [] : [[name, present] as const];
    }),
  );
  if (renamed.size === 0) return changes;
  const nameOf = (name: string) => renamed.get(name) ?? name;
  const object = <O extends { readonly class_name: string }>(one: O | null) =>
    one === null ? null : { ...one, class_name: nameOf(one.class_name) };
  const labels = (names: readonly string[]) => [...new Set(names.map(nameOf))].sort();
  return changes.map((change) => {
    if (change.type === 'object') return { ...change, before: object(change.before), after: object(change.after) };
    if (change.type === 'labels') return { ...change, before: labels(change.before), after: labels(change.after) };
    return change;
  });
}
