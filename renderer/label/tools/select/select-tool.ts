/**
 * Chooses, moves and reshapes. A press on a handle or a corner of what is chosen pulls it, on an object moves it, beside
 * everything draws a frame that chooses what it touches. A second click at the same place reaches the object beneath.
 */

import type { Editor } from '../editor.ts';
import { type Tool, toolOf } from '../tool.ts';
import { Idle } from './idle.ts';
import { Marquee } from './marquee.ts';
import { Moving } from './moving.ts';
import { Pressed } from './pressed.ts';
import { BendingCorner, PullingHandle } from './reshaping.ts';
import type { SelectStates } from './states.ts';

export const selectTool = (editor: Editor): Tool =>
  toolOf<SelectStates>('select', editor, {
    idle: Idle,
    pressed: Pressed,
    moving: Moving,
    pullingHandle: PullingHandle,
    bendingCorner: BendingCorner,
    marquee: Marquee,
  });
