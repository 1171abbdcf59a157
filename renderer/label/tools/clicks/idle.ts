/** Before a click. */

import type { Mask } from '../../../../native-models/geometry/mask.ts';
import { NO_PROMPT } from '../../doc/prompt.ts';
import { hasClass, type Pointer } from '../editor.ts';
import { ToolState } from '../tool.ts';
import type { ClickStates } from './click-states.ts';

/** What a click would find is shown where the pointer rests; a move asks anew, and nothing waits for it. */
export class Idle extends ToolState<ClickStates, 'idle'> {
  private leaving = new AbortController();
  private seen: Mask | null = null;

  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override exit(): void {
    this.pointerLeave();
  }

  override pointerMove({ x, y, alt }: Pointer): void {
    this.leaving.abort();
    this.leaving = new AbortController();
    const { width, height } = this.editor.document.size;
    const isInside = x >= 0 && y >= 0 && x < width && y < height;
    const look = this.editor.clicks?.look ?? null;
    if (look === null || alt || !isInside) this.show(null);
    else void this.look(look({ points: [{ x, y, is_inside: true }], box: null }, this.leaving.signal));
  }

  override pointerLeave(): void {
    this.leaving.abort();
    this.show(null);
  }

  override pointerDown(from: Pointer): void {
    const { seen } = this;
    const { clicks } = this.editor;
    if (clicks === null)
      this.editor.say('No model that answers clicks is in this project: add one under Data, Models.');
    else if (hasClass(this.editor)) this.goto('pressing', { prompt: NO_PROMPT, from, mask: null, seen });
  }

  private async look(asked: Promise<Mask | null>): Promise<void> {
    const { signal } = this.leaving;
    try {
      const mask = await asked;
      if (!signal.aborted) this.show(mask);
    } catch {
      if (!signal.aborted) this.show(null); // best effort: a click meets the same reason, and says it
    }
  }

  private show(mask: Mask | null): void {
    if (mask === null && this.seen === null) return;
    this.seen = mask;
    this.editor.setDraft(mask === null ? null : { kind: 'preview', mask });
  }
}
