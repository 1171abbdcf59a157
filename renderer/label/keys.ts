/** What keys do while an image is labelled. Letters are those of the key, whatever Shift does to them. */

import type { ShapeKind } from '../../native-models/geometry/shape.ts';
import type { ReviewState } from '../../preload/contract/review.ts';
import type { Combination } from './doc/combine.ts';
import type { ToolName } from './tools/tool.ts';

export type KeyCommand =
  | { readonly do: 'tool'; readonly tool: ToolName }
  | { readonly do: 'brush-size'; readonly factor: number }
  | { readonly do: 'combine'; readonly how: Combination }
  | { readonly do: 'convert'; readonly to: ShapeKind }
  | { readonly do: 'class'; readonly index: number }
  | { readonly do: 'nudge'; readonly dx: number; readonly dy: number }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'cycle'; readonly by: 1 | -1 }
  | { readonly do: 'review'; readonly state: ReviewState }
  | { readonly do: PlainCommand };

export type PlainCommand =
  | 'undo'
  | 'redo'
  | 'remove'
  | 'cancel'
  | 'fit'
  | 'fit-chosen'
  | 'full-size'
  | 'previous'
  | 'next'
  | 'next-unlabelled'
  | 'next-to-review'
  | 'choose-all'
  | 'copy'
  | 'paste'
  | 'duplicate'
  | 'bring'
  | 'find-class'
  | 'help'
  | 'accept'
  | 'reject'
  | 'view'
  | 'hide-objects'
  | 'history';

export interface Pressed {
  readonly key: string;
  readonly shift: boolean;
  /** Ctrl, or Command on a Mac. */
  readonly control: boolean;
}

/** For the sheet that lists them, in its order. */
export const SHEET: readonly (readonly [keys: string, what: string])[] = [
  ['V  B  P  R  E', 'choose, box, polygon, brush, eraser'],
  ['X', 'box by four clicks: its topmost, leftmost, lowest and rightmost point'],
  ['K', 'cut a hole, drawn like a polygon, out of what is chosen'],
  ['G', 'fill the hole that is clicked'],
  ['W', 'wand: takes what hangs together and has nearly the colour; drag right for more, left for less'],
  ['Q', 'paints superpixels, as large as the brush'],
  [
    'O',
    'finds the object in a box, or with Shift round a stroke; further strokes add, with Alt take away; Enter keeps it',
  ],
  ['Alt', 'with wand and superpixels: takes away from what is chosen'],
  ['U', 'ruler; with Shift along an axis'],
  [',  .', 'smaller and larger brush'],
  ['1 … 9', 'class by its number; changes the class of what is chosen'],
  ['/', 'find or add a class by typing'],
  ['Ctrl Z, Ctrl Shift Z', 'undo, redo'],
  ['Delete', 'remove what is chosen'],
  ['Escape', 'leave what is under way, then let go'],
  ['Enter, Backspace', 'close a polygon, take a corner back'],
  ['Shift click', 'of a polygon: along the edge of the neighbour that the corner before lies on'],
  ['Alt', 'while corners are drawn or moved: not onto the edges of neighbours'],
  ['Alt click', 'on an edge adds a corner, on a corner removes it'],
  ['Shift click', 'on an object: adds to what is chosen'],
  ['[  ]', 'previous and next object'],
  ['Ctrl A', 'choose everything'],
  ['Ctrl C, Ctrl V, Ctrl D', 'copy, paste (on any image), duplicate'],
  ['Ctrl Shift V', 'bring the objects of the previous image'],
  ['J  S  I', 'join what is chosen, cut the others out of the first, keep where all meet'],
  ['Shift B, Shift P, Shift M', 'make a box, a polygon, a bitmap of what is chosen'],
  ['Arrows', 'move what is chosen by a pixel, with Shift by ten; else the picture'],
  ['+  -', 'zoom at the pointer; so does the wheel'],
  ['F, Shift F, 0', 'fit the image, fit what is chosen, full size'],
  ['Space and drag', 'move the picture; so does the middle button'],
  ['Y, Z', 'accept, reject everything that the model proposes'],
  ['Click', 'on a proposal accepts it, with Alt rejects it'],
  ['L', 'light and channels of the picture, and which objects are on show'],
  ['T', 'hide all objects, show them again'],
  ['H', 'history of the image: who did what, and when'],
  ['A  D', 'previous and next image'],
  ['N', 'next image that nobody has labelled'],
  ['Shift D, Shift T', 'the image is done, is to do again'],
  ['Shift A, Shift R', 'accept its labels, reject them with a note'],
  ['M', 'next image that is done and waits to be accepted or rejected'],
];

const ZOOM = 1.25;
const BRUSH_STEP = 1.25;
const STEP_PX = 1;
const LONG_STEP_PX = 10;

const WITH_CONTROL: Readonly<Record<string, PlainCommand>> = {
  z: 'undo',
  y: 'redo',
  a: 'choose-all',
  c: 'copy',
  v: 'paste',
  d: 'duplicate',
};

const WITH_SHIFT: Readonly<Record<string, KeyCommand>> = {
  f: { do: 'fit-chosen' },
  b: { do: 'convert', to: 'box' },
  p: { do: 'convert', to: 'polygon' },
  m: { do: 'convert', to: 'mask' },
  d: { do: 'review', state: 'done' },
  t: { do: 'review', state: 'to-do' },
  a: { do: 'review', state: 'accepted' },
  r: { do: 'review', state: 'rejected' },
};

const PLAIN: Readonly<Record<string, KeyCommand>> = {
  v: { do: 'tool', tool: 'select' },
  b: { do: 'tool', tool: 'box' },
  x: { do: 'tool', tool: 'extreme' },
  p: { do: 'tool', tool: 'polygon' },
  k: { do: 'tool', tool: 'cut' },
  r: { do: 'tool', tool: 'brush' },
  e: { do: 'tool', tool: 'eraser' },
  g: { do: 'tool', tool: 'fill' },
  w: { do: 'tool', tool: 'wand' },
  q: { do: 'tool', tool: 'superpixels' },
  o: { do: 'tool', tool: 'refine' },
  u: { do: 'tool', tool: 'measure' },
  ',': { do: 'brush-size', factor: 1 / BRUSH_STEP },
  '.': { do: 'brush-size', factor: BRUSH_STEP },
  j: { do: 'combine', how: 'join' },
  s: { do: 'combine', how: 'subtract' },
  i: { do: 'combine', how: 'intersect' },
  delete: { do: 'remove' },
  backspace: { do: 'remove' },
  escape: { do: 'cancel' },
  f: { do: 'fit' },
  '0': { do: 'full-size' },
  a: { do: 'previous' },
  pageup: { do: 'previous' },
  d: { do: 'next' },
  pagedown: { do: 'next' },
  n: { do: 'next-unlabelled' },
  m: { do: 'next-to-review' },
  y: { do: 'accept' },
  z: { do: 'reject' },
  l: { do: 'view' },
  t: { do: 'hide-objects' },
  '/': { do: 'find-class' },
  '?': { do: 'help' },
  h: { do: 'history' },
  '+': { do: 'zoom', factor: ZOOM },
  '=': { do: 'zoom', factor: ZOOM },
  '-': { do: 'zoom', factor: 1 / ZOOM },
  '[': { do: 'cycle', by: -1 },
  ']': { do: 'cycle', by: 1 },
};

const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  arrowleft: [-1, 0],
  arrowright: [1, 0],
  arrowup: [0, -1],
  arrowdown: [0, 1],
};

/** Null for a key that means nothing here. */
export function commandOf({ key, shift, control }: Pressed): KeyCommand | null {
  const name = key.toLowerCase();
  if (control) {
    if (name === 'z' && shift) return { do: 'redo' };
    if (name === 'v' && shift) return { do: 'bring' };
    const plain = WITH_CONTROL[name];
    return plain === undefined ? null : { do: plain };
  }
  if (/^[1-9]$/.test(name)) return { do: 'class', index: Number(name) - 1 };
  if (shift && WITH_SHIFT[name] !== undefined) return WITH_SHIFT[name];
  const arrow = ARROWS[name];
  if (arrow === undefined) return PLAIN[name] ?? null;
  const step = shift ? LONG_STEP_PX : STEP_PX;
  return { do: 'nudge', dx: arrow[0] * step, dy: arrow[1] * step };
}
