/** What a labelling session shows. */

import type { ImageDocument } from '../../preload/contract/labelling.ts';
import type { ProposedObject } from '../../preload/contract/proposals.ts';
import { LabelDocument } from './doc/label-document.ts';
import { ALL_SHOWN, isFiltering, isLocked, isShown, type ObjectFilter } from './doc/object-filter.ts';
import { openProposals } from './doc/proposals.ts';
import type { Cursor, Draft } from './tools/editor.ts';
import type { ToolName } from './tools/tool.ts';

export type Turn = 'edit' | 'undo' | 'redo';

export interface SessionState {
  readonly document: LabelDocument;
  /** What of the document is on show. */
  readonly shown: LabelDocument;
  /** What of that may be touched, which is all that tools know of. */
  readonly reach: LabelDocument;
  readonly filter: ObjectFilter;
  /** How sure a model must be for its proposals to be on show. Units: fraction in [0,1]. */
  readonly threshold: number;
  readonly proposals: readonly ProposedObject[];
  readonly selection: ReadonlySet<number>;
  readonly activeClass: string | null;
  readonly tool: ToolName;
  readonly draft: Draft | null;
  readonly cursor: Cursor;
  /** Units: image pixels. */
  readonly brushRadius: number;
  /** Units: fraction in [0,1]. */
  readonly brushHardness01: number;
  /** How far colours may be apart for the wand. Units: levels of 0 to 255. */
  readonly tolerance: number;
  /** How long people have been at work on the image, as the engine was told. Units: milliseconds. */
  readonly workMs: number;
  /** Edits the engine has not answered yet. */
  readonly unsaved: number;
  /** Which way the last one went. */
  readonly turn: Turn;
  /** Why the last edit was not taken; null when it was. */
  readonly problem: string | null;
}

export const SMALLEST_RADIUS_PX = 0.5;
export const LARGEST_RADIUS_PX = 500;
const FIRST_THRESHOLD = 0.5;
const FIRST_RADIUS_PX = 10;
const FIRST_TOLERANCE = 24;
export const MOST_TOLERANCE = 255;

export function firstState(told: ImageDocument, activeClass: string | null): SessionState {
  const document = new LabelDocument(told);
  return {
    document,
    shown: document,
    reach: document,
    filter: ALL_SHOWN,
    threshold: FIRST_THRESHOLD,
    proposals: openProposals(told.proposals, told.annotations, FIRST_THRESHOLD),
    selection: new Set(),
    activeClass,
    tool: 'select',
    draft: null,
    cursor: 'default',
    brushRadius: FIRST_RADIUS_PX,
    brushHardness01: 1,
    tolerance: FIRST_TOLERANCE,
    workMs: told.labelling_ms,
    unsaved: 0,
    turn: 'edit',
    problem: null,
  };
}

/** What of a document is on show, and what of that may be touched. */
export function filtered(
  document: LabelDocument,
  filter: ObjectFilter,
): { readonly shown: LabelDocument; readonly reach: LabelDocument } {
  const shown = isFiltering(filter) ? document.only((annotation) => isShown(filter, annotation)) : document;
  const isAnyLocked = filter.lockedClasses.length > 0;
  return { shown, reach: isAnyLocked ? shown.only((annotation) => !isLocked(filter, annotation)) : shown };
}
