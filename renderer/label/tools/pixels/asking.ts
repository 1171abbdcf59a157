/**
 * A gesture whose outcome depends on the picture's pixels: each move asks anew, the answer is shown as it comes, and the
 * release commits the answer to the last question, however late it is.
 */

import type { Mask } from '../../../../native-models/geometry/mask.ts';
import { messageOf } from '../../../../preload/contract/errors.ts';
import type { Point } from '../../doc/hit.ts';
import type { PixelRequest } from '../../pixels/request.ts';
import { erased, painted } from '../brush/bitmap-changes.ts';
import type { Pointer } from '../editor.ts';
import { isPress, type StateContext, ToolState } from '../tool.ts';

export type AskingStates = {
  readonly idle: null;
  readonly asking: { readonly from: Pointer };
};

export class IdleAsking extends ToolState<AskingStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override pointerDown(from: Pointer): void {
    if (this.editor.pixels === null) this.editor.say('The picture is not loaded yet.');
    else this.goto('asking', { from });
  }
}

/** With Alt the pixels are taken away from what is chosen. */
export abstract class Asking extends ToolState<AskingStates, 'asking'> {
  private readonly leaving = new AbortController();
  private way: readonly Point[];
  /** What waits for the present question to be answered; of several only the newest is asked. */
  private waiting: PixelRequest | null = null;
  private isBusy = false;
  private isReleased = false;
  private mask: Mask | null = null;

  constructor(context: StateContext<AskingStates, 'asking'>) {
    super(context);
    this.way = [[this.info.from.x, this.info.from.y]];
  }

  override enter(): void {
    this.ask();
  }

  override exit(): void {
    this.leaving.abort();
  }

  override pointerMove({ x, y }: Pointer): void {
    if (this.isReleased) return;
    this.way = [...this.way, [x, y]];
    this.ask();
  }

  override pointerUp(): void {
    this.isReleased = true;
    if (!this.isBusy) this.finish();
  }

  /** Once it is let go: another press comes after what this one makes. */
  override awaitsAnswer(key: string): boolean {
    return this.isReleased && isPress(key);
  }

  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }

  /** What to ask for a way of the pointer. */
  protected abstract request(way: readonly Point[]): PixelRequest;
  protected abstract readonly deed: string;

  private ask(): void {
    this.waiting = this.request(this.way);
    if (!this.isBusy) void this.work();
  }

  private async work(): Promise<void> {
    const { signal } = this.leaving;
    this.isBusy = true;
    try {
      while (this.waiting !== null) {
        const request = this.waiting;
        this.waiting = null;
        this.mask = await this.editor.pixels!.ask(request, signal);
        if (signal.aborted) return;
        this.editor.setDraft(this.mask === null ? null : { kind: 'shape', shape: { kind: 'mask', mask: this.mask } });
      }
      this.isBusy = false;
      if (this.isReleased) this.finish();
    } catch (error) {
      if (signal.aborted) return;
      this.editor.say(messageOf(error));
      this.cancel();
    }
  }

  private finish(): void {
    const { mask, editor } = this;
    const changes = mask === null ? [] : this.info.from.alt ? erased(editor, mask) : painted(editor, mask);
    if (changes.length === 0) editor.setDraft(null);
    else editor.commit(this.info.from.alt ? 'erase' : this.deed, changes);
    this.goto('idle', null);
  }
}
