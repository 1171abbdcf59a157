/** Draws objects and what is chosen. The context is set up in image pixels; lines keep their width. */

import type { Xyxy } from '../../../native-models/geometry/box.ts';
import { ringsOf } from '../../../native-models/geometry/polygon.ts';
import { shapeXyxy } from '../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../../preload/contract/labelling.ts';
import type { ProposedObject } from '../../../preload/contract/proposals.ts';
import { proposedShape } from '../doc/proposals.ts';
import { HANDLES, handlePoint } from '../doc/reshape.ts';
import type { ClassPath } from './path-cache.ts';
import { trace } from './trace.ts';

export interface Look {
  readonly colourOf: (className: string) => string;
  /** Of handles and of the frame that chooses. */
  readonly accent: string;
  readonly surface: string;
  /** Of writing on the surface. */
  readonly text: string;
  /** Of the lines between pixels. */
  readonly grid: string;
}

const FILL_ALPHA = 0.14;
const CHOSEN_ALPHA = 0.3;
const AHEAD_ALPHA = 0.2;
const GRID_ALPHA = 0.3;
/** Screen pixels. */
const LINE = 1.5;
const CHOSEN_LINE = 2.5;
const PROPOSAL_LINE = 2;
/** Drawn and left out, of what is no object yet. */
const DASHES = [6, 4];
const HANDLE_SIDE = 8;
export const CORNER_SIDE = 7;
/** Corners that are nearer to one another are shown by the first of them, until somebody zooms in. */
const CORNERS_APART = CORNER_SIDE + 3;

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

/** What a model proposes: dashed and without a fill, so that nobody takes it for an object; faint where it is unsure. */
export function paintProposals(
  context: Context,
  proposals: readonly ProposedObject[],
  look: Look,
  pixel: number,
): void {
  context.lineWidth = PROPOSAL_LINE * pixel;
  context.setLineDash(DASHES.map((length) => length * pixel));
  for (const proposal of proposals) {
    context.strokeStyle = look.colourOf(proposal.class_name);
    context.globalAlpha = 0.4 + 0.6 * proposal.score;
    context.beginPath();
    trace(context, proposedShape(proposal), 0);
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Lines between the pixels that are in view. */
export function paintPixelGrid(context: Context, [x0, y0, x1, y1]: Xyxy, { grid }: Look, pixel: number): void {
  context.beginPath();
  for (let x = Math.ceil(x0); x <= x1; x++) {
    context.moveTo(x, y0);
    context.lineTo(x, y1);
  }
  for (let y = Math.ceil(y0); y <= y1; y++) {
    context.moveTo(x0, y);
    context.lineTo(x1, y);
  }
  context.strokeStyle = grid;
  context.lineWidth = pixel;
  context.globalAlpha = GRID_ALPHA;
  context.stroke();
  context.globalAlpha = 1;
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

/** A shape that is not in the document yet. */
export function paintDrawn(context: Context, drawn: Pick<Annotation, 'shape'>, colour: string, pixel: number): void {
  paintShape(context, drawn, colour, CHOSEN_ALPHA, CHOSEN_LINE * pixel);
}

/** What is not even drawn yet: fainter, its edge in dashes. */
export function paintAhead(context: Context, drawn: Pick<Annotation, 'shape'>, colour: string, pixel: number): void {
  context.setLineDash(DASHES.map((length) => length * pixel));
  paintShape(context, drawn, colour, AHEAD_ALPHA, CHOSEN_LINE * pixel);
  context.setLineDash([]);
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
    for (const ring of ringsOf(shape.polygon)) paintCorners(context, ring, look, pixel);
  }
  for (const handle of HANDLES) paintGrip(context, ...handlePoint(box, handle), HANDLE_SIDE, look, pixel);
}

/** Of thousands of corners those that are in view and apart. */
function paintCorners(context: Context, ring: readonly number[], look: Look, pixel: number): void {
  const { a, d, e, f } = context.getTransform();
  const { width, height } = context.canvas;
  const isSeen = (x: number, y: number) =>
    a * x + e >= 0 && a * x + e <= width && d * y + f >= 0 && d * y + f <= height;
  let [lastX, lastY] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < ring.length; i += 2) {
    const [x, y] = [ring[i]!, ring[i + 1]!];
    const isApart = Math.max(Math.abs(x - lastX), Math.abs(y - lastY)) >= CORNERS_APART * pixel;
    if (!isApart || !isSeen(x, y)) continue;
    paintGrip(context, x, y, CORNER_SIDE, look, pixel);
    [lastX, lastY] = [x, y];
  }
}

export function paintGrip(context: Context, x: number, y: number, side: number, look: Look, pixel: number): void {
  const half = (side / 2) * pixel;
  context.fillStyle = look.surface;
  context.strokeStyle = look.accent;
  context.lineWidth = LINE * pixel;
  context.fillRect(x - half, y - half, 2 * half, 2 * half);
  context.strokeRect(x - half, y - half, 2 * half, 2 * half);
}
