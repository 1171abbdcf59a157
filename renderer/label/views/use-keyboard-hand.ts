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

/** `kept`: where the hand was on the image before, which the page keeps while no image is on show; null without one. */
export function useKeyboardHand(
  session: LabelSession,
  control: ViewControl,
  kept: RefObject<Point | null>,
): KeyboardHandControl {
  const hand = useMemo(() => new KeyboardHand(session, control), [session, control]);
  const surface = useRef<HTMLDivElement>(null);
  useLayoutEffect(
    () => () => {
      kept.current = hand.getState()?.at ?? null;
      hand.end();
    },
    [hand, kept],
  );
  useLayoutEffect(() => {
    const { current: at } = kept;
    if (at === null || surface.current === null) return;
    kept.current = null;
    hand.begin(at);
    surface.current.focus(); // which it has, unless the picture is shown anew as this image was not at hand yet
  });
  const take = (isWanted: boolean) => {
    if (isWanted) surface.current?.focus();
    else surface.current?.blur();
  };
  return { hand, surface, take };
}
