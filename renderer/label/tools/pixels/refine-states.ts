/** The states of the tool that finds objects and what each needs on entry. */

import type { Xyxy } from '../../../../native-models/geometry/box.ts';
import type { Mask } from '../../../../native-models/geometry/mask.ts';
import type { Annotation } from '../../../../preload/contract/labelling.ts';
import type { Point } from '../../doc/hit.ts';
import type { Scribble } from '../../pixels/request.ts';
import type { Pointer } from '../editor.ts';
import { ToolState } from '../tool.ts';

export interface Hints {
  readonly box: Xyxy | null;
  readonly inside: readonly Scribble[];
  readonly outside: readonly Scribble[];
  /** What becomes the object that is found; null for a new one. */
  readonly target: Annotation | null;
}

export type RefineStates = {
  readonly idle: null;
  readonly framing: { readonly origin: Point };
  readonly scribbling: { readonly hints: Hints; readonly from: Pointer };
  readonly asking: { readonly hints: Hints };
  readonly proposed: { readonly hints: Hints; readonly mask: Mask };
};

/** What every state but the first has in common. */
export abstract class Leaving<K extends keyof RefineStates> extends ToolState<RefineStates, K> {
  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }
}
