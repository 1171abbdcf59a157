/** The part of the image that is seen, and the ways to another. */

import { useCallback, useMemo, useRef, useState } from 'react';
import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import type { Point } from '../doc/hit.ts';
import { fitted, panned, type Viewport, zoomed } from '../doc/viewport.ts';

export interface ViewportControl {
  readonly viewport: Viewport;
  /** Where the pointer is on the screen; null while it is elsewhere. */
  pointAt(at: Point | null): void;
  /** `at`: the screen point that stays; by default the pointer's, else the middle. */
  zoom(factor: number, at?: Point): void;
  pan(dx: number, dy: number): void;
  /** Null: the whole image. */
  fit(xyxy: Xyxy | null): void;
  fullSize(): void;
}

/** Small things are not blown up to fill the view. */
const LARGEST_FIT = 16;

/** Begins with the whole image, and again for another image or another size of the view until somebody zooms. */
export function useViewport(image: Size, view: Size): ViewportControl {
  const [chosen, setChosen] = useState<{ readonly of: string; readonly viewport: Viewport } | null>(null);
  const of = `${image.width} ${image.height}`;
  const whole = useMemo(
    () => fitted([0, 0, image.width, image.height], view, LARGEST_FIT),
    [image.width, image.height, view],
  );
  const viewport = chosen?.of === of ? chosen.viewport : whole;
  const change = useCallback(
    (next: (before: Viewport) => Viewport) =>
      setChosen((before) => ({ of, viewport: next(before?.of === of ? before.viewport : whole) })),
    [of, whole],
  );
  const pointer = useRef<Point | null>(null);
  return useMemo(() => {
    const middle: Point = [view.width / 2, view.height / 2];
    return {
      viewport,
      pointAt: (at) => {
        pointer.current = at;
      },
      zoom: (factor, at = pointer.current ?? middle) => change((before) => zoomed(before, factor, at)),
      pan: (dx, dy) => change((before) => panned(before, dx, dy, image, view)),
      fit: (xyxy) => (xyxy === null ? setChosen(null) : change(() => fitted(xyxy, view, LARGEST_FIT))),
      fullSize: () => change((before) => zoomed(before, 1 / before.scale, pointer.current ?? middle)),
    };
  }, [viewport, change, view, image]);
}
