/** Follows the pointer with lines through it and its place in image pixels, without a frame of React's. */

import { type RefObject, useEffect, useRef } from 'react';
import { toImage } from '../doc/viewport.ts';
import type { ViewControl } from './view-control.ts';

/** `place`: where the pointer's pixel is written. The lines are drawn by the style sheet at `--pointer-x`, `--pointer-y`. */
export function useCrosshair(
  surface: RefObject<HTMLElement | null>,
  place: RefObject<HTMLElement | null>,
  control: ViewControl,
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
        const { left, top } = element.getBoundingClientRect();
        const [x, y] = [event.clientX - left, event.clientY - top];
        element.style.setProperty('--pointer-x', `${x}px`);
        element.style.setProperty('--pointer-y', `${y}px`);
        const at = toImage(now.current.viewport, [x, y]);
        place.current!.textContent = at.map((value) => Math.floor(value)).join(', ');
        now.current.pointAt([x, y]);
      },
      options,
    );
    element.addEventListener(
      'pointerleave',
      () => {
        place.current!.textContent = '';
        now.current.pointAt(null);
      },
      options,
    );
    return () => leave.abort();
  }, [surface, place]);
}
