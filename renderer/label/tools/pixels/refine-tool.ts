/**
 * Finds the object in a box that is drawn or clicked, round a stroke (Shift), or in the box of what is chosen (Enter). What is found is
 * a proposal: strokes add to it, with Alt take away, Enter keeps it, Escape leaves no trace.
 */

import { sortCorners, type Xyxy } from '../../../../native-models/geometry/box.ts';
import { shapeXyxy } from '../../../../native-models/geometry/shape.ts';
import type { Point } from '../../doc/hit.ts';
import { awaitMask } from '../await-mask.ts';
import { drawn, type Editor, hasClass, inside, isSlip, type Pointer, replaced, SLIP } from '../editor.ts';
import { isPress, type Tool, ToolState, toolOf } from '../tool.ts';
import { Leaving, type RefineStates } from './refine-states.ts';

class Idle extends ToolState<RefineStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override pointerDown(pointer: Pointer): void {
    if (!this.isReady()) return;
    const hints = { box: null, inside: [], outside: [], target: null };
    if (pointer.shift) this.goto('scribbling', { hints, from: { ...pointer, alt: false } });
    else this.goto('framing', { origin: inside(this.editor, pointer) });
  }

  override key(key: string): boolean {
    const [id, ...others] = this.editor.selection;
    const target = id === undefined || others.length > 0 ? undefined : this.editor.document.get(id);
    if (key !== 'Enter' || target === undefined || !this.isReady()) return false;
    this.goto('asking', { hints: { box: shapeXyxy(target.shape), inside: [], outside: [], target } });
    return true;
  }

  private isReady(): boolean {
    const { pixels } = this.editor;
    if (pixels === null) this.editor.say('The picture is not loaded yet.');
    return pixels !== null && hasClass(this.editor);
  }
}

/** By a drag, or by a click on either corner. */
class Framing extends Leaving<'framing'> {
  private isFirst = true;

  override pointerMove(pointer: Pointer): void {
    this.editor.setDraft({ kind: 'shape', shape: { kind: 'box', xyxy: this.boxTo(pointer) } });
  }

  override pointerUp(pointer: Pointer): void {
    const box = this.boxTo(pointer);
    const isClick = Math.hypot(box[2] - box[0], box[3] - box[1]) <= SLIP * this.editor.pixel;
    if (this.isFirst && isClick) this.isFirst = false;
    else if (isSlip(box)) this.cancel();
    else this.goto('asking', { hints: { box, inside: [], outside: [], target: null } });
  }

  private boxTo(pointer: Pointer): Xyxy {
    return sortCorners([...this.info.origin, ...inside(this.editor, pointer)]);
  }
}

class Scribbling extends Leaving<'scribbling'> {
  private way: readonly Point[] = [[this.info.from.x, this.info.from.y]];

  override enter(): void {
    this.preview();
  }

  override pointerMove({ x, y }: Pointer): void {
    this.way = [...this.way, [x, y]];
    this.preview();
  }

  override pointerUp(): void {
    const { hints, from } = this.info;
    const stroke = { way: this.way, radius: this.editor.brushRadius };
    const part = from.alt ? 'outside' : 'inside';
    this.goto('asking', { hints: { ...hints, [part]: [...hints[part], stroke] } });
  }

  private preview(): void {
    const { brushRadius: radius } = this.editor;
    this.editor.setDraft({ kind: 'stroke', way: this.way, radius, hardness01: 1, erases: this.info.from.alt });
  }
}

/** The pointer does nothing until there is an answer; Escape does not wait for it. */
class AskingForObject extends Leaving<'asking'> {
  private readonly leaving = new AbortController();

  override enter(): void {
    this.work();
  }

  override exit(): void {
    this.leaving.abort();
  }

  /** Enter is for what is found, not for what is under the pointer. */
  override key(key: string): boolean {
    return key === 'Enter';
  }

  override awaitsAnswer(key: string): boolean {
    return isPress(key);
  }

  private work(): void {
    const [{ hints }, { signal }] = [this.info, this.leaving];
    const { target: _, ...asked } = hints;
    const ask = () => this.editor.pixels!.ask({ kind: 'refine', ...asked }, signal);
    const nothing = 'No object is found there: draw the box closer, or stroke over the object with Shift.';
    void awaitMask(this.editor, ask, signal, nothing, {
      found: (mask) => this.goto('proposed', { hints, mask }),
      none: () => this.cancel(),
    });
  }
}

class Proposed extends Leaving<'proposed'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
    this.editor.setDraft({ kind: 'shape', shape: { kind: 'mask', mask: this.info.mask } });
  }

  override pointerDown(from: Pointer): void {
    this.goto('scribbling', { hints: this.info.hints, from });
  }

  override key(key: string): boolean {
    if (key !== 'Enter') return false;
    const { hints, mask } = this.info;
    const { activeClass } = this.editor;
    const shape = { kind: 'mask', mask } as const;
    if (hints.target !== null) this.editor.commit('find object', [replaced(hints.target, shape)]);
    else if (activeClass !== null) this.editor.commit('find object', [drawn(shape, activeClass)]);
    this.goto('idle', null);
    return true;
  }
}

export const refineTool = (editor: Editor): Tool =>
  toolOf<RefineStates>('refine', editor, {
    idle: Idle,
    framing: Framing,
    scribbling: Scribbling,
    asking: AskingForObject,
    proposed: Proposed,
  });
