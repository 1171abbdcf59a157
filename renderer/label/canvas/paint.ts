/** Draws objects, what is chosen and what is under way. The context is set up in image pixels; lines keep their width. */

import type { Xyxy } from '../../../native-models/geometry/box.ts';
import { ringsOf } from '../../../native-models/geometry/polygon.ts';
import { shapeXyxy } from '../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../../preload/contract/labelling.ts';
import { HANDLES, handlePoint } from '../doc/reshape.ts';
import type { Draft } from '../tools/editor.ts';
import type { ClassPath } from './path-cache.ts';
import { trace } from './trace.ts';

export interface Look {
  readonly colourOf: (className: string) => string;
  /** Of handles and of the frame that chooses. */
  readonly accent: string;
  readonly surface: string;
}

const FILL_ALPHA = 0.14;
const CHOSEN_ALPHA = 0.3;
const STROKE_ALPHA = 0.45;
/** Screen pixels. */
const LINE = 1.5;
const CHOSEN_LINE = 2.5;
const HANDLE_SIDE = 8;
const CORNER_SIDE = 7;
/** More corners than that are shown one by one only when they are apart on the screen. */
const MOST_CORNERS = 400;

type Context = CanvasRenderingContext2D;

/** Everything that is as the document has it. `pixel`: image pixels of a screen pixel. */
export function paintObjects(context: Context, paths: readonly ClassPath<Path2D>[], look: Look, pixel: number): void {
  context.lineWidth = LINE * pixel;
  context.lineJoin = 'round';
  for (const { className, path } of paths) {
    const colour = look.colourOf(className);
    context.fillStyle = colour;
    context.strokeStyle = colour;
    context.globalAlpha = FILL_ALPHA;
    context.fill(path);
    context.globalAlpha = 1;
    context.stroke(path);
  }
}

/** Objects that are chosen, with their handles where it is one. */
export function paintChosen(context: Context, chosen: readonly Annotation[], look: Look, pixel: number): void {
  for (const annotation of chosen) {
    const colour = look.colourOf(annotation.class_name);
    paintShape(context, annotation, colour, CHOSEN_ALPHA, CHOSEN_LINE * pixel);
  }
  const [one, ...others] = chosen;
  if (one !== undefined && others.length === 0) paintGrips(context, one, look, pixel);
}

/** A gesture under way. */
export function paintDraft(context: Context, draft: Draft, colour: string, look: Look, pixel: number): void {
  context.lineJoin = 'round';
  if (draft.kind === 'stroke') paintStroke(context, draft, colour, look);
  else if (draft.kind === 'marquee') paintMarquee(context, draft.xyxy, look, pixel);
  else if (draft.kind === 'path') paintPath(context, draft, colour, look, pixel);
  else if (draft.kind === 'shape') paintShape(context, draft, colour, CHOSEN_ALPHA, CHOSEN_LINE * pixel);
  else paintChosen(context, draft.annotations, look, pixel);
}

function paintShape(
  context: Context,
  { shape }: Pick<Annotation, 'shape'>,
  colour: string,
  alpha: number,
  lineWidth: number,
): void {
  context.beginPath();
  trace(context, shape, 0);
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = lineWidth;
  context.globalAlpha = alpha;
  context.fill();
  context.globalAlpha = 1;
  context.stroke();
}

/** Corners of a polygon, handles of the box round it; a bitmap has neither. */
function paintGrips(context: Context, { shape }: Annotation, look: Look, pixel: number): void {
  if (shape.kind === 'mask') return;
  const box = shapeXyxy(shape);
  if (shape.kind === 'polygon') {
    context.strokeStyle = look.accent;
    context.lineWidth = pixel;
    context.setLineDash([4 * pixel, 3 * pixel]);
    context.strokeRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
    context.setLineDash([]);
    const rings = ringsOf(shape.polygon);
    if (rings.reduce((sum, { length }) => sum + length / 2, 0) <= MOST_CORNERS) {
      for (const ring of rings) {
        for (let i = 0; i < ring.length; i += 2) paintGrip(context, ring[i]!, ring[i + 1]!, CORNER_SIDE, look, pixel);
      }
    }
  }
  for (const handle of HANDLES) paintGrip(context, ...handlePoint(box, handle), HANDLE_SIDE, look, pixel);
}

function paintGrip(context: Context, x: number, y: number, side: number, look: Look, pixel: number): void {
  const half = (side / 2) * pixel;
  context.fillStyle = look.surface;
  context.strokeStyle = look.accent;
  context.lineWidth = LINE * pixel;
  context.fillRect(x - half, y - half, 2 * half, 2 * half);
  context.strokeRect(x - half, y - half, 2 * half, 2 * half);
}

function paintMarquee(context: Context, [x0, y0, x1, y1]: Xyxy, { accent }: Look, pixel: number): void {
  context.fillStyle = accent;
  context.strokeStyle = accent;
  context.lineWidth = pixel;
  context.globalAlpha = FILL_ALPHA;
  context.fillRect(x0, y0, x1 - x0, y1 - y0);
  context.globalAlpha = 1;
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
}

function paintStroke(
  context: Context,
  { way, radius, erases }: Extract<Draft, { kind: 'stroke' }>,
  colour: string,
  { surface }: Look,
): void {
  context.beginPath();
  for (const [x, y] of way) context.lineTo(x, y);
  context.lineTo(...way.at(-1)!); // a dab, too, is a line
  context.lineCap = 'round';
  context.lineWidth = 2 * radius;
  context.strokeStyle = erases ? surface : colour;
  context.globalAlpha = STROKE_ALPHA;
  context.stroke();
  context.globalAlpha = 1;
  context.lineCap = 'butt';
}

function paintPath(
  context: Context,
  { corners, next, closes }: Extract<Draft, { kind: 'path' }>,
  colour: string,
  look: Look,
  pixel: number,
): void {
  context.beginPath();
  for (const [x, y] of corners) context.lineTo(x, y);
  if (closes) context.closePath();
  else if (next !== null) context.lineTo(...next);
  context.strokeStyle = colour;
  context.lineWidth = CHOSEN_LINE * pixel;
  context.stroke();
  for (const [x, y] of corners) paintGrip(context, x, y, CORNER_SIDE, look, pixel);
  const [first] = corners;
  if (closes && first !== undefined) paintGrip(context, ...first, 2 * CORNER_SIDE, look, pixel);
}
