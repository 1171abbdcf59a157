/** Follows the pointer, or the hand of the keyboard, with lines through it and its place in image pixels; without React's frames. */

import { type RefObject, useEffect, useRef } from 'react';
import type { Point } from '../doc/hit.ts';
import { toImage, toScreen } from '../doc/viewport.ts';
import type { KeyboardHand } from './keyboard-hand.ts';
import type { ViewControl } from './view-control.ts';

/** `place`: where the pixel is written. The lines are drawn by the style sheet at `--pointer-x`, `--pointer-y`. */
export function useCrosshair(
  surface: RefObject<HTMLElement | null>,
  place: RefObject<HTMLElement | null>,
  control: ViewControl,
  hand: KeyboardHand,
): void {
  const now = useRef(control);
  now.current = control;
  useEffect(() => {
    const element = surface.current!;
    const leave = new AbortController();
    const options = { signal: leave.signal };
    element.addEventListener(
      'pointermove',
      (event) => {
        if (hand.getState() !== null) return;
        const { left, top } = element.getBoundingClientRect();
        const at: Point = [event.clientX - left, event.clientY - top];
        cross(element, at);
        write(place.current!, toImage(now.current.viewport, at));
        now.current.pointAt(at);
      },
      options,
    );
    element.addEventListener(
      'pointerleave',
      () => {
        if (hand.getState() !== null) return;
        place.current!.textContent = '';
        now.current.pointAt(null);
      },
      options,
    );
    return () => leave.abort();
  }, [surface, place, hand]);
  useEffect(() => {
    const follow = () => {
      const state = hand.getState();
      if (state === null) {
        place.current!.textContent = '';
        return;
      }
      const at = toScreen(control.viewport, state.at);
      cross(surface.current!, at);
      write(place.current!, state.at);
      control.pointAt(at);
    };
    if (hand.getState() !== null) follow(); // from the image before
    const leave = [hand.subscribe(follow), control.subscribe(() => hand.getState() !== null && follow())];
    return () => {
      for (const off of leave) off();
    };
  }, [surface, place, control, hand]);
}

function cross({ style }: HTMLElement, [x, y]: Point): void {
  style.setProperty('--pointer-x', `${x}px`);
  style.setProperty('--pointer-y', `${y}px`);
}

function write(place: HTMLElement, at: Point): void {
  place.textContent = at.map((value) => Math.floor(value)).join(', ');
}
