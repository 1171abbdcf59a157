import type { LabelDocument } from '../doc/label-document.ts';

/** Those of the project, and those this image brings before the project is told again. */
export function allClasses(known: readonly string[], document: LabelDocument): readonly string[] {
  const here = [...document.annotations.map(({ class_name }) => class_name), ...document.told.labels];
  const all = new Set([...known, ...here]);
  return all.size === known.length ? known : [...all].sort();
}
