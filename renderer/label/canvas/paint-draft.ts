/** Draws a gesture under way. The context is set up in image pixels; lines keep their width. */

import type { Xyxy } from '../../../native-models/geometry/box.ts';
import type { Point } from '../doc/hit.ts';
import { measured } from '../doc/measure.ts';
import type { Draft } from '../tools/editor.ts';
import { CORNER_SIDE, type Look, paintAhead, paintChosen, paintDrawn, paintGrip } from './paint.ts';

type Context = CanvasRenderingContext2D;
type Of<K extends Draft['kind']> = Extract<Draft, { kind: K }>;

const FRAME_ALPHA = 0.14;
const STROKE_ALPHA = 0.45;
/** Screen pixels. */
const LINE = 2.5;
const CLICK_RADIUS = 5;
const FONT = 13;
const PADDING = 5;

/** `pixel`: image pixels of a screen pixel. */
export function paintDraft(context: Context, draft: Draft, colour: string, look: Look, pixel: number): void {
  context.lineJoin = 'round';
  switch (draft.kind) {
    case 'stroke':
      paintStroke(context, draft, colour, look);
      break;
    case 'marquee':
      paintFrame(context, draft.xyxy, look, pixel);
      break;
    case 'path':
      paintPath(context, draft, colour, look, pixel);
      break;
    case 'shape':
      paintDrawn(context, draft, colour, pixel);
      break;
    case 'marks':
      paintMarks(context, draft, colour, look, pixel);
      break;
    case 'clicks':
      paintClicks(context, draft, colour, look, pixel);
      break;
    case 'preview':
      paintAhead(context, { shape: { kind: 'mask', mask: draft.mask } }, colour, pixel);
      break;
    case 'measure':
      paintMeasure(context, draft, look, pixel);
      break;
    case 'changed':
      paintChosen(context, draft.annotations, look, pixel);
      break;
    default:
      draft satisfies never;
  }
}

function paintFrame(context: Context, [x0, y0, x1, y1]: Xyxy, { accent }: Look, pixel: number): void {
  context.fillStyle = accent;
  context.strokeStyle = accent;
  context.lineWidth = pixel;
  context.globalAlpha = FRAME_ALPHA;
  context.fillRect(x0, y0, x1 - x0, y1 - y0);
  context.globalAlpha = 1;
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
}

/** Of a soft brush its rim, faint, and what one pass paints. */
function paintStroke(context: Context, stroke: Of<'stroke'>, colour: string, { surface }: Look): void {
  const { way, radius, hardness01, erases } = stroke;
  context.beginPath();
  for (const [x, y] of way) context.lineTo(x, y);
  context.lineTo(...way.at(-1)!); // a dab, too, is a line
  context.lineCap = 'round';
  context.strokeStyle = erases ? surface : colour;
  for (const reach of hardness01 < 1 ? [1, (1 + hardness01) / 2] : [1]) {
    context.lineWidth = 2 * radius * reach;
    context.globalAlpha = hardness01 < 1 ? STROKE_ALPHA / 2 : STROKE_ALPHA;
    context.stroke();
  }
  context.globalAlpha = 1;
  context.lineCap = 'butt';
}

function paintPath(
  context: Context,
  { corners, next, closes }: Of<'path'>,
  colour: string,
  look: Look,
  pixel: number,
): void {
  context.beginPath();
  for (const [x, y] of corners) context.lineTo(x, y);
  if (closes) context.closePath();
  else if (next !== null) context.lineTo(...next);
  context.strokeStyle = colour;
  context.lineWidth = LINE * pixel;
  context.stroke();
  for (const [x, y] of corners) paintGrip(context, x, y, CORNER_SIDE, look, pixel);
  const [first] = corners;
  if (closes && first !== undefined) paintGrip(context, ...first, 2 * CORNER_SIDE, look, pixel);
}

function paintMarks(context: Context, { points, xyxy }: Of<'marks'>, colour: string, look: Look, pixel: number): void {
  const [x0, y0, x1, y1] = xyxy;
  context.strokeStyle = colour;
  context.lineWidth = LINE * pixel;
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  for (const [x, y] of points) paintGrip(context, x, y, CORNER_SIDE, look, pixel);
}

/** Points inside are full, the others hollow. */
function paintClicks(
  context: Context,
  { prompt, mask }: Of<'clicks'>,
  colour: string,
  look: Look,
  pixel: number,
): void {
  if (mask !== null) paintDrawn(context, { shape: { kind: 'mask', mask } }, colour, pixel);
  if (prompt.box !== null) paintFrame(context, prompt.box, look, pixel);
  for (const { x, y, is_inside } of prompt.points) {
    context.beginPath();
    context.arc(x, y, CLICK_RADIUS * pixel, 0, 2 * Math.PI);
    context.fillStyle = is_inside ? look.accent : look.surface;
    context.strokeStyle = is_inside ? look.surface : look.accent;
    context.lineWidth = LINE * pixel;
    context.fill();
    context.stroke();
  }
}

function paintMeasure(context: Context, { from, to }: Of<'measure'>, look: Look, pixel: number): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.strokeStyle = look.accent;
  context.lineWidth = LINE * pixel;
  context.stroke();
  for (const [x, y] of [from, to]) paintGrip(context, x, y, CORNER_SIDE, look, pixel);
  paintText(context, measured(from, to), to, look, pixel);
}

/** Beside a point, on a ground of its own. */
function paintText(context: Context, text: string, [x, y]: Point, { surface, text: ink }: Look, pixel: number): void {
  context.save();
  context.translate(x, y);
  context.scale(pixel, pixel);
  context.font = `${FONT}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  const width = context.measureText(text).width;
  context.fillStyle = surface;
  context.fillRect(12, 12, width + 2 * PADDING, FONT + 2 * PADDING);
  context.fillStyle = ink;
  context.fillText(text, 12 + PADDING, 12 + PADDING + FONT / 2);
  context.restore();
}
