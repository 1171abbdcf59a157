/**
 * Paints bitmaps: the brush adds to the bitmap that is chosen, or begins one; the eraser takes away from those it touches
 * of what is chosen. A stroke is one edit.
 */

import type { Mask } from '../../../../native-models/geometry/mask.ts';
import type { Change } from '../../../../preload/contract/labelling.ts';
import type { Point } from '../../doc/hit.ts';
import { strokeMask } from '../../doc/stroke.ts';
import type { Editor, Pointer } from '../editor.ts';
import { type Tool, ToolState, toolOf } from '../tool.ts';
import { erased, painted } from './bitmap-changes.ts';

type BrushStates = {
  readonly idle: null;
  readonly painting: { readonly from: Point };
};

abstract class Painting extends ToolState<BrushStates, 'painting'> {
  private way: readonly Point[] = [this.info.from];

  override enter(): void {
    this.preview();
  }

  override pointerMove({ x, y }: Pointer): void {
    const [px, py] = this.way.at(-1)!;
    if (Math.hypot(x - px, y - py) < this.editor.pixel) return;
    this.way = [...this.way, [x, y]];
    this.preview();
  }

  override pointerUp(): void {
    const { brushRadius, brushHardness01, document } = this.editor;
    const changes = this.changes(strokeMask(this.way, brushRadius, brushHardness01, document.size));
    if (changes.length === 0) this.editor.setDraft(null);
    else this.editor.commit(this.deed, changes);
    this.goto('idle', null);
  }

  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }

  private preview(): void {
    const { brushRadius: radius, brushHardness01: hardness01 } = this.editor;
    this.editor.setDraft({ kind: 'stroke', way: this.way, radius, hardness01, erases: this.erases });
  }

  protected abstract readonly deed: string;
  protected abstract readonly erases: boolean;
  protected abstract changes(stroke: Mask): Change[];
}

class Adding extends Painting {
  protected readonly deed = 'paint';
  protected readonly erases = false;

  protected changes(stroke: Mask): Change[] {
    return painted(this.editor, stroke);
  }
}

class Erasing extends Painting {
  protected readonly deed = 'erase';
  protected readonly erases = true;

  protected changes(stroke: Mask): Change[] {
    return erased(this.editor, stroke);
  }
}

class Idle extends ToolState<BrushStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override pointerDown({ x, y }: Pointer): void {
    this.goto('painting', { from: [x, y] });
  }
}

export const brushTool = (editor: Editor): Tool =>
  toolOf<BrushStates>('brush', editor, { idle: Idle, painting: Adding });

export const eraserTool = (editor: Editor): Tool =>
  toolOf<BrushStates>('eraser', editor, { idle: Idle, painting: Erasing });
