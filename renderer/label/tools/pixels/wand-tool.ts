/** Bitmaps by the picture's colours: a wand that takes what hangs together, and paint that runs in superpixels. */

import type { Point } from '../../doc/hit.ts';
import type { PixelRequest } from '../../pixels/request.ts';
import type { Editor } from '../editor.ts';
import { type Tool, toolOf } from '../tool.ts';
import { Asking, type AskingStates, IdleAsking } from './asking.ts';

/** Levels that a screen pixel of dragging is worth. */
const LEVELS_A_PIXEL = 0.25;

/** A drag to the right takes more, to the left less; how much is remembered. */
class Waving extends Asking {
  protected readonly deed = 'wand';
  private readonly first = this.editor.tolerance;

  protected request(way: readonly Point[]): PixelRequest {
    const [at, last] = [way[0]!, way.at(-1)!];
    const dragged = (last[0] - at[0]) / this.editor.pixel;
    this.editor.setTolerance(this.first + LEVELS_A_PIXEL * dragged);
    return { kind: 'wand', at, tolerance: this.editor.tolerance };
  }
}

class PaintingSuperpixels extends Asking {
  protected readonly deed = 'paint superpixels';

  protected request(way: readonly Point[]): PixelRequest {
    return { kind: 'superpixels', way, side: 2 * this.editor.brushRadius };
  }
}

export const wandTool = (editor: Editor): Tool =>
  toolOf<AskingStates>('wand', editor, { idle: IdleAsking, asking: Waving });

export const superpixelTool = (editor: Editor): Tool =>
  toolOf<AskingStates>('superpixels', editor, { idle: IdleAsking, asking: PaintingSuperpixels });
