/** Draws rings that become polygons, or holes in what is chosen. */

import type { Shape } from '../../../../native-models/geometry/shape.ts';
import type { Annotation, Change } from '../../../../preload/contract/labelling.ts';
import { combined } from '../../doc/combine.ts';
import { chosenOf, drawn, type Editor, hasClass, type Pointer, REACH, replaced } from '../editor.ts';
import { type StateContext, type Tool, ToolState, toolOf } from '../tool.ts';
import { Drawing, type PolygonStates } from './drawing.ts';

class DrawingPolygon extends Drawing {
  protected readonly deed = 'draw polygon';

  protected changes(ring: Shape): Change[] {
    const { activeClass } = this.editor;
    return activeClass === null ? [] : [drawn(ring, activeClass)];
  }
}

/** Out of all that is chosen, else out of what lies under the first corner. */
class CuttingHole extends Drawing {
  protected readonly deed = 'cut hole';
  private readonly targets: readonly Annotation[];

  constructor(context: StateContext<PolygonStates, 'drawing'>) {
    super(context);
    const { document, pixel } = this.editor;
    const chosen = chosenOf(this.editor);
    const { x, y } = this.info.first;
    this.targets = chosen.length > 0 ? chosen : document.at(x, y, REACH * pixel).slice(0, 1);
  }

  protected changes(ring: Shape): Change[] {
    const { size } = this.editor.document;
    return this.targets.flatMap((annotation): Change[] => {
      const meets = combined('intersect', [annotation.shape, ring], size) !== null;
      if (!meets) return [];
      const left = combined('subtract', [annotation.shape, ring], size);
      return [left === null ? { type: 'remove', before: annotation } : replaced(annotation, left)];
    });
  }
}

class IdlePolygon extends ToolState<PolygonStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override pointerDown(first: Pointer): void {
    if (hasClass(this.editor)) this.goto('drawing', { first });
  }
}

class IdleCut extends ToolState<PolygonStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override pointerDown(first: Pointer): void {
    this.goto('drawing', { first });
  }
}

export const polygonTool = (editor: Editor): Tool =>
  toolOf<PolygonStates>('polygon', editor, { idle: IdlePolygon, drawing: DrawingPolygon });

export const cutTool = (editor: Editor): Tool =>
  toolOf<PolygonStates>('cut', editor, { idle: IdleCut, drawing: CuttingHole });
