/** Draws a picture that is shown in one piece. The context is set up in image pixels. */

import type { Viewport } from '../doc/viewport.ts';
import type { PictureLevels } from './picture-levels.ts';

/** `ratio`: the screen's own pixels in a pixel of the page. */
export function paintLevel(
  context: CanvasRenderingContext2D,
  levels: PictureLevels,
  viewport: Viewport,
  ratio: number,
): void {
  const scale = viewport.scale * ratio;
  const level = levels.drawable(scale);
  const { width, height } = levels.size;
  const isOfScreen = level.width === Math.round(width * scale) && level.height === Math.round(height * scale);
  if (!isOfScreen || level.width === width) {
    context.drawImage(level, 0, 0, width, height);
    return;
  }
  // Made for this view: pixel by pixel, which takes a fraction of what scaling takes.
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(level, Math.round(-viewport.x * scale), Math.round(-viewport.y * scale));
  context.restore();
}
