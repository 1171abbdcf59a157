/** A mask that somebody else finds, waited for by a state of a tool. */

import type { Mask } from '../../../native-models/geometry/mask.ts';
import { messageOf } from '../../../preload/contract/errors.ts';
import type { Editor } from './editor.ts';

export interface MaskOutcome {
  readonly found: (mask: Mask) => void;
  /** There is none, and the person has been told why. */
  readonly none: () => void;
}

/** `nothing` is said where no mask is found; once the signal is aborted nothing is said or done. */
export async function awaitMask(
  editor: Editor,
  ask: () => Promise<Mask | null>,
  signal: AbortSignal,
  nothing: string,
  { found, none }: MaskOutcome,
): Promise<void> {
  editor.setCursor('progress');
  try {
    const mask = await ask();
    if (signal.aborted) return;
    if (mask !== null) return found(mask);
    editor.say(nothing);
  } catch (error) {
    if (signal.aborted) return;
    editor.say(messageOf(error));
  }
  none();
}
