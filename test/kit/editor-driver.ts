/** Drives a labelling session as a hand would, without a canvas. Coordinates are image pixels. */

import type { Annotation } from '../../preload/contract/labelling.ts';
import type { Proposals } from '../../preload/contract/proposals.ts';
import { LabelSession } from '../../renderer/label/session.ts';
import type { SessionState } from '../../renderer/label/session-state.ts';
import type { Pointer } from '../../renderer/label/tools/editor.ts';
import type { ToolName } from '../../renderer/label/tools/tool.ts';
import { MemoryLabels } from './memory-labels.ts';

type Point = readonly [x: number, y: number];
type Held = Partial<Pick<Pointer, 'shift' | 'alt'>>;

export class EditorDriver {
  readonly labels: MemoryLabels;
  readonly session: LabelSession;

  constructor(
    annotations: readonly Annotation[] = [],
    size = { width: 200, height: 100 },
    proposals: Proposals | null = null,
    className: string | null = 'cell',
  ) {
    this.labels = new MemoryLabels(size, annotations, proposals);
    this.session = new LabelSession(this.labels, this.labels.document, className);
  }

  get state(): SessionState {
    return this.session.getState();
  }

  get annotations(): readonly Annotation[] {
    return this.state.document.annotations;
  }

  get selection(): number[] {
    return [...this.state.selection];
  }

  tool(name: ToolName): this {
    this.session.takeTool(name);
    return this;
  }

  press(at: Point, held: Held = {}): this {
    this.session.hand.pointerDown(pointer(at, held));
    return this;
  }

  move(at: Point, held: Held = {}): this {
    this.session.hand.pointerMove(pointer(at, held));
    return this;
  }

  release(at: Point, held: Held = {}): this {
    this.session.hand.pointerUp(pointer(at, held));
    return this;
  }

  /** In two moves, as no hand jumps. */
  drag(from: Point, to: Point, held: Held = {}): this {
    const half: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    return this.press(from, held).move(half, held).move(to, held).release(to, held);
  }

  click(at: Point, held: Held = {}): this {
    return this.press(at, held).release(at, held);
  }

  key(key: string): this {
    this.session.hand.key(key);
    return this;
  }

  cancel(): this {
    this.session.hand.cancel();
    return this;
  }

  /** Once the engine has answered everything. */
  async settled(): Promise<this> {
    await this.session.settled();
    return this;
  }
}

const pointer = ([x, y]: Point, { shift = false, alt = false }: Held): Pointer => ({ x, y, shift, alt });
