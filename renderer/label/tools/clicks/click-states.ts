/** The states of the tool that asks a model about clicks, and what each needs on entry. */

import type { Mask } from '../../../../native-models/geometry/mask.ts';
import type { Prompt } from '../../doc/prompt.ts';
import type { Pointer } from '../editor.ts';
import { ToolState } from '../tool.ts';

export type ClickStates = {
  readonly idle: null;
  /** `mask`: what was found so far; `seen`: what is shown while nothing was. */
  readonly pressing: {
    readonly prompt: Prompt;
    readonly from: Pointer;
    readonly mask: Mask | null;
    readonly seen: Mask | null;
  };
  readonly asking: { readonly prompt: Prompt; readonly mask: Mask | null; readonly seen: Mask | null };
  readonly proposed: { readonly prompt: Prompt; readonly mask: Mask };
};

/** What every state but the first has in common. */
export abstract class Leaving<K extends keyof ClickStates> extends ToolState<ClickStates, K> {
  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }

  protected show(prompt: Prompt, mask: Mask | null): void {
    this.editor.setDraft({ kind: 'clicks', prompt, mask });
  }
}
