/** The hand of the keyboard: at work while the picture has the focus, and where it was when another image is shown. */

import { type RefObject, useLayoutEffect, useMemo, useRef } from 'react';
import { KeyboardHand } from '../canvas/keyboard-hand.ts';
import type { ViewControl } from '../canvas/view-control.ts';
import type { Point } from '../doc/hit.ts';
import type { LabelSession } from '../session.ts';

export interface KeyboardHandControl {
  readonly hand: KeyboardHand;
  /** The element that shows the picture. */
  readonly surface: RefObject<HTMLDivElement | null>;
  /** Gives it the focus, or takes it away. */
  readonly take: (isWanted: boolean) => void;
}

export function useKeyboardHand(session: LabelSession, control: ViewControl): KeyboardHandControl {
  const hand = useMemo(() => new KeyboardHand(session, control), [session, control]);
  const surface = useRef<HTMLDivElement>(null);
  const last = useRef<Point | null>(null);
  useLayoutEffect(() => {
    const hasFocus = surface.current !== null && surface.current === document.activeElement;
    if (hasFocus) hand.begin(last.current);
    return () => {
      last.current = hand.getState()?.at ?? null;
      hand.end();
    };
  }, [hand]);
  const take = (isWanted: boolean) => {
    if (isWanted) surface.current?.focus();
    else surface.current?.blur();
  };
  return { hand, surface, take };
}
