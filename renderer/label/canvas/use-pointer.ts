/** Pointer and wheel over the picture: tools hear it in image pixels; with Space or the middle button it moves the view. */

import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Point } from '../doc/hit.ts';
import { toImage } from '../doc/viewport.ts';
import type { LabelSession } from '../session.ts';
import type { KeyboardHand } from './keyboard-hand.ts';
import type { ViewControl } from './view-control.ts';

const MIDDLE_BUTTON = 1;
const LEFT_BUTTON = 0;
/** A notch of a wheel is 100 or so of these, a finger on a touchpad a few at a time. */
const ZOOM_A_WHEEL_UNIT = 0.0016;

export interface Panning {
  /** Space is held. */
  readonly isReady: boolean;
  readonly isPanning: boolean;
}

export function usePointer(
  surface: RefObject<HTMLDivElement | null>,
  session: LabelSession,
  control: ViewControl,
  hand: KeyboardHand,
): Panning {
  const [panning, setPanning] = useState<Panning>({ isReady: false, isPanning: false });
  const now = useRef({ session, control, panning, hand });
  now.current = { session, control, panning, hand };

  useEffect(() => {
    const element = surface.current!;
    const leave = new AbortController();
    const options = { signal: leave.signal };
    let last: Point | null = null;
    const screenPoint = (event: PointerEvent | WheelEvent): Point => {
      const { left, top } = element.getBoundingClientRect();
      return [event.clientX - left, event.clientY - top];
    };
    const pointer = (event: PointerEvent) => {
      const [x, y] = toImage(now.current.control.viewport, screenPoint(event));
      return { x, y, shift: event.shiftKey, alt: event.altKey };
    };

    element.addEventListener(
      'pointerdown',
      (event) => {
        const pans = event.button === MIDDLE_BUTTON || (event.button === LEFT_BUTTON && now.current.panning.isReady);
        if (!pans && event.button !== LEFT_BUTTON) return;
        event.preventDefault();
        // From here on the hand on the pointer draws: that of the keyboard lets go, and Enter is for no button pressed before.
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        element.setPointerCapture(event.pointerId);
        if (pans) {
          last = screenPoint(event);
          setPanning((before) => ({ ...before, isPanning: true }));
        } else {
          now.current.session.hand.pointerDown(pointer(event));
        }
      },
      options,
    );
    element.addEventListener(
      'pointermove',
      (event) => {
        if (now.current.hand.getState() !== null) return; // a pointer that merely lies there
        if (last === null) return now.current.session.hand.pointerMove(pointer(event));
        const [x, y] = screenPoint(event);
        now.current.control.pan(x - last[0], y - last[1]);
        last = [x, y];
      },
      options,
    );
    element.addEventListener(
      'pointerup',
      (event) => {
        if (last !== null) setPanning((before) => ({ ...before, isPanning: false }));
        else if (event.button === LEFT_BUTTON) now.current.session.hand.pointerUp(pointer(event));
        last = null;
      },
      options,
    );
    element.addEventListener(
      'pointerleave',
      () => {
        if (now.current.hand.getState() === null) now.current.session.hand.pointerLeave();
      },
      options,
    );
    element.addEventListener('pointercancel', () => now.current.session.hand.cancel(), options);
    element.addEventListener('contextmenu', (event) => event.preventDefault(), options);
    element.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        if (event.shiftKey) now.current.control.pan(-event.deltaY - event.deltaX, 0);
        else now.current.control.zoom(Math.exp(-event.deltaY * ZOOM_A_WHEEL_UNIT), screenPoint(event));
      },
      { ...options, passive: false },
    );
    const onSpace = (isDown: boolean) => (event: KeyboardEvent) => {
      if (event.key !== ' ' || isTyping(event.target) || event.target === element) return;
      event.preventDefault();
      setPanning((before) => (before.isReady === isDown ? before : { ...before, isReady: isDown }));
    };
    addEventListener('keydown', onSpace(true), options);
    addEventListener('keyup', onSpace(false), options);
    return () => leave.abort();
  }, [surface]);
  return panning;
}

/** Whether keys go to a field or a button rather than to the picture. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, button, [role="dialog"]') !== null;
}
