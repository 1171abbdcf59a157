/** What is wrong with a sweep file, and where. */

import { type Document, LineCounter, parseDocument } from 'yaml';
import type { SweepProblem } from '../../preload/contract/sweep-draft.ts';

type Path = readonly (string | number)[];

export type Report = (path: Path, message: string) => void;

/** Collects problems of a YAML document; a place that is missing is told by the nearest one around it. */
export function collector(document: Document.Parsed, lines: LineCounter): { problems: SweepProblem[]; report: Report } {
  const problems: SweepProblem[] = [];
  const report = (path: Path, message: string) => {
    const place = path.reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${key}`), '');
    const branch = branchOf(path);
    problems.push({ path: place.replace(/^\./, ''), line: lineOf(document, lines, path), message, branch });
  };
  return { problems, report };
}

/** A branch is an entry of a list that is the space, or below one of its keys. */
function branchOf(path: Path): number | null {
  const space = path.findIndex((key) => key === 'space' || key === 'search_space');
  const at = space < 0 ? undefined : path.slice(space + 1).find((key) => typeof key === 'number');
  return typeof at === 'number' ? at : null;
}

/** The line of a place in a YAML text, or of the nearest one around it. */
export function lineAt(text: string, path: Path): number | null {
  const lines = new LineCounter();
  return lineOf(parseDocument(text, { lineCounter: lines }), lines, path);
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: Path): number | null {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    const range = (node as { readonly range?: readonly number[] } | undefined)?.range;
    if (range !== undefined && range !== null) return lines.linePos(range[0]!).line;
  }
  return null;
}
