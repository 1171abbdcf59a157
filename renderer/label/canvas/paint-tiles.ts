/** Draws the tiles of a large picture. Where fine ones are missing, coarser ones are seen beneath, so nothing is ever blank. */

import { clipBox, type Size, type Xyxy } from '../../../native-models/geometry/box.ts';
import { type TilePlace, tileXyxy } from '../../../native-models/geometry/tile-pyramid.ts';
import { tilesBeneath } from '../doc/tile-plan.ts';
import { type Viewport, visible } from '../doc/viewport.ts';
import type { TiledPicture } from './tiled-picture.ts';

type Context = CanvasRenderingContext2D;

export interface TileView {
  readonly viewport: Viewport;
  readonly view: Size;
  /** The screen's own pixels in a pixel of the page. */
  readonly ratio: number;
  /** Whether pixels are shown as squares. */
  readonly asSquares: boolean;
}

export function paintTiles(context: Context, picture: TiledPicture, tileView: TileView): void {
  const { viewport, view, ratio, asSquares } = tileView;
  const scale = viewport.scale * ratio;
  const seen = clipBox(visible(viewport, view), picture.size);
  const plan = picture.look(seen, scale);
  const isComplete = plan.visible.length > 0 && plan.visible.every((place) => picture.tile(place) !== null);
  context.save();
  if (isComplete && plan.level === 0 && asSquares) {
    paintSquares(context, picture, plan.visible, seen, viewport, scale);
  } else {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = true;
    const paint = painter(context, viewport, scale);
    if (!isComplete) {
      const { thumbnail, size } = picture;
      if (thumbnail !== null) paint(thumbnail, [0, 0, size.width, size.height]);
      for (const place of tilesBeneath(seen, plan.level, size)) paint(picture.tile(place), tileXyxy(place, size));
    }
    for (const place of plan.visible) paint(picture.tile(place), tileXyxy(place, picture.size));
  }
  context.restore();
}

/** Edges lie on the screen's pixels, the same ones for neighbours, so that no seam shows between them. */
function painter(context: Context, viewport: Viewport, scale: number) {
  const x = (at: number) => Math.round((at - viewport.x) * scale);
  const y = (at: number) => Math.round((at - viewport.y) * scale);
  return (tile: ImageBitmap | null, [x0, y0, x1, y1]: Xyxy): void => {
    if (tile !== null) context.drawImage(tile, x(x0), y(y0), x(x1) - x(x0), y(y1) - y(y0));
  };
}

let board: OffscreenCanvas | null = null;

/** What is in view is put together pixel by pixel, then enlarged in one piece: squares lie exactly where the grid has them. */
function paintSquares(
  context: Context,
  picture: TiledPicture,
  places: readonly TilePlace[],
  [x0, y0, x1, y1]: Xyxy,
  viewport: Viewport,
  scale: number,
): void {
  const [left, top] = [Math.floor(x0), Math.floor(y0)];
  const [width, height] = [Math.ceil(x1) - left, Math.ceil(y1) - top];
  board ??= new OffscreenCanvas(width, height);
  if (board.width < width || board.height < height) {
    board.width = Math.max(board.width, width);
    board.height = Math.max(board.height, height);
  }
  const pieces = board.getContext('2d')!;
  for (const place of places) {
    const [tx, ty] = tileXyxy(place, picture.size);
    pieces.drawImage(picture.tile(place)!, tx - left, ty - top);
  }
  context.setTransform(scale, 0, 0, scale, -viewport.x * scale, -viewport.y * scale);
  context.imageSmoothingEnabled = false;
  context.drawImage(board, 0, 0, width, height, left, top, width, height);
}
