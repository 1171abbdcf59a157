/**
 * Asks a model for the object that is clicked, or that a dragged box holds. More clicks add to it, with Alt take away; Backspace
 * takes the last one back, Enter keeps the object, Escape leaves no trace.
 */

import { sortCorners, type Xyxy } from '../../../../native-models/geometry/box.ts';
import { converted } from '../../doc/combine.ts';
import { type Prompt, pointsAtSomething, withoutLast } from '../../doc/prompt.ts';
import { awaitMask } from '../await-mask.ts';
import { drawn, type Editor, inside, isSlip, type Pointer, SLIP } from '../editor.ts';
import { type Tool, toolOf } from '../tool.ts';
import { type ClickStates, Leaving } from './click-states.ts';
import { Idle } from './idle.ts';

/** A press that moves away becomes a box; one that stays is a click. */
class Pressing extends Leaving<'pressing'> {
  private box: Xyxy | null = null;

  override enter(): void {
    this.show(this.info.prompt, this.info.mask ?? this.info.seen);
  }

  override pointerMove(pointer: Pointer): void {
    const { from, prompt, mask } = this.info;
    const { pixel } = this.editor;
    const slip = SLIP * pixel;
    if (this.box === null && Math.hypot(pointer.x - from.x, pointer.y - from.y) <= slip) return;
    this.box = sortCorners([...inside(this.editor, from), ...inside(this.editor, pointer)]);
    this.show({ ...prompt, box: this.box }, mask);
  }

  override pointerUp(): void {
    const { prompt, mask, seen } = this.info;
    const next = this.box === null ? this.clicked() : this.framed(this.box);
    if (next !== null && pointsAtSomething(next))
      this.goto('asking', { prompt: next, mask, seen: this.box === null ? seen : null });
    else if (mask !== null) this.goto('proposed', { prompt, mask });
    else this.cancel();
  }

  private clicked(): Prompt {
    const { prompt, from } = this.info;
    const [x, y] = inside(this.editor, from);
    return { ...prompt, points: [...prompt.points, { x, y, is_inside: !from.alt }] };
  }

  /** A new box is a new question; points within the old one stay. */
  private framed(box: Xyxy): Prompt | null {
    return isSlip(box) ? null : { ...this.info.prompt, box };
  }
}

/** Another click does not wait for the answer to the one before; neither does Escape. */
class AskingModel extends Leaving<'asking'> {
  private readonly leaving = new AbortController();

  override enter(): void {
    this.show(this.info.prompt, this.info.mask ?? this.info.seen);
    this.work();
  }

  override exit(): void {
    this.leaving.abort();
  }

  override pointerDown(from: Pointer): void {
    this.goto('pressing', { ...this.info, from });
  }

  /** Enter is for what is found, not for what is under the pointer. */
  override key(key: string): boolean {
    return key === 'Enter';
  }

  override awaitsAnswer(key: string): boolean {
    return key === 'Enter' || key === 'Backspace';
  }

  private work(): void {
    const { prompt } = this.info;
    const { signal } = this.leaving;
    const ask = () => this.editor.clicks!.ask(prompt, signal);
    const nothing = 'The model finds no object there: click elsewhere, or drag a box round it.';
    void awaitMask(this.editor, ask, signal, nothing, {
      found: (mask) => this.goto('proposed', { prompt, mask }),
      none: () => this.cancel(),
    });
  }
}

class Proposed extends Leaving<'proposed'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
    this.show(this.info.prompt, this.info.mask);
  }

  override pointerDown(from: Pointer): void {
    this.goto('pressing', { ...this.info, from, seen: null });
  }

  override key(key: string): boolean {
    if (key === 'Enter') this.keep();
    else if (key === 'Backspace') this.takeBack();
    return key === 'Enter' || key === 'Backspace';
  }

  private takeBack(): void {
    const prompt = withoutLast(this.info.prompt);
    if (pointsAtSomething(prompt)) this.goto('asking', { prompt, mask: this.info.mask, seen: null });
    else this.cancel();
  }

  private keep(): void {
    const { activeClass, clicksKept, document } = this.editor;
    const mask = { kind: 'mask', mask: this.info.mask } as const;
    const shape = clicksKept === 'mask' ? mask : converted(mask, clicksKept, document.size);
    if (activeClass !== null && shape !== null) this.editor.commit('click object', [drawn(shape, activeClass)]);
    this.goto('idle', null);
  }
}

export const clickTool = (editor: Editor): Tool =>
  toolOf<ClickStates>('click', editor, { idle: Idle, pressing: Pressing, asking: AskingModel, proposed: Proposed });
