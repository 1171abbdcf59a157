/** What a tool has to work with: the document, what is chosen, a draft for what is not done yet, and one way to change. */

import type { Xyxy } from '../../../native-models/geometry/box.ts';
import type { Mask } from '../../../native-models/geometry/mask.ts';
import type { Shape, ShapeKind } from '../../../native-models/geometry/shape.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import type { Annotation, Change } from '../../../preload/contract/labelling.ts';
import type { ProposedObject } from '../../../preload/contract/proposals.ts';
import type { Point } from '../doc/hit.ts';
import type { LabelDocument } from '../doc/label-document.ts';
import type { Prompt } from '../doc/prompt.ts';
import type { PixelRequest } from '../pixels/request.ts';

/** The pointer in image pixels, which may lie outside the image. */
export interface Pointer {
  readonly x: number;
  readonly y: number;
  readonly shift: boolean;
  readonly alt: boolean;
}

/** What is shown of a gesture under way; nothing of it is in the document. */
export type Draft =
  | { readonly kind: 'shape'; readonly shape: Shape }
  /** Corners so far, and where the next one would be. */
  | { readonly kind: 'path'; readonly corners: readonly Point[]; readonly next: Point | null; readonly closes: boolean }
  | { readonly kind: 'marquee'; readonly xyxy: Xyxy }
  /** The way of a round brush. */
  | {
      readonly kind: 'stroke';
      readonly way: readonly Point[];
      readonly radius: number;
      readonly hardness01: number;
      readonly erases: boolean;
    }
  /** Points clicked so far, and the box round them. */
  | { readonly kind: 'marks'; readonly points: readonly Point[]; readonly xyxy: Xyxy }
  /** A ruler between two points. */
  | { readonly kind: 'measure'; readonly from: Point; readonly to: Point }
  /** What is pointed at, and the object that a model finds there. */
  | { readonly kind: 'clicks'; readonly prompt: Prompt; readonly mask: Mask | null }
  /** The object that a click would find. */
  | { readonly kind: 'preview'; readonly mask: Mask }
  /** Objects shown otherwise than the document has them. */
  | { readonly kind: 'changed'; readonly annotations: readonly Annotation[] };

export type Cursor =
  | 'default'
  | 'crosshair'
  | 'move'
  | 'pointer'
  | 'progress'
  | `${'nwse' | 'nesw' | 'ns' | 'ew'}-resize`;

/** Whoever answers what is asked about the picture's pixels. */
export interface PixelSource {
  /** Null where nothing is found; rejects when the signal is aborted, or the picture cannot be read. */
  ask(request: PixelRequest, signal: AbortSignal): Promise<Mask | null>;
}

/** Whoever answers clicks. */
export interface ClickSource {
  /** Null where nothing is found; rejects when the signal is aborted, or the model fails. */
  ask(prompt: Prompt, signal: AbortSignal): Promise<Mask | null>;
  /** The same for what is pointed at and not clicked, once it has been pointed at for a moment; null where nobody wants that. */
  readonly look: ((prompt: Prompt, signal: AbortSignal) => Promise<Mask | null>) | null;
}

export interface Editor {
  /** Null until the picture is loaded. */
  readonly pixels: PixelSource | null;
  /** Null without a model that answers clicks. */
  readonly clicks: ClickSource | null;
  /** What the object that a model finds is kept as. */
  readonly clicksKept: ShapeKind;
  /** How far colours may be apart for the wand. Units: levels of 0 to 255. */
  readonly tolerance: number;
  /** Held to whole levels that make sense. */
  setTolerance(tolerance: number): void;
  /** Tells why something was not done. */
  say(problem: string): void;
  /** What a model proposes, to be decided about. */
  readonly proposals: readonly ProposedObject[];
  /** By index: proposals become objects, or are put aside. */
  accept(indices: readonly number[]): void;
  reject(indices: readonly number[]): void;
  readonly document: LabelDocument;
  readonly selection: ReadonlySet<number>;
  /** The class of what is drawn next; null while there is none. */
  readonly activeClass: string | null;
  /** Image pixels that one screen pixel covers. */
  readonly pixel: number;
  /** Units: image pixels. */
  readonly brushRadius: number;
  /** The part of the radius out to which the brush has its whole strength. Units: fraction in [0,1]. */
  readonly brushHardness01: number;
  select(ids: Iterable<number>): void;
  setDraft(draft: Draft | null): void;
  setCursor(cursor: Cursor): void;
  /** One gesture, one undo step. The draft stays until the document has it, so nothing flickers. */
  commit(name: string, changes: readonly Change[]): void;
}

/** Screen pixels within which a pointer is on an edge, a corner or a handle. */
export const REACH = 7;
/** Screen pixels a pointer may shake before a press becomes a drag. */
export const SLIP = 3;
/** Image pixels; anything smaller is a slip of the hand. */
export const MIN_SIDE_PX = 3;

/** Whether a box is too small to be meant. Units: image pixels. */
export const isSlip = ([x0, y0, x1, y1]: Xyxy): boolean => Math.min(x1 - x0, y1 - y0) < MIN_SIDE_PX;

/** Objects that are chosen, in the order in which they were. */
export const chosenOf = ({ document, selection }: Pick<Editor, 'document' | 'selection'>): Annotation[] =>
  [...selection].flatMap((id) => document.get(id) ?? []);

/** Whether there is a class to draw; where there is none that is told. */
export function hasClass(editor: Editor): boolean {
  if (editor.activeClass === null) editor.say('Choose or add a class first.');
  return editor.activeClass !== null;
}

/** An object drawn by hand. */
export function drawn(shape: Shape, className: string): Change {
  return { type: 'add', annotation: { class_name: className, shape, ...NO_FLAGS } };
}

export const replaced = (before: Annotation, shape: Shape): Change => ({
  type: 'replace',
  before,
  after: { ...before, shape },
});

/** The point, or the nearest one of the image. */
export function inside({ document }: Editor, { x, y }: Pick<Pointer, 'x' | 'y'>): Point {
  const { width, height } = document.size;
  return [Math.min(Math.max(x, 0), width), Math.min(Math.max(y, 0), height)];
}
