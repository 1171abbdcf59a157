/** Which classes and parts of a source become which of the project, as a person changes it and as an import is asked. */

import type { Split } from '../../../preload/contract/tasks.ts';
import type { ImportRequest, ImportSource, SourceSurvey } from '../../../preload/contract/transfers.ts';

export interface Mapping {
  /** By the source's name: another name, or null to leave the class out. Classes that stay are not named. */
  readonly classes: ReadonlyMap<string, string | null>;
  /** By the source's name; those that are understood as they are are not named. */
  readonly splits: ReadonlyMap<string, Split | null>;
  /** Of images that the source puts in no part. */
  readonly split: Split | null;
  readonly copy: boolean;
}

export const UNCHANGED: Mapping = { classes: new Map(), splits: new Map(), split: null, copy: true };

/** With a class under another name; the same name, or none, changes nothing. */
export function withClass(mapping: Mapping, from: string, to: string | null): Mapping {
  const classes = new Map(mapping.classes);
  if (to !== null && (to.trim() === from || to.trim() === '')) classes.delete(from);
  else classes.set(from, to);
  return { ...mapping, classes };
}

export function withSplit(mapping: Mapping, from: string, to: Split | null): Mapping {
  return { ...mapping, splits: new Map(mapping.splits).set(from, to) };
}

export interface ClassRow {
  readonly name: string;
  readonly images: number;
  readonly objects: number;
  /** Null where it is left out. */
  readonly becomes: string | null;
  /** What a person should know: joined with others, already in the project. */
  readonly note: string | null;
}

/** Every class of the source with what becomes of it. `known` are the project's own. */
export function classRows(survey: SourceSurvey, mapping: Mapping, known: readonly string[]): ClassRow[] {
  const inProject = new Set(known);
  const targets = survey.classes.map(({ name }) => targetOf(mapping, name));
  const counts = new Map<string | null, number>();
  for (const name of targets) counts.set(name, (counts.get(name) ?? 0) + 1);
  return survey.classes.map(({ name, images, objects }, at) => {
    const becomes = targets[at] ?? null;
    const joined = becomes === null ? 0 : counts.get(becomes)! - 1;
    return { name, images, objects, becomes, note: noteOf(becomes, joined, inProject) };
  });
}

function targetOf({ classes }: Mapping, name: string): string | null {
  const to = classes.get(name);
  return to === undefined ? name : (to?.trim() ?? null);
}

function noteOf(becomes: string | null, joined: number, inProject: ReadonlySet<string>): string | null {
  if (becomes === null) return 'left out';
  if (joined > 0) return joined === 1 ? 'joined with another' : `joined with ${joined} others`;
  return inProject.has(becomes) ? 'in the project' : null;
}

export function requestOf(source: ImportSource, survey: SourceSurvey, mapping: Mapping): ImportRequest {
  return {
    ...source,
    ...{ split: mapping.split, copy: mapping.copy },
    classes: [...mapping.classes].map(([from, to]) => ({ from, to: to?.trim() ?? null })),
    splits: [...mapping.splits].map(([from, to]) => ({ from, to })),
    expected: survey.images + survey.problem_count,
  };
}
